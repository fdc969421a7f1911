// Numbers, times and sizes as people in this language write them.
import { locale, t } from "./i18n";

const kept = new Map<string, unknown>();

function keep<T>(key: string, make: () => T): T {
  const whole = `${locale.value} ${key}`;
  if (!kept.has(whole)) kept.set(whole, make());
  return kept.get(whole) as T;
}

export function number(value: number, digits = 2): string {
  return keep(`n${digits}`, () => new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits })).format(value);
}

type Moment = string | number | Date | null | undefined;

/** A moment from ISO text, seconds since 1970, or a Date. */
export function moment(value: Moment): Date | null {
  if (value === null || value === undefined || value === "") return null;
  const date = value instanceof Date ? value : new Date(typeof value === "number" ? value * 1000 : value);
  return Number.isNaN(date.getTime()) ? null : date;
}

export function time(value: Moment, seconds = true): string {
  const at = moment(value);
  if (!at) return "–";
  const options = { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined } as const;
  return keep(`t${seconds}`, () => new Intl.DateTimeFormat(locale.value, options)).format(at);
}

export function date(value: Moment): string {
  const at = moment(value);
  if (!at) return "–";
  return keep("d", () => new Intl.DateTimeFormat(locale.value, { dateStyle: "medium" })).format(at);
}

export function dateTime(value: Moment): string {
  const at = moment(value);
  if (!at) return "–";
  const today = new Date().toDateString() === at.toDateString();
  return today ? time(at) : `${date(at)}, ${time(at, false)}`;
}

/** From one moment to another, without saying twice what is the same. */
export function span(from: Moment, to: Moment): string {
  const [a, b] = [moment(from), moment(to)];
  if (!a || !b) return "–";
  return a.toDateString() === b.toDateString() ? `${date(a)}, ${time(a, false)} – ${time(b, false)}` : `${date(a)}, ${time(a, false)} – ${date(b)}, ${time(b, false)}`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function ago(value: Moment, now = Date.now()): string {
  const at = moment(value);
  if (!at) return t("time.never");
  const seconds = (at.getTime() - now) / 1000;
  const format = keep("r", () => new Intl.RelativeTimeFormat(locale.value, { numeric: "auto" }));
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  return Math.abs(seconds) < 5 ? t("time.now") : format.format(Math.round(seconds), "second");
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${number(seconds * 1000, seconds < 0.01 ? 2 : 0)} ms`;
  if (seconds < 60) return `${number(seconds, 1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : t("time.days", { count: Math.floor(hours / 24) });
}

export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  while (count >= 1000 && at < units.length - 1) {
    count /= 1000;
    at++;
  }
  return `${number(count, count < 10 && at ? 1 : 0)} ${units[at]}`;
}
