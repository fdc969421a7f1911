// "Who may see this topic?": every user, device and registry, and what each may do there.
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { Icon } from "../icons";
import { useFetch } from "../use";
import { Button, Card, Empty, Failure, Input, Loading } from "./basics";

interface Right { name: string; kind?: string; publish: boolean; subscribe: boolean; why?: string }

export function WhoMay({ topic }: { topic: string }) {
  const found = useFetch<Right[]>(`/api/mqtt/access?topic=${encodeURIComponent(topic)}`);
  if (found.error.value) return <Failure error={found.error.value} again={() => void found.again()} />;
  if (!found.data.value) return <Loading />;
  if (!found.data.value.length) return <Empty icon="lock" title={t("who.nobody")}><p>{t("who.nobody.text")}</p></Empty>;
  const mark = (may: boolean, word: string) => <span class={may ? "may" : "muted"}><Icon name={may ? "check" : "minus"} size={17} label={may ? word : t("who.not")} /></span>;
  return (
    <table>
      <thead><tr><th scope="col">{t("who.name")}</th><th scope="col">{t("who.publish")}</th><th scope="col">{t("who.subscribe")}</th></tr></thead>
      <tbody>{found.data.value.map((one) => <tr key={`${one.kind}${one.name}`}><td>{one.name} <span class="small muted">{one.kind}</span></td><td>{mark(one.publish, t("who.publish"))}</td><td>{mark(one.subscribe, t("who.subscribe"))}</td></tr>)}</tbody>
    </table>
  );
}

export default function WhoMayPage() {
  const typed = useSignal("");
  const topic = useSignal("");
  return (
    <Card title={t("mqtt.who")}>
      <form class="row" onSubmit={(event) => { event.preventDefault(); topic.value = typed.value.trim(); }}>
        <div class="grow"><Input label={t("mqtt.topic")} value={typed.value} required autocomplete="off" onValue={(value) => { typed.value = value; }} /></div>
        <Button type="submit" kind="primary" icon="eye">{t("who.show")}</Button>
      </form>
      {topic.value && <WhoMay key={topic.value} topic={topic.value} />}
    </Card>
  );
}
