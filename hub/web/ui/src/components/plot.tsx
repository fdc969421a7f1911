// A plot over time: zoom by dragging or with the wheel, pan with the keys, all of it without the mouse, too.
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import uPlot from "uplot";
import { number, time, date } from "../format";
import { locale, t } from "../i18n";
import { Button } from "./basics";

export interface Series {
  label: string;
  unit: string;
  /** Seconds since 1970, and a value or a gap. */
  times: number[];
  values: (number | null)[];
  /** Smallest and biggest around each value, for statistics. */
  low?: (number | null)[];
  high?: (number | null)[];
  steps?: boolean;
  bars?: boolean;
  /** What the legend tells instead of what is drawn, by time: the parts of a stack. */
  told?: ReadonlyMap<number, number>;
}

export interface PlotProps {
  series: Series[];
  from: number;
  to: number;
  label: string;
  height?: number;
  /** Told when the reader zooms or pans: the new ends in seconds. */
  onRange?: (from: number, to: number) => void;
  tools?: boolean;
}

const COLOURS = 6;
const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const soft = (colour: string): string => `${colour}38`;

/** One table of times for all series: what uPlot draws. */
function joined(series: Series[]): uPlot.AlignedData {
  if (series.length === 1 && !series[0]!.low) return [series[0]!.times, series[0]!.values];
  const tables = series.map((one) => [one.times, one.values, ...(one.low && one.high ? [one.high, one.low] : [])] as uPlot.AlignedData);
  return tables.length ? uPlot.join(tables) : [[]];
}

export default function Plot({ series, from, to, label, height = 280, onRange, tools = true }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const moved = useRef(0);
  const scheme = useSignal(0);
  const id = useId();
  const range = useRef<[number, number]>([from, to]);
  range.current = [from, to];
  const shape = JSON.stringify(series.map((one) => [one.label, one.unit, one.steps, one.bars, Boolean(one.low), one.told?.size]));

  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => { scheme.value++; };
    dark.addEventListener("change", redraw);
    return () => dark.removeEventListener("change", redraw);
  }, []);

  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(options(element.clientWidth, height, series, () => range.current, tell), joined(series), element);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => { observer.disconnect(); made.destroy(); plot.current = null; };
  }, [shape, height, scheme.value, locale.value]);

  useEffect(() => {
    plot.current?.setData(joined(series), false);
    plot.current?.setScale("x", { min: from, max: to });
  }, [series, from, to]);

  const tell = (min: number, max: number) => {
    range.current = [min, max];
    clearTimeout(moved.current);
    moved.current = window.setTimeout(() => onRange?.(min, max), 120);
  };
  const go = (zoom: number, shift: number) => {
    const [a, b] = range.current;
    const middle = (a + b) / 2 + (b - a) * shift;
    const half = Math.max(5, ((b - a) / 2) * zoom);
    plot.current?.setScale("x", { min: middle - half, max: middle + half });
    tell(middle - half, middle + half);
  };
  const key = (event: KeyboardEvent) => {
    const does: Record<string, [number, number]> = { "+": [0.5, 0], "=": [0.5, 0], "-": [2, 0], ArrowLeft: [1, -0.2], ArrowRight: [1, 0.2] };
    const [zoom, shift] = does[event.key] ?? [0, 0];
    if (!zoom) return;
    event.preventDefault();
    go(zoom, shift);
  };
  return (
    <div class="plot-frame">
      {tools && (
        <div class="row plot-tools">
          <Button small kind="quiet" icon="back" label={t("plot.earlier")} onClick={() => go(1, -0.5)} />
          <Button small kind="quiet" icon="plus" label={t("plot.in")} onClick={() => go(0.5, 0)} />
          <Button small kind="quiet" icon="minus" label={t("plot.out")} onClick={() => go(2, 0)} />
          <Button small kind="quiet" icon="forward" label={t("plot.later")} onClick={() => go(1, 0.5)} />
        </div>
      )}
      <div class="plot" ref={box} role="img" aria-label={label} aria-describedby={id} tabIndex={0} onKeyDown={key} />
      <p id={id} class="hidden-visually">{summary(series)}</p>
    </div>
  );
}

