// Plots of any entities, over any time: zoom and pan, words as spans, numbers for a spreadsheet.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { Button, Card, Empty, Failure, Loading, PageHead, save } from "../components/basics";
import Plot from "../components/plot";
import { Timeline } from "../components/timeline";
import { nameOf } from "../entity";
import { date, number, span as spanText } from "../format";
import { type Drawn, fetchHistory, type StatisticRow, statisticRows, periodFor } from "../history";
import { t } from "../i18n";
import { Icon } from "../icons";
import { entityIds, stateOf, statesKnown } from "../live";
import { place, setQuery } from "../router";
import { useStates, useTitle } from "../use";

const SPANS: [string, number][] = [["1 h", 3600], ["6 h", 6 * 3600], ["24 h", 86_400], ["7 d", 7 * 86_400], ["30 d", 30 * 86_400], ["1 y", 365 * 86_400]];

export default function History() {
  useTitle(t("nav.history"));
  const asked = place.value.query.get("entity");
  const ids = useComputed(() => (place.value.query.get("entity") ?? "").split(",").filter(Boolean));
  const now = useRef(Date.now() / 1000);
  const range = useSignal<[number, number]>([now.current - Number(place.value.query.get("span") ?? 86_400), now.current]);
  const drawn = useSignal<Drawn | null>(null);
  const failed = useSignal<unknown>(null);
  const fetched = useRef<[number, number]>([0, 0]);
  const turn = useRef(0);
  useStates(ids.value);

  const load = async () => {
    const mine = ++turn.current;
    const [from, to] = range.peek();
    // Some of what lies beside, so that panning shows something at once.
    const beside = (to - from) * 0.5;
    const wide: [number, number] = [from - beside, Math.min(Date.now() / 1000, to + beside)];
    try {
      const found = await fetchHistory(ids.peek(), ...wide);
      if (mine !== turn.current) return;
      fetched.current = wide;
      drawn.value = found;
      failed.value = null;
    } catch (error) {
      if (mine === turn.current) failed.value = error;
    }
  };
  useEffect(() => { if (ids.value.length) void load(); else drawn.value = null; }, [asked]);
  const moved = (from: number, to: number) => {
    const before = range.peek();
    range.value = [from, to];
    const coarser = to - from > (before[1] - before[0]) * 1.05 || to - from < (fetched.current[1] - fetched.current[0]) / 4;
    if (coarser || from < fetched.current[0] || to > fetched.current[1]) void load();
  };
  const jump = (span: number) => {
    const to = Date.now() / 1000;
    setQuery({ span: String(span) });
    range.value = [to - span, to];
    void load();
  };
  const choose = (chosen: string[]) => setQuery({ entity: chosen.join(",") });
  if (!statesKnown.value) return <Loading />;
  const [from, to] = range.value;
  const units = [...new Set(drawn.value?.plots.map((one) => one.unit) ?? [])];
  return (
    <>
      <PageHead title={t("nav.history")} lead={spanText(from, to)}>
        <div class="choices" role="group" aria-label={t("history.span")}>
          {SPANS.map(([text, span]) => <button type="button" key={text} aria-pressed={Math.abs(to - from - span) < 60} onClick={() => jump(span)}>{text}</button>)}
        </div>
      </PageHead>
      <Picker chosen={ids.value} onChoose={choose} />
      {failed.value ? <Failure error={failed.value} again={() => void load()} /> : null}
      {!ids.value.length && <Empty icon="history" title={t("history.choose")}><p>{t("history.choose.text")}</p></Empty>}
      {ids.value.length > 0 && !drawn.value && !failed.value && <Loading />}
      {drawn.value && ids.value.length > 0 && (
        <div class="stack">
          {!drawn.value.plots.some((one) => one.times.length) && !drawn.value.timelines.length && <Empty icon="history" title={t("history.none")}><p>{t("history.none.text")}</p></Empty>}
          {units.map((unit) => (
            <Card key={unit} title={unit || t("history.numbers")}>
              <Plot series={drawn.value!.plots.filter((one) => one.unit === unit)} from={from} to={to} label={t("history.of", { names: drawn.value!.plots.filter((one) => one.unit === unit).map((one) => one.label).join(", ") })} height={300} onRange={moved} />
            </Card>
          ))}
          {drawn.value.timelines.length > 0 && <Card title={t("history.states")}><Timeline lines={drawn.value.timelines} from={from} to={to} /></Card>}
          {units.length > 0 && <Numbers ids={ids.value} from={from} to={to} />}
          <div class="row"><Button icon="download" onClick={() => csv(drawn.value!, from, to)}>{t("history.csv")}</Button></div>
        </div>
      )}
    </>
  );
}

