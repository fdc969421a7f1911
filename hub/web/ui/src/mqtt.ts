// What the pages ask of the MQTT server.
import { del, post } from "./api";

export interface Publication { topic: string; payload: string; qos?: number; retain?: boolean }

export const publish = (message: Publication): Promise<unknown> => post("/api/mqtt/publish", { qos: 0, retain: false, ...message });

export const forget = (topic: string): Promise<unknown> => del(`/api/mqtt/retained?topic=${encodeURIComponent(topic)}`);

export interface Client {
  client_id: string;
  user: string | null;
  space: string;
  online: boolean;
  subscriptions: number;
  address: string | null;
  listener: string | null;
  since: number | string | null;
  queued?: number;
  /** Of users that stand in the YAML; what others may do follows from their registry or broker. */
  rights?: { kind: "publish" | "subscribe"; filters: string[] }[];
}
