// What was used, when, by what, and what it cost.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError, get } from "../api";
import { Button, Card, Empty, Failure, Loading, PageHead } from "../components/basics";
import Plot, { type Series } from "../components/plot";
import { date, number } from "../format";
import { locale, t } from "../i18n";
import { isAdmin } from "../session";
import { useTitle } from "../use";

type Span = "day" | "week" | "month" | "year";
interface Use { start: number; end: number; energy: number; cost: number | null }
interface Account { name: string; energy: number; cost: number | null; share: number | null; energy_before: number | null; cost_before: number | null; uses: Use[] }
interface Report { currency: string; energy: number; cost: number | null; energy_before: number | null; cost_before: number | null; standing: number; returned: number; devices: Account[]; rest: Account | null }

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

type What = "energy" | "cost";

/** Bars on top of each other: each is drawn up to the sum of those below it, the tallest first. */
function stacked(accounts: Account[], what: What, currency: string): Series[] {
  const sums = new Map<number, number>();
  const made = accounts.map((one): Series => {
    const told = new Map(one.uses.map((use) => [use.start, use[what] ?? 0]));
    const tops = [...told].map(([at, value]) => { sums.set(at, (sums.get(at) ?? 0) + value); return sums.get(at)!; });
    return { label: nameOf(one), unit: what === "energy" ? "kWh" : currency, bars: true, times: [...told.keys()], values: tops, told };
  });
  return made.reverse();
}

/** What no device accounts for has no name of its own. */
const nameOf = (one: Account): string => (one.name === "rest" ? t("energy.rest") : one.name);

const PERIOD: Record<Span, string> = { day: "hour", week: "day", month: "day", year: "month" };

export default function EnergyPage() {
  useTitle(t("nav.energy"));
  const span = useSignal<Span>("day");
  const shift = useSignal(0);
  const data = useSignal<Report | null>(null);
  const failed = useSignal<unknown>(null);
  const what = useSignal<What>("energy");
  const range = useComputed(() => ends(span.value, shift.value));
  const load = async () => {
    const [from, to] = range.peek();
    try {
      data.value = await get<Report>(`/api/past/energy?${new URLSearchParams({ since: String(from), until: String(Math.min(to, Date.now() / 1000)), period: PERIOD[span.peek()] })}`);
      failed.value = null;
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => { void load(); }, [range.value[0], range.value[1]]);
  const [from, to] = range.value;
  const money = (value: number | null | undefined) => (value == null ? "–" : new Intl.NumberFormat(locale.value, { style: "currency", currency: data.value?.currency || "EUR" }).format(value));
  const accounts = useComputed(() => [...(data.value?.devices ?? []), ...(data.value?.rest ? [data.value.rest] : [])]);
  const series = useComputed(() => stacked(accounts.value, what.value, data.value?.currency ?? ""));
  const nothing = failed.value instanceof ApiError && failed.value.status >= 400 && failed.value.status < 500;
  const change = data.value?.energy_before ? (data.value.energy / data.value.energy_before - 1) * 100 : null;
  return (
    <>
      <PageHead title={t("nav.energy")} lead={span.value === "day" ? date(from) : `${date(from)} – ${date(to - 1)}`}>
        <div class="row">
          <Button icon="back" label={t("plot.earlier")} onClick={() => { shift.value--; }} />
          <Button icon="forward" label={t("plot.later")} disabled={shift.value >= 0} onClick={() => { shift.value++; }} />
        </div>
        <div class="choices" role="group" aria-label={t("history.span")}>
          {(["day", "week", "month", "year"] as const).map((one) => <button type="button" key={one} aria-pressed={span.value === one} onClick={() => { shift.value = 0; span.value = one; }}>{t(`energy.${one}`)}</button>)}
        </div>
      </PageHead>
      {failed.value && !data.value && !nothing ? <Failure error={failed.value} again={() => void load()} /> : null}
      {!failed.value && !data.value && <Loading />}
      {(nothing || (data.value && !accounts.value.length)) && (
        <Empty icon="energy" title={t("energy.none")} actions={isAdmin() ? <a class="button" href="/files">{t("nav.files")}</a> : undefined}>
          <p>{t("energy.none.text")}</p>
          <pre>{"energy:\n  tariff: 0.30\n  devices:\n    - name: Heater\n      energy: sensor.heater_energy"}</pre>
        </Empty>
      )}
      {data.value && accounts.value.length > 0 && (
        <div class="stack">
          <div class="figures">
            <div class="figure"><span class="muted">{t("energy.used")}</span><strong>{number(data.value.energy)} kWh</strong>{change !== null && <span class="small muted">{t("energy.before", { change: `${change > 0 ? "+" : ""}${number(change, 0)} %` })}</span>}</div>
            {data.value.cost !== null && <div class="figure"><span class="muted">{t("energy.cost")}</span><strong>{money(data.value.cost)}</strong>{data.value.standing > 0 && <span class="small muted">{t("energy.standing", { cost: money(data.value.standing) })}</span>}</div>}
            {data.value.returned > 0 && <div class="figure"><span class="muted">{t("energy.returned")}</span><strong>{number(data.value.returned)} kWh</strong></div>}
          </div>
          <Card title={t("energy.by_time")} actions={data.value.cost !== null && (
            <div class="choices" role="group" aria-label={t("energy.what")}>
              {(["energy", "cost"] as const).map((one) => <button type="button" key={one} aria-pressed={what.value === one} onClick={() => { what.value = one; }}>{t(one === "energy" ? "energy.used" : "energy.cost")}</button>)}
            </div>
          )}><Plot series={series.value} from={from} to={to} label={t("energy.by_time")} height={280} tools={false} /></Card>
          <Card title={t("energy.by_device")} flush>
            <table>
              <thead><tr><th scope="col">{t("energy.device")}</th><th scope="col" class="number">{t("energy.used")}</th><th scope="col" class="number">{t("energy.share")}</th><th scope="col" class="number">{t("energy.cost")}</th></tr></thead>
              <tbody>
                {[...accounts.value].sort((a, b) => b.energy - a.energy).map((one) => (
                  <tr key={one.name}><th scope="row">{nameOf(one)}</th><td class="number">{number(one.energy)} kWh</td><td class="number">{one.share === null ? "–" : `${number(one.share * 100, 0)} %`}</td><td class="number">{money(one.cost)}</td></tr>
                ))}
              </tbody>
            </table>
          </Card>
          {data.value.cost === null && <p class="small muted">{t("energy.price")}</p>}
        </div>
      )}
    </>
  );
}
