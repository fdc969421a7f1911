// Try an automation on a simulated clock: what happens is made up here, nothing reaches the house.
import { useSignal } from "@preact/signals";
import { post } from "../api";
import { t } from "../i18n";
import { Button, Choice, Failure, Input, Notice } from "./basics";
import { Graph } from "./graph";
import type { Run } from "../automations";
import { outcomeText, whyOf } from "../automations";

type Happening = { kind: "set" | "mqtt" | "advance" | "fire"; a: string; b: string };
interface Tried { runs: Run[]; published: { topic: string; payload: string; retain: boolean }[]; calls: { service: string; data: unknown }[]; logged: string[] }

const EMPTY: Record<Happening["kind"], Happening> = {
  set: { kind: "set", a: "", b: "" }, mqtt: { kind: "mqtt", a: "", b: "" }, advance: { kind: "advance", a: "60", b: "" }, fire: { kind: "fire", a: "", b: "{}" },
};

export default function TryOut({ text, config }: { text: string; config: unknown }) {
  const steps = useSignal<Happening[]>([{ ...EMPTY.set }]);
  const start = useSignal("12:00");
  const tried = useSignal<Tried | null>(null);
  const failed = useSignal<unknown>(null);
  const busy = useSignal(false);
  const change = (i: number, more: Partial<Happening>) => { steps.value = steps.value.map((one, at) => (at === i ? { ...one, ...more } : one)); };
  const run = async () => {
    busy.value = true;
    failed.value = null;
    try {
      tried.value = await post<Tried>("/api/config/item/test", { kind: "automation", text, time: start.value, steps: steps.value.map(asStep) });
    } catch (error) {
      failed.value = error;
      tried.value = null;
    }
    busy.value = false;
  };
  const last = tried.value?.runs.at(-1);
  return (
    <>
      <p class="muted">{t("test.text")}</p>
      <Input label={t("test.start")} type="time" value={start.value} onValue={(value) => { start.value = value; }} />
      {steps.value.map((one, i) => (
        <div class="row happening" key={i}>
          <Choice label={t("test.step", { number: i + 1 })} value={one.kind} options={[["set", t("test.set")], ["mqtt", t("test.mqtt")], ["advance", t("test.advance")], ["fire", t("test.fire")]]}
            onValue={(kind) => change(i, EMPTY[kind as Happening["kind"]])} />
          <div class="grow"><Input label={t(`test.${one.kind}.a`)} value={one.a} onValue={(a) => change(i, { a })} /></div>
          {one.kind !== "advance" && <div class="grow"><Input label={t(`test.${one.kind}.b`)} value={one.b} onValue={(b) => change(i, { b })} /></div>}
          <Button small kind="quiet" icon="close" label={t("form.remove", { what: String(i + 1) })} onClick={() => { steps.value = steps.value.filter((_, at) => at !== i); }} />
        </div>
      ))}
      <div class="row">
        <Button icon="plus" onClick={() => { steps.value = [...steps.value, { ...EMPTY.set }]; }}>{t("test.add")}</Button>
        <span class="grow" />
        <Button kind="primary" icon="play" busy={busy.value} onClick={() => void run()}>{t("action.test")}</Button>
      </div>
      {failed.value ? <Failure error={failed.value} /> : null}
      {tried.value && (
        <>
          <Notice kind={last?.outcome === "finished" ? "good" : "warn"} title={last ? outcomeText(last.outcome) : t("test.nothing")}>{last ? whyOf(last) : t("test.nothing.text")}</Notice>
          {last && <Graph config={config} steps={last.steps ?? []} triggered={last.trigger?.idx === undefined ? null : Number(last.trigger.idx)} chosen={null} onChoose={() => undefined} />}
          {tried.value.calls.length > 0 && <><h3>{t("test.calls")}</h3><ul class="plain mono small">{tried.value.calls.map((call, i) => <li key={i}>{call.service} {JSON.stringify(call.data)}</li>)}</ul></>}
          {tried.value.published.length > 0 && <><h3>{t("test.published")}</h3><ul class="plain mono small">{tried.value.published.map((one, i) => <li key={i}>{one.topic} {one.payload}</li>)}</ul></>}
          {tried.value.logged.length > 0 && <pre class="code small">{tried.value.logged.join("\n")}</pre>}
        </>
      )}
    </>
  );
}

function asStep({ kind, a, b }: Happening): unknown {
  if (kind === "set") return { set: { entity: a, state: b } };
  if (kind === "mqtt") return { mqtt: { topic: a, payload: b } };
  if (kind === "advance") return { advance: Number(a) || 0 };
  return { fire: { event: a, data: parsed(b) } };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
}
