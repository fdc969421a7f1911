// Which page is shown: a signal, moved by links and the browser's buttons.
import { signal } from "@preact/signals";

export interface Place {
  path: string;
  query: URLSearchParams;
  hash: string;
}

const read = (): Place => ({
  path: location.pathname.replace(/\/+$/, "") || "/",
  query: new URLSearchParams(location.search),
  hash: location.hash.slice(1),
});

export const place = signal<Place>(read());

let leaveGuard: (() => boolean) | null = null;

/** Ask before the page is left, as long as something is unsaved; the returned function lifts it. */
export function guard(mayLeave: () => boolean): () => void {
  leaveGuard = mayLeave;
  return () => {
    if (leaveGuard === mayLeave) leaveGuard = null;
  };
}

export function navigate(to: string, { replace = false } = {}): void {
  if (!replace && leaveGuard && !leaveGuard()) return;
  const url = new URL(to, location.href);
  const same = url.pathname === location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", url.pathname + url.search + url.hash);
  place.value = read();
  if (!same) window.scrollTo(0, 0);
}

/** Change parts of the query without a new entry in the history. */
export function setQuery(changes: Record<string, string | null>): void {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes))
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  const text = query.toString();
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : "") + location.hash);
  place.value = read();
}

addEventListener("popstate", () => {
  place.value = read();
});

addEventListener("beforeunload", (event) => {
  if (leaveGuard && !leaveGuard()) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element | null)?.closest?.("a[href]") as HTMLAnchorElement | null;
  if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
  const href = link.getAttribute("href")!;
  if (href.startsWith("#") || href.startsWith("/assets/") || href.startsWith("/api/")) return;
  event.preventDefault();
  navigate(href);
});

export interface Params {
  id?: string;
  kind?: string;
}

/** Match `/devices/:id` with a path; null if it is another one. */
export function match(pattern: string, path: string): Params | null {
  const wanted = pattern.split("/");
  const given = path.split("/");
  const params: Record<string, string> = {};
  for (let i = 0; i < wanted.length; i++) {
    const part = wanted[i]!;
    if (given[i] === undefined) return null;
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(given[i]!);
    else if (part !== given[i]) return null;
  }
  return wanted.length === given.length ? params : null;
}
