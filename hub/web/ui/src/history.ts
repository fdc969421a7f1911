// Where plots come from: recorded states for days, statistics for months.
import { get } from "./api";
import type { Series } from "./components/plot";
import { nameOf } from "./entity";
import { stateOf } from "./live";

export interface Recorded { state: string; at: number }
export interface StatisticRow { start: number; mean?: number | null; min?: number | null; max?: number | null; sum?: number | null; change?: number | null; state?: number | null }

const DAY = 86_400;
/** Up to this span every recorded state is drawn. */
export const RAW_SPAN = 3 * DAY;

export type Period = "5minute" | "hour" | "day" | "week" | "month";

export function periodFor(span: number): Period {
  if (span <= 8 * DAY) return "5minute";
  if (span <= 120 * DAY) return "hour";
  return "day";
}

export interface Timeline { entityId: string; label: string; spans: { from: number; to: number; state: string }[] }
export interface Drawn { plots: Series[]; timelines: Timeline[] }

const isNumeric = (states: Recorded[]): boolean => {
  const told = states.filter((one) => one.state !== "unknown" && one.state !== "unavailable");
  return told.length > 0 && told.every((one) => one.state.trim() !== "" && Number.isFinite(Number(one.state)));
};

/** Fetch these entities between two moments (seconds since 1970). */
export async function fetchHistory(entityIds: string[], from: number, to: number): Promise<Drawn> {
  if (to - from > RAW_SPAN) {
    const found = await statistics(entityIds, from, to);
    if (found.plots.length) return found;
  }
  const states = await recorded(entityIds, from, to);
  const drawn: Drawn = { plots: [], timelines: [] };
  for (const id of entityIds) {
    const rows = states[id] ?? [];
    const state = stateOf(id).peek();
    const unit = String(state?.attributes.unit_of_measurement ?? "");
    const label = nameOf(state, id);
    if (isNumeric(rows) || (unit && !rows.length)) drawn.plots.push({ label, unit, steps: true, ...columns(rows, Math.min(to, Date.now() / 1000)) });
    else if (rows.length) drawn.timelines.push({ entityId: id, label, spans: spans(rows, Math.min(to, Date.now() / 1000)) });
  }
  return drawn;
}

function columns(rows: Recorded[], end: number): { times: number[]; values: (number | null)[] } {
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const row of rows) {
    const value = Number(row.state);
    times.push(row.at);
    values.push(row.state.trim() !== "" && Number.isFinite(value) ? value : null);
  }
  if (times.length && times.at(-1)! < end) {
    times.push(end);
    values.push(values.at(-1)!);
  }
  return { times, values };
}

function spans(rows: Recorded[], end: number): Timeline["spans"] {
  return rows.map((row, i) => ({ from: row.at, to: rows[i + 1]?.at ?? end, state: row.state }));
}

const asked = (entityIds: string[], from: number, to: number): URLSearchParams =>
  new URLSearchParams({ entities: entityIds.join(","), since: String(Math.max(0, from)), until: String(Math.max(0, to)) });

async function recorded(entityIds: string[], from: number, to: number): Promise<Record<string, Recorded[]>> {
  const lists = await get<Record<string, [at: number, state: string][]>>(`/api/past/states?${asked(entityIds, from, to)}&most=4000`);
  return Object.fromEntries(Object.entries(lists).map(([id, rows]) => [id, rows.map(([at, state]) => ({ at: Math.max(from, at), state }))]));
}

export async function statisticRows(entityIds: string[], from: number, to: number, period: Period): Promise<Record<string, StatisticRow[]>> {
  return get<Record<string, StatisticRow[]>>(`/api/past/statistics?${asked(entityIds, from, to)}&period=${period}`);
}

async function statistics(entityIds: string[], from: number, to: number): Promise<Drawn> {
  const rows = await statisticRows(entityIds, from, to, periodFor(to - from));
  const plots: Series[] = [];
  for (const id of entityIds) {
    const list = rows[id];
    if (!list?.length) continue;
    const state = stateOf(id).peek();
    const sums = list.some((row) => row.change != null || row.sum != null) && !list.some((row) => row.mean != null);
    plots.push({
      label: nameOf(state, id), unit: String(state?.attributes.unit_of_measurement ?? ""),
      times: list.map((row) => row.start),
      values: list.map((row) => (sums ? row.change ?? null : row.mean ?? null)),
      bars: sums,
      low: sums ? undefined : list.map((row) => row.min ?? null),
      high: sums ? undefined : list.map((row) => row.max ?? null),
    });
  }
  return { plots, timelines: [] };
}

export const iso = (at: number): string => new Date(at * 1000).toISOString();
