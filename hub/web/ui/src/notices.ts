// The notifications that the hub keeps for people.
import { computed, signal } from "@preact/signals";
import { get } from "./api";
import { watch } from "./live";

export interface Notification { notification_id: string; title: string | null; message: string; created_at: string }

export const notifications = signal<Notification[]>([]);
export const unread = computed(() => notifications.value.length);

export async function loadNotifications(): Promise<void> {
  try {
    notifications.value = await get<Notification[]>("/api/notifications");
  } catch {
    // Who may not see them sees none.
  }
}

let stop: (() => void) | null = null;

export function followNotifications(): void {
  if (stop) return;
  void loadNotifications();
  stop = watch("events", { types: ["persistent_notifications_updated"] }, () => void loadNotifications());
}
