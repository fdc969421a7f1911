// Say something on a topic.
import { useSignal } from "@preact/signals";
import { t } from "../i18n";
import { publish } from "../mqtt";
import { attempt } from "../toast";
import { Button, Check, Choice, Field, Input } from "./basics";

export default function Publish({ topic = "", payload = "" }: { topic?: string; payload?: string }) {
  const to = useSignal(topic);
  const text = useSignal(payload);
  const qos = useSignal("0");
  const retain = useSignal(false);
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(() => publish({ topic: to.value, payload: text.value, qos: Number(qos.value), retain: retain.value }), t("mqtt.published"));
  };
  return (
    <form class="form" onSubmit={send}>
      <Input label={t("mqtt.topic")} value={to.value} required autocomplete="off" spellcheck={false} onValue={(value) => { to.value = value; }} />
      <Field label={t("mqtt.payload")}>{(id) => <textarea id={id} class="mono" rows={5} spellcheck={false} value={text.value} onInput={(event) => { text.value = event.currentTarget.value; }} />}</Field>
      <div class="pair">
        <Choice label="QoS" value={qos.value} options={[["0", "0"], ["1", "1"], ["2", "2"]]} onValue={(value) => { qos.value = value; }} />
        <Check label={t("mqtt.retain")} value={retain.value} onValue={(value) => { retain.value = value; }} />
      </div>
      <div class="row end"><Button type="submit" kind="primary" icon="send">{t("mqtt.publish")}</Button></div>
    </form>
  );
}
