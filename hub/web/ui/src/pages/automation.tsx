// One automation: its runs on a line, and the chosen run as a graph with what each step saw.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "../api";
import { type Automation, iconOf, outcomeText, type Run, toneOf, triggerText, whyOf } from "../automations";
import { Badge, Button, Card, Empty, Failure, Loading, Notice, PageHead, save, Switch, Tabs } from "../components/basics";
import { Graph } from "../components/graph";
import { Lazy } from "../components/lazy";
import { command } from "../entity";
import { ago, dateTime, duration, moment, time } from "../format";
import { t } from "../i18n";
import { Icon } from "../icons";
import { navigate, place, setQuery } from "../router";
import { isAdmin, mayAs } from "../session";
import { attempt } from "../toast";
import { useFetch, useNow, useTitle, useWatch } from "../use";
import { run as runNow } from "./automations";

interface Shown extends Automation {
  declared?: unknown;
  waits_for?: string[];
}

export default function AutomationPage() {
  const id = place.value.query.get("id") ?? "";
  const about = useFetch<Shown>(`/api/automations/${id}`);
  const traces = useFetch<Run[]>(`/api/automations/${id}/traces`);
  const wanted = place.value.query.get("run");
  useWatch("traces", { automation: id }, () => { void about.again(); void traces.again(); });
  const runs = useComputed(() => traces.data.value ?? []);
  const chosen = runs.value.find((one) => String(one.run) === wanted) ?? runs.value[0];
  useTitle(about.data.value?.name ?? t("nav.automations"));
  if (about.error.value && !about.data.value) return <Failure error={about.error.value} again={() => void about.again()} />;
  const automation = about.data.value;
  if (!automation) return <Loading />;
  const { name } = automation;
  return (
    <>
      <PageHead back={["/automations", t("nav.automations")]} title={name} lead={automation.description || undefined}>
        {automation.state !== "unavailable" && <Switch on={automation.state === "on"} label={t("automation.enable", { name })} disabled={!mayAs("operator")} onToggle={(on) => void command(id, on ? "turn_on" : "turn_off")} />}
        {mayAs("operator") && <Button icon="play" onClick={() => void runNow(id)}>{t("control.run")}</Button>}
        {mayAs("operator") && <Button icon="help" label={t("automation.run_asking")} onClick={() => void attempt(() => post(`/api/automations/${id}/run?skip_condition=false`), t("automation.ran"))} />}
        {isAdmin() && <Button icon="edit" onClick={() => navigate(`/automations/edit?id=${id}`)}>{t("action.edit")}</Button>}
      </PageHead>
      {traces.error.value ? <Failure error={traces.error.value} again={() => void traces.again()} /> : null}
      {!runs.value.length && traces.data.value && (
        <Empty icon="activity" title={t("trace.none")}>
          <p>{t("trace.none.text")}</p>
          {automation.waits_for?.length ? <ul>{automation.waits_for.map((text, i) => <li key={i}>{text}</li>)}</ul> : null}
        </Empty>
      )}
      {runs.value.length > 0 && (
        <div class="stack">
          <Card title={t("trace.timeline")} actions={<span class="small muted">{t("trace.count", { count: runs.value.length })}</span>}>
            <RunLine runs={runs.value} chosen={chosen} onChoose={(run) => setQuery({ run: String(run.run) })} />
          </Card>
          <div class="side-by-side">
            <RunList runs={runs.value} chosen={chosen} />
            {chosen && <WholeRun key={chosen.run} id={id} run={chosen} config={automation.declared} />}
          </div>
          {automation.waits_for?.length ? <Card title={t("trace.waits")}><ul class="waits">{automation.waits_for.map((text, i) => <li key={i}>{text}</li>)}</ul></Card> : null}
        </div>
      )}
    </>
  );
}

/** Every kept run as a mark on a line of time. */
function RunLine({ runs, chosen, onChoose }: { runs: Run[]; chosen?: Run; onChoose: (run: Run) => void }) {
  const times = runs.map((run) => moment(run.began)!.getTime());
  const from = Math.min(...times);
  const to = Math.max(Date.now(), ...times);
  return (
    <div class="run-line">
      <div class="run-track">
        {runs.map((run, i) => (
          <button type="button" key={run.run} class={`run-mark ${toneOf(run.outcome)}`} aria-pressed={run === chosen} style={{ left: `${((times[i]! - from) / (to - from || 1)) * 100}%` }}
            title={`${dateTime(run.began)}: ${outcomeText(run.outcome)}`} aria-label={`${dateTime(run.began)}: ${outcomeText(run.outcome)}`} onClick={() => onChoose(run)} tabIndex={-1} />
        ))}
      </div>
      <div class="row small muted"><span class="grow">{dateTime(from / 1000)}</span><span>{t("time.now")}</span></div>
    </div>
  );
}

