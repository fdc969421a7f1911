// Short messages at the edge: what went well, and what did not.
import { signal } from "@preact/signals";
import { ApiError } from "./api";
import { Button } from "./components/basics";
import { t } from "./i18n";
import { Icon } from "./icons";

interface Toast {
  id: number;
  kind: "good" | "bad";
  text: string;
  remedy: string;
}

const toasts = signal<Toast[]>([]);
let count = 0;

function drop(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

function show(kind: Toast["kind"], text: string, remedy: string): void {
  const id = ++count;
  toasts.value = [...toasts.value.slice(-3), { id, kind, text, remedy }];
  setTimeout(drop, kind === "good" ? 4000 : 12_000, id);
}

export const done = (text: string): void => show("good", text, "");

export function complain(error: unknown): void {
  if (error instanceof ApiError) show("bad", error.problem, error.remedy);
  else show("bad", t("error.unexpected"), String(error));
}

/** Do something and say so if it goes wrong; true if it went well. */
export async function attempt(act: () => Promise<unknown>, success?: string): Promise<boolean> {
  try {
    await act();
    if (success) done(success);
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((toast) => (
        <div class={`toast ${toast.kind}`} key={toast.id}>
          <Icon name={toast.kind === "good" ? "good" : "alert"} />
          <div class="grow"><strong>{toast.text}</strong>{toast.remedy && <p class="small muted">{toast.remedy}</p>}</div>
          <Button small kind="quiet" icon="close" label={t("action.close")} onClick={() => drop(toast.id)} />
        </div>
      ))}
    </div>
  );
}
