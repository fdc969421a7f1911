// Devices that announce themselves: who waits, who is in, whose announcement is wrong, who is gone.
import { useSignal } from "@preact/signals";
import { ApiError, post } from "../api";
import { Badge, Button, Card, Confirmed, Empty, Failure, Loading, Notice, PageHead } from "../components/basics";
import { ago } from "../format";
import { loadHouse } from "../house";
import { t } from "../i18n";
import { attempt } from "../toast";
import { useFetch, useNow, useTitle } from "../use";

interface Announced { device: string; name: string; status: string; manufacturer: string | null; model: string | null; origin: string | null; device_id: string | null; entities: string[]; topics: string[]; last_heard: string | null; why?: string }
interface Trouble { topic: string; problems: unknown[] }

export default function Discovery() {
  useTitle(t("nav.discovery"));
  const list = useFetch<{ devices: Announced[] }>("/api/discovery");
  const problems = useFetch<Record<string, unknown>>("/api/discovery/problems");
  const ghosts = useFetch<{ ghosts: Announced[] }>("/api/discovery/ghosts");
  const busy = useSignal(false);
  if (list.error.value instanceof ApiError && list.error.value.status === 404)
    return <><PageHead title={t("nav.discovery")} /><Empty icon="radio" title={t("discovery.off")}><p>{t("discovery.off.text")}</p><pre class="code">{"mqtt:\n  discovery: true"}</pre></Empty></>;
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  const act = async (what: string, device: string[]) => {
    busy.value = true;
    await attempt(async () => { await post(`/api/discovery/${what}`, { device }); await Promise.all([list.again(), ghosts.again(), loadHouse()]); }, t("action.done"));
    busy.value = false;
  };
  const waiting = list.data.value.devices.filter((one) => one.status === "waits");
  const others = list.data.value.devices.filter((one) => one.status !== "waits");
  const wrong = Object.values(problems.data.value ?? {}).flat().filter((one): one is Trouble => typeof one === "object" && one !== null);
  return (
    <>
      <PageHead title={t("nav.discovery")} lead={t("discovery.lead")} />
      <div class="stack">
        {waiting.length > 0 && (
          <Card title={t("discovery.waiting")} actions={<Button small kind="primary" disabled={busy.value} onClick={() => void act("approve", ["all"])}>{t("discovery.approve_all")}</Button>}>
            <ul class="plain named">{waiting.map((one) => <Row key={one.device} one={one}><Button small kind="primary" disabled={busy.value} onClick={() => void act("approve", [one.device])}>{t("discovery.approve")}</Button><Button small disabled={busy.value} onClick={() => void act("reject", [one.device])}>{t("discovery.reject")}</Button></Row>)}</ul>
          </Card>
        )}
        {wrong.length > 0 && <Card title={t("discovery.problems")}><ul class="plain named">{wrong.map((one, i) => <li key={i}><Notice kind="warn" title={<code>{String(one.topic ?? "")}</code>}><pre class="small">{texts(one)}</pre></Notice></li>)}</ul></Card>}
        {ghosts.data.value && ghosts.data.value.ghosts.length > 0 && (
          <Card title={t("discovery.ghosts")} actions={<Confirmed title={t("discovery.ghosts.title")} text={t("discovery.ghosts.text")} action={t("discovery.clear")} onConfirm={() => act("ghosts/remove", ghosts.data.value!.ghosts.map((one) => one.device))}>{(ask) => <Button small kind="danger" onClick={ask}>{t("discovery.clear")}</Button>}</Confirmed>}>
            <ul class="plain named">{ghosts.data.value.ghosts.map((one) => <Row key={one.device} one={one}><span class="small muted">{one.why}</span></Row>)}</ul>
          </Card>
        )}
        <Card title={t("discovery.all")}>
          {others.length ? <ul class="plain named">{others.map((one) => (
            <Row key={one.device} one={one}>
              {one.status === "rejected" ? <Button small onClick={() => void act("approve", [one.device])}>{t("discovery.approve")}</Button>
                : <Confirmed title={t("device.forget.title", { name: one.name })} text={t("discovery.remove.text")} action={t("device.forget")} onConfirm={() => act("remove", [one.device])}>{(ask) => <Button small kind="quiet" icon="trash" label={`${t("device.forget")}: ${one.name}`} onClick={ask} />}</Confirmed>}
            </Row>
          ))}</ul> : <Empty icon="radio" title={t("discovery.none")}><p>{t("discovery.none.text")}</p></Empty>}
        </Card>
      </div>
    </>
  );
}

function texts(one: Trouble): string {
  return Object.entries(one).filter(([key]) => key !== "topic").map(([, value]) => (Array.isArray(value) ? value.map((part) => (typeof part === "object" && part ? String((part as { message?: string }).message ?? JSON.stringify(part)) : String(part))).join("\n") : String(value))).join("\n");
}

function Row({ one, children }: { one: Announced; children: preact.ComponentChildren }) {
  const now = useNow(30);
  return (
    <li class="row">
      <span class="grow">
        {one.device_id ? <a href={`/devices/${one.device_id}`}><strong>{one.name}</strong></a> : <strong>{one.name}</strong>} {one.status === "rejected" && <Badge kind="warn">{t("discovery.rejected")}</Badge>}
        <span class="small muted one-line">{[one.manufacturer, one.model, one.origin, one.entities.length ? t("devices.entities", { count: one.entities.length }) : "", one.last_heard && ago(one.last_heard, now)].filter(Boolean).join(" · ")}</span>
      </span>
      {children}
    </li>
  );
}
