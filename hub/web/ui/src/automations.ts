// What the pages know of automations: their list, their runs, and what an outcome means.
import { nameOf } from "./entity";
import { maybe, t } from "./i18n";
import { stateOf } from "./live";

export interface Automation {
  entity_id: string;
  id?: string | null;
  name: string;
  description?: string | null;
  mode?: string;
  state: string;
  last_triggered: string | null;
  runs: number;
  last_outcome: string | null;
  last_why?: string | null;
  waits_for?: string[];
}

export interface Step {
  path: string;
  at: string;
  result?: unknown;
  why?: string;
  error?: string;
  service?: string;
  data?: unknown;
  enabled?: boolean;
  [more: string]: unknown;
}

export interface Run {
  run: number | string;
  item: string;
  began: string;
  ended: string | null;
  outcome: string;
  error: string | null;
  trigger: Record<string, unknown> | null;
  cause: string[];
  steps?: Step[];
  why?: string;
}

export const FINE = new Set(["finished", "running"]);
export const NOT_RUN = new Set(["failed_conditions", "failed_single", "failed_max_runs", "skipped"]);

export function toneOf(outcome: string | null): "good" | "bad" | "warn" | "info" | "" {
  if (!outcome) return "";
  if (outcome === "running") return "info";
  if (outcome === "finished") return "good";
  if (outcome === "error" || outcome === "disallowed_recursion_detected") return "bad";
  return "warn";
}

export function iconOf(outcome: string | null): string {
  if (outcome === "running") return "activity";
  if (outcome === "finished") return "good";
  return toneOf(outcome) === "bad" ? "failed" : outcome ? "alert" : "dot";
}

export const outcomeText = (outcome: string): string => maybe(`outcome.${outcome}`) ?? outcome.replaceAll("_", " ");

/** Why a run did not happen, or ended early: what its steps say. */
export function whyOf(run: Run): string {
  if (run.error || run.why) return String(run.error || run.why);
  for (const step of [...(run.steps ?? [])].reverse()) if (step.why || step.error) return String(step.why || step.error);
  return "";
}

export function triggerText(run: Run): string {
  const told = run.trigger ?? {};
  const entity = typeof told.entity_id === "string" ? nameOf(stateOf(told.entity_id).peek(), told.entity_id) : "";
  const kind = maybe(`trigger.${told.platform}`);
  if (told.alias) return String(told.alias);
  return entity && kind ? `${kind}: ${entity}` : String(told.description || told.platform || t("trace.by_hand"));
}