function summary(series: Series[]): string {
  return series.map((one) => {
    const values = one.values.filter((value): value is number => value !== null);
    if (!values.length) return t("plot.nothing", { name: one.label });
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return t("plot.summary", { name: one.label, least: number(least), most: number(most), last: number(values.at(-1)!), unit: one.unit });
  }).join(" ");
}

function options(width: number, height: number, series: Series[], range: () => [number, number], tell: (a: number, b: number) => void): uPlot.Options {
  const units = [...new Set(series.map((one) => one.unit))].slice(0, 2);
  const text = css("--muted");
  const grid = { stroke: css("--line"), width: 1 };
  const drawn: uPlot.Series[] = [{ label: t("plot.time"), value: (_, at) => (at == null ? "–" : `${date(at)} ${time(at)}`) }];
  const bands: uPlot.Band[] = [];
  series.forEach((one, i) => {
    const colour = css(`--series-${(i % COLOURS) + 1}`);
    const scale = units.includes(one.unit) ? `u ${one.unit}` : `u ${units[0]}`;
    drawn.push({
      label: one.label, scale, stroke: colour, width: 2, spanGaps: true,
      fill: one.bars ? (one.told ? colour : soft(colour)) : undefined,
      points: { show: one.values.length < 2, size: 6 },
      paths: one.bars ? uPlot.paths.bars!({ size: [0.7, 60] }) : one.steps ? uPlot.paths.stepped!({ align: 1 }) : uPlot.paths.linear!(),
      value: (u, value, _, at) => {
        const told = one.told && at != null ? one.told.get(u.data[0][at]!) : value;
        return told == null ? "–" : `${number(told)} ${one.unit}`;
      },
    });
    if (!one.low) return;
    const at = drawn.length;
    for (const edge of ["high", "low"]) drawn.push({ label: `${one.label} ${edge}`, scale, stroke: soft(colour), width: 0, points: { show: false }, spanGaps: true, class: "band-edge" });
    bands.push({ series: [at, at + 1], fill: soft(colour) });
  });
  const [min, max] = range();
  return {
    width, height, bands, series: drawn,
    scales: { x: { time: true, min, max } },
    cursor: { drag: { x: true, y: false, setScale: true }, points: { size: 8 } },
    legend: { live: true },
    axes: [
      { stroke: text, grid, ticks: grid, font: "12px system-ui", values: marks },
      ...units.map((unit, i): uPlot.Axis => ({
        scale: `u ${unit}`, side: i ? 1 : 3, stroke: text, grid: i ? { show: false } : grid, ticks: grid, font: "12px system-ui", size: 68,
        values: (_, splits) => splits.map((split, at) => (at === splits.length - 1 && unit ? `${number(split)} ${unit}` : number(split))),
      })),
    ],
    plugins: [{ hooks: { ready: wheel(tell), setSelect: (u) => { if (u.select.width > 4) tell(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")); } } }],
  };
}

function marks(_: uPlot, splits: number[], _axis: number, _space: number, step: number): string[] {
  let last = "";
  return splits.map((at) => {
    const day = new Date(at * 1000).toLocaleDateString(locale.value, { day: "numeric", month: "short" });
    if (step >= 86_400) return day;
    const clock = time(at, step < 60);
    const shown = day === last ? clock : `${clock}\n${day}`;
    last = day;
    return shown;
  });
}

/** Zoom where the pointer is; two fingers do the same on a phone, by the browser's own wheel events. */
function wheel(tell: (a: number, b: number) => void): (u: uPlot) => void {
  return (u) => {
    u.over.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.shiftKey && Math.abs(event.deltaY) < Math.abs(event.deltaX)) return;
      event.preventDefault();
      const { min, max } = u.scales.x!;
      if (min == null || max == null) return;
      const factor = event.deltaY > 0 ? 1.25 : 0.8;
      const at = u.posToVal(event.offsetX, "x");
      const next: [number, number] = [at - (at - min) * factor, at + (max - at) * factor];
      if (next[1] - next[0] < 5) return;
      u.setScale("x", { min: next[0], max: next[1] });
      tell(...next);
    }, { passive: false });
  };
}