function Picker({ chosen, onChoose }: { chosen: string[]; onChoose: (ids: string[]) => void }) {
  const text = useSignal("");
  const list = useId();
  const add = (value: string) => {
    const id = entityIds.peek().find((one) => one === value || nameOf(stateOf(one).peek(), one) === value);
    if (!id || chosen.includes(id)) return;
    text.value = "";
    onChoose([...chosen, id]);
  };
  return (
    <div class="row picker">
      {chosen.map((id) => (
        <span class="chip" key={id}>{nameOf(stateOf(id).value, id)}<button type="button" aria-label={t("form.remove", { what: id })} onClick={() => onChoose(chosen.filter((one) => one !== id))}><Icon name="close" size={14} /></button></span>
      ))}
      <div class="search">
        <Icon name="search" size={18} />
        <input list={list} value={text.value} aria-label={t("history.add")} placeholder={t("history.add")} onInput={(event) => { text.value = event.currentTarget.value; add(text.value); }} />
        <datalist id={list}>{entityIds.value.map((id) => <option key={id} value={id}>{nameOf(stateOf(id).peek(), id)}</option>)}</datalist>
      </div>
    </div>
  );
}

/** Mean, least and most over what is shown. */
function Numbers({ ids, from, to }: { ids: string[]; from: number; to: number }) {
  const rows = useSignal<Record<string, StatisticRow[]>>({});
  useEffect(() => { statisticRows(ids, from, to, periodFor(to - from)).then((found) => { rows.value = found; }, () => { rows.value = {}; }); }, [ids.join(), Math.round(from), Math.round(to)]);
  const known = ids.filter((id) => rows.value[id]?.length);
  if (!known.length) return null;
  return (
    <Card title={t("history.statistics")} flush>
      <table>
        <thead><tr><th scope="col">{t("history.entity")}</th><th scope="col" class="number">{t("history.mean")}</th><th scope="col" class="number">{t("history.least")}</th><th scope="col" class="number">{t("history.most")}</th><th scope="col" class="number">{t("history.change")}</th></tr></thead>
        <tbody>
          {known.map((id) => {
            const list = rows.value[id]!;
            const of = (key: "mean" | "min" | "max" | "change") => list.map((row) => row[key]).filter((value): value is number => typeof value === "number");
            const means = of("mean");
            const unit = String(stateOf(id).peek()?.attributes.unit_of_measurement ?? "");
            const show = (value: number | undefined) => (value === undefined || !Number.isFinite(value) ? "–" : `${number(value)} ${unit}`);
            const changes = of("change");
            return (
              <tr key={id}><th scope="row">{nameOf(stateOf(id).peek(), id)}</th>
                <td class="number">{show(means.length ? means.reduce((a, b) => a + b, 0) / means.length : undefined)}</td>
                <td class="number">{show(Math.min(...of("min")))}</td><td class="number">{show(Math.max(...of("max")))}</td>
                <td class="number">{changes.length ? show(changes.reduce((a, b) => a + b, 0)) : "–"}</td></tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

function csv(drawn: Drawn, from: number, to: number): void {
  const quoted = (value: string) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = ["name,unit,time,value"];
  for (const one of drawn.plots)
    one.times.forEach((at, i) => { if (at >= from && at <= to) lines.push([quoted(one.label), quoted(one.unit), new Date(at * 1000).toISOString(), one.values[i] ?? ""].join(",")); });
  for (const one of drawn.timelines)
    for (const span of one.spans) if (span.to >= from && span.from <= to) lines.push([quoted(one.label), "", new Date(span.from * 1000).toISOString(), quoted(span.state)].join(","));
  save(`history-${date(from)}.csv`, lines.join("\n") + "\n", "text/csv");
}