function RunList({ runs, chosen }: { runs: Run[]; chosen?: Run }) {
  const now = useNow(15);
  return (
    <section class="card">
      <div class="card-head"><h2>{t("trace.runs")}</h2></div>
      <ul class="plain runs">
        {runs.map((run) => (
          <li key={run.run}>
            <button type="button" class="run-row" aria-pressed={run === chosen} onClick={() => setQuery({ run: String(run.run) })}>
              <span class={`run-icon ${toneOf(run.outcome)}`}><Icon name={iconOf(run.outcome)} size={18} /></span>
              <span class="grow">
                <span class="run-title">{outcomeText(run.outcome)} <span class="muted small">· {triggerText(run)}</span></span>
                {whyOf(run) && <span class="small muted run-why">{whyOf(run)}</span>}
              </span>
              <span class="small muted nowrap" title={dateTime(run.began)}>{ago(run.began, now)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The steps of a run are fetched when it is looked at; of one that goes on, again and again. */
function WholeRun({ id, run, config }: { id: string; run: Run; config: unknown }) {
  const whole = useFetch<Run>(`/api/automations/${id}/traces/${run.run}`);
  const going = run.outcome === "running";
  useEffect(() => {
    void whole.again();
    const timer = going ? setInterval(() => void whole.again(), 1000) : 0;
    return () => clearInterval(timer);
  }, [run.outcome]);
  if (whole.error.value && !whole.data.value) return <Failure error={whole.error.value} again={() => void whole.again()} />;
  return whole.data.value ? <RunView run={whole.data.value} config={config} /> : <Loading />;
}

function RunView({ run, config }: { run: Run; config: unknown }) {
  const tab = useSignal("graph");
  const step = useSignal<string | null>(null);
  useEffect(() => { step.value = null; }, [run.run]);
  const lasted = run.ended ? (moment(run.ended)!.getTime() - moment(run.began)!.getTime()) / 1000 : null;
  const index = run.trigger?.idx;
  const text = JSON.stringify(run, null, 2);
  return (
    <section class="card" aria-label={t("trace.run", { number: run.run })}>
      <div class="card-head">
        <h2 class="grow">{dateTime(run.began)}</h2>
        <Badge kind={toneOf(run.outcome)} icon={iconOf(run.outcome)}>{outcomeText(run.outcome)}</Badge>
        {lasted !== null && <span class="small muted">{duration(lasted)}</span>}
        <Button small kind="quiet" icon="download" label={t("trace.download")} onClick={() => save(`${run.item}-${run.run}.json`, text, "application/json")} />
      </div>
      <div class="card-body">
        {whyOf(run) && <Notice kind={toneOf(run.outcome) === "bad" ? "bad" : "warn"} title={outcomeText(run.outcome)}><p>{whyOf(run)}</p></Notice>}
        {run.cause.length > 1 && <p class="small muted">{t("trace.because", { what: run.cause.slice(1).join(" ← ") })}</p>}
        <Tabs label={t("trace.view")} chosen={tab.value} onChoose={(key) => { tab.value = key; }}
          tabs={[["graph", t("trace.graph")], ["steps", t("trace.steps")], ["values", t("trace.values")], ["log", t("nav.logbook")]]} />
        {tab.value === "graph" && (config ? (
          <>
            <Graph config={config} steps={run.steps ?? []} triggered={index === undefined || index === null ? null : Number(index)} chosen={step.value} onChoose={(path) => { step.value = path; }} />
            {step.value && <StepValues run={run} path={step.value} />}
          </>
        ) : <Steps run={run} />)}
        {tab.value === "steps" && <Steps run={run} />}
        {tab.value === "values" && <pre class="code small">{JSON.stringify(run.trigger, null, 2)}</pre>}
        {tab.value === "log" && <Lazy load={() => import("../components/log_lines")} entityId={run.item} from={moment(run.began)!.getTime() / 1000 - 1} to={(run.ended ? moment(run.ended)!.getTime() : Date.now()) / 1000 + 2} />}
      </div>
    </section>
  );
}

const LEFT_OUT = new Set(["path", "at"]);

function StepValues({ run, path }: { run: Run; path: string }) {
  const steps = (run.steps ?? []).filter((step) => step.path === path);
  const isTrigger = path.startsWith("trigger/");
  return (
    <div class="step-values" aria-live="polite">
      <h3><code>{path}</code></h3>
      {isTrigger && <Values values={run.trigger ?? {}} />}
      {!isTrigger && !steps.length && <p class="muted">{path.startsWith("condition/") ? t("trace.held") : t("trace.missed.text")}</p>}
      {steps.map((step, i) => (
        <div key={i}>
          <p class="small muted">{time(step.at)}</p>
          <Values values={Object.fromEntries(Object.entries(step).filter(([key]) => !LEFT_OUT.has(key)))} />
        </div>
      ))}
    </div>
  );
}

function Values({ values }: { values: Record<string, unknown> }) {
  const entries = Object.entries(values);
  if (!entries.length) return <p class="muted">{t("trace.novalues")}</p>;
  return (
    <dl class="facts small">
      {entries.map(([key, value]) => (
        <><dt key={key}>{key}</dt><dd class="mono">{typeof value === "string" ? value : <pre>{JSON.stringify(value, null, 1)}</pre>}</dd></>
      ))}
    </dl>
  );
}

function Steps({ run }: { run: Run }) {
  const began = moment(run.began)!.getTime();
  return (
    <ol class="plain steps">
      {(run.steps ?? []).map((step, i) => {
        const more = Object.fromEntries(Object.entries(step).filter(([key]) => !["path", "at", "service", "data", "why", "error", "result"].includes(key)));
        return (
          <li key={i} class={step.error ? "bad" : step.result === false ? "warn" : "good"}>
            <div class="row"><code>{step.path}</code><span class="small muted">+{duration((moment(step.at)!.getTime() - began) / 1000)}</span></div>
            {step.service && <div><strong>{step.service}</strong> <code>{JSON.stringify(step.data)}</code></div>}
            {Object.keys(more).length > 0 && <code class="small">{JSON.stringify(more)}</code>}
            {(step.why || step.error) && <div>{step.why || step.error}</div>}
          </li>
        );
      })}
    </ol>
  );
}
