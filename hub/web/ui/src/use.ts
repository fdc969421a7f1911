// Hooks for what pages do again and again: fetch something, watch something, know the time.
import { useSignal, type Signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "./api";
import { hold, watch } from "./live";

export interface Fetched<T> {
  data: Signal<T | undefined>;
  error: Signal<unknown>;
  again: () => Promise<void>;
}

/** Fetch `path`, and again when it changes; null fetches nothing. What was there stays until the new is. */
export function useFetch<T>(path: string | null): Fetched<T> {
  const data = useSignal<T | undefined>(undefined);
  const error = useSignal<unknown>(null);
  const latest = useSignal(path);
  latest.value = path;
  const again = async () => {
    if (path === null) return;
    try {
      const got = await get<T>(path);
      if (latest.peek() !== path) return;
      data.value = got;
      error.value = null;
    } catch (problem) {
      if (latest.peek() === path) error.value = problem;
    }
  };
  useEffect(() => { void again(); }, [path]);
  return { data, error, again };
}

/** Watch something of the live socket as long as the part is shown. */
export function useWatch(what: string, options: Record<string, unknown> | null, listener: (message: Record<string, unknown>) => void): void {
  useEffect(() => (options ? watch(what, options, listener) : undefined), [what, JSON.stringify(options)]);
}

/** The time, moved every so many seconds while the part is shown. */
export function useNow(seconds: number): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) now.value = Date.now(); }, seconds * 1000);
    return () => clearInterval(timer);
  }, [seconds]);
  return now.value;
}

export function useTitle(title: string): void {
  useEffect(() => { document.title = title ? `${title} · Hearth` : "Hearth"; }, [title]);
}

/** Keep the states of these entities coming while the part is shown. */
export function useStates(ids: readonly string[]): void {
  useEffect(() => hold(ids), [ids.join()]);
}
