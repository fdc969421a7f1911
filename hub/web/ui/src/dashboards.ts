// The dashboards that the configuration arranges.
import { signal } from "@preact/signals";
import { get } from "./api";

export interface DashboardCard { title?: string; text?: string; area?: string; device?: string; entities?: string[] }
export interface Dashboard { id: string; title: string; cards: DashboardCard[] }

/** Undefined until they are known. */
export const dashboards = signal<Dashboard[] | undefined>(undefined);

export async function loadDashboards(): Promise<void> {
  try {
    dashboards.value = await get<Dashboard[]>("/api/dashboards");
  } catch {
    dashboards.value ??= [];
  }
}
