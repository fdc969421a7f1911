// Registries, devices and brokers: the very commands that the terminal has.
import { post } from "./api";

export type Kind = "registry" | "device" | "broker";

export interface Owner {
  id: string;
  name: string;
  registry_id?: string;
  created_at: string;
  description?: string;
  labels?: Record<string, string>;
  topic_aliases?: Record<string, string>;
  status: string;
  source: string;
  monitoring_data?: { last_auth_time?: string; last_online_time?: string; last_pub_activity_time?: string; last_sub_activity_time?: string; is_online?: boolean; last_auth_ip?: string; last_disconnect_time?: string; [more: string]: unknown };
  password?: string;
}
export interface Certificate { fingerprint: string; certificate_data: string; created_at: string; expires_at?: string; not_after?: string }
export interface Password { id: string; created_at: string; password?: string }
export interface Issued { fingerprint: string; certificate: string; key: string; authority: string }

/** Do one of the commands of `hub registry`, `hub device` and `hub broker`. */
export function command<T>(name: string, given: Record<string, unknown>): Promise<T> {
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ""));
  return post<T>(`/api/register/${name}`, kept);
}

export const KINDS: Kind[] = ["registry", "device", "broker"];
/** Where an owner has its page. */
export const pageOf = (kind: Kind, owner: { id: string; registry_id?: string }): string =>
  `/iot/${kind}/${owner.id}${owner.registry_id ? `?registry=${owner.registry_id}` : ""}`;
