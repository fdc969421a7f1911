// What was used, when, by what, and what it cost.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api";
import { Button, Card, Empty, Failure, Loading, PageHead } from "../components/basics";
import Plot, { type Series } from "../components/plot";
import { nameOf } from "../entity";
import { date, number } from "../format";
import { iso } from "../history";
import { language, t } from "../i18n";
import { stateOf } from "../live";
import { session } from "../session";
import { useTitle } from "../use";

type Span = "day" | "week" | "month" | "year";
interface Row { start: number; change: number | null; cost?: number | null }
interface Source { entity_id?: string; statistic_id?: string; name?: string; unit?: string; kind?: string; total: number; cost?: number | null; rows: Row[] }
interface Energy { unit: string; currency: string; sources: Source[]; total: number; cost: number | null }

function ends(span: Span, shift: number): [number, number] {
  const from = new Date();
  from.setHours(0, 0, 0, 0);
  const to = new Date(from);
  if (span === "day") { from.setDate(from.getDate() + shift); to.setTime(from.getTime()); to.setDate(to.getDate() + 1); }
  if (span === "week") { from.setDate(from.getDate() - ((from.getDay() + 6) % 7) + 7 * shift); to.setTime(from.getTime()); to.setDate(to.getDate() + 7); }
  if (span === "month") { from.setDate(1); from.setMonth(from.getMonth() + shift); to.setTime(from.getTime()); to.setMonth(to.getMonth() + 1); }
  if (span === "year") { from.setMonth(0, 1); from.setFullYear(from.getFullYear() + shift); to.setTime(from.getTime()); to.setFullYear(to.getFullYear() + 1); }
  return [from.getTime() / 1000, to.getTime() / 1000];
}

const PERIOD: Record<Span, string> = { day: "hour", week: "day", month: "day", year: "month" };

export default function EnergyPage() {
  useTitle(t("nav.energy"));
  const span = useSignal<Span>("day");
  const shift = useSignal(0);
  const data = useSignal<Energy | null>(null);
  const failed = useSignal<unknown>(null);
  const range = useComputed(() => ends(span.value, shift.value));
  const load = async () => {
    const [from, to] = range.peek();
    try {
      data.value = await get<Energy>(`/api/energy?${new URLSearchParams({ start: iso(from), end: iso(to), period: PERIOD[span.peek()] })}`);
      failed.value = null;
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => { void load(); }, [range.value[0], range.value[1]]);
  const [from, to] = range.value;
  const money = (value: number | null | undefined) => (value == null ? "–" : new Intl.NumberFormat(language.value, { style: "currency", currency: data.value?.currency || "EUR" }).format(value));
  const series = useComputed<Series[]>(() => (data.value?.sources ?? []).map((one) => ({
    label: one.name ?? nameOf(stateOf(one.entity_id ?? "").peek(), one.entity_id ?? one.statistic_id ?? ""), unit: one.unit ?? data.value!.unit,
    bars: true, times: one.rows.map((row) => row.start), values: one.rows.map((row) => row.change),
  })));
  return (
    <>
      <PageHead title={t("nav.energy")} lead={span.value === "day" ? date(from) : `${date(from)} – ${date(to - 1)}`}>
        <div class="row">
          <Button icon="back" label={t("plot.earlier")} onClick={() => { shift.value--; }} />
          <Button icon="chevronRight" label={t("plot.later")} disabled={shift.value >= 0} onClick={() => { shift.value++; }} />
        </div>
        <div class="choices" role="group" aria-label={t("history.span")}>
          {(["day", "week", "month", "year"] as const).map((one) => <button type="button" key={one} aria-pressed={span.value === one} onClick={() => { shift.value = 0; span.value = one; }}>{t(`energy.${one}`)}</button>)}
        </div>
      </PageHead>
      {failed.value && !data.value ? <Failure error={failed.value} again={() => void load()} /> : null}
      {!failed.value && !data.value && <Loading />}
      {data.value && !data.value.sources.length && <Empty icon="energy" title={t("energy.none")}><p>{t("energy.none.text")}</p></Empty>}
      {data.value && data.value.sources.length > 0 && (
        <div class="stack">
          <div class="figures">
            <div class="figure"><span class="muted">{t("energy.used")}</span><strong>{number(data.value.total)} {data.value.unit}</strong></div>
            {data.value.cost != null && <div class="figure"><span class="muted">{t("energy.cost")}</span><strong>{money(data.value.cost)}</strong></div>}
          </div>
          <Card title={t("energy.by_time")}><Plot series={series.value} from={from} to={to} label={t("energy.by_time")} height={280} tools={false} /></Card>
          <Card title={t("energy.by_device")} flush>
            <table>
              <thead><tr><th scope="col">{t("energy.device")}</th><th scope="col" class="number">{t("energy.used")}</th><th scope="col" class="number">{t("energy.share")}</th><th scope="col" class="number">{t("energy.cost")}</th></tr></thead>
              <tbody>
                {[...data.value.sources].sort((a, b) => b.total - a.total).map((one) => (
                  <tr key={one.entity_id ?? one.statistic_id}><th scope="row">{one.name ?? nameOf(stateOf(one.entity_id ?? "").value, one.entity_id ?? one.statistic_id ?? "")}</th>
                    <td class="number">{number(one.total)} {one.unit ?? data.value!.unit}</td><td class="number">{data.value!.total ? `${number((one.total / data.value!.total) * 100, 0)} %` : "–"}</td><td class="number">{money(one.cost)}</td></tr>
                ))}
              </tbody>
            </table>
          </Card>
          {data.value.cost == null && <p class="small muted">{t("energy.price")} {session.value?.role === "admin" && <a href="/files">{t("nav.files")}</a>}</p>}
        </div>
      )}
    </>
  );
}
