// The one live socket: what the page shows is watched, and arrives here as signals.
import { batch, signal, type Signal } from "@preact/signals";
import { get, loggedOut } from "./api";

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: number;
  last_updated: number;
}

export type Connection = "connecting" | "open" | "lost";
export const connection = signal<Connection>("connecting");

type Message = Record<string, unknown> & { id?: number };
type Listener = (message: Message) => void;

interface Watch {
  asks: Message;
  listener: Listener;
}

const LIVE = "/api/live";
/** How the hub closes a socket whose log-in is over. */
const LOGGED_OUT = 4001;
const watches = new Map<number, Watch>();
let socket: WebSocket | null = null;
let numbers = 0;
let attempts = 0;
let wanted = false;
let retry = 0;

export function connect(): void {
  wanted = true;
  open();
}

export function disconnect(): void {
  wanted = false;
  clearTimeout(retry);
  socket?.close();
  socket = null;
}

function open(): void {
  clearTimeout(retry);
  if (!wanted || socket) return;
  connection.value = attempts ? "lost" : "connecting";
  const made = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${LIVE}`);
  socket = made;
  made.onopen = () => {
    attempts = 0;
    connection.value = "open";
    for (const watch of watches.values()) made.send(JSON.stringify(watch.asks));
  };
  made.onmessage = (event) => {
    const messages = JSON.parse(event.data as string) as Message[];
    batch(() => {
      for (const message of messages) if (!message.ok) watches.get(message.id ?? -1)?.listener(message);
    });
  };
  made.onclose = (event) => {
    if (socket === made) socket = null;
    if (event.code === LOGGED_OUT) loggedOut.value++;
    if (!wanted) return;
    connection.value = "lost";
    retry = window.setTimeout(open, Math.min(15_000, 400 * 2 ** attempts++) * (0.7 + Math.random() * 0.6));
  };
}

addEventListener("online", open);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && connection.value === "lost") open();
});

/** Watch something of the hub; the returned function ends it. */
export function watch(what: string, options: Record<string, unknown>, listener: Listener): () => void {
  const id = ++numbers;
  const asks = { id, subscribe: what, ...options };
  watches.set(id, { asks, listener });
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(asks));
  return () => {
    watches.delete(id);
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id, unsubscribe: true }));
  };
}

// --- states ---

const states = new Map<string, Signal<EntityState | undefined>>();
/** The ids of all entities that have a state, sorted; changes only when one comes or goes. */
export const entityIds = signal<string[]>([]);
export const statesKnown = signal(false);

export function stateOf(entityId: string): Signal<EntityState | undefined> {
  let found = states.get(entityId);
  if (!found) states.set(entityId, (found = signal<EntityState | undefined>(undefined)));
  return found;
}

interface Told {
  state: string;
  attributes: Record<string, unknown>;
  changed: number;
  updated: number;
}

function takeStates(message: Message): void {
  let different = false;
  for (const [id, told] of Object.entries((message.states ?? {}) as Record<string, Told>)) {
    const kept = stateOf(id);
    different ||= kept.peek() === undefined;
    kept.value = { entity_id: id, state: told.state, attributes: told.attributes, last_changed: told.changed, last_updated: told.updated };
  }
  for (const id of (message.removed ?? []) as string[]) {
    different ||= stateOf(id).peek() !== undefined;
    stateOf(id).value = undefined;
  }
  if (different || !statesKnown.peek())
    entityIds.value = [...states].filter(([, kept]) => kept.peek()).map(([id]) => id).sort();
  statesKnown.value = true;
}

// Only what the page shows is sent: parts say which entities they show, and the socket is told their union.
const held = new Map<string, number>();
let stopStates: (() => void) | null = null;
let asked = "";
let planned = 0;

function ask(): void {
  planned = 0;
  const ids = [...held.keys()].sort();
  const key = ids.join();
  if (key === asked) return;
  asked = key;
  const before = stopStates;
  stopStates = ids.length ? watch("states", { entities: ids }, takeStates) : null;
  before?.();
}

/** Keep these entities' states coming until the returned function is called. */
export function hold(ids: readonly string[]): () => void {
  for (const id of ids) held.set(id, (held.get(id) ?? 0) + 1);
  planned ||= window.setTimeout(ask, 30);
  return () => {
    for (const id of ids) {
      const left = (held.get(id) ?? 1) - 1;
      if (left) held.set(id, left);
      else held.delete(id);
    }
    planned ||= window.setTimeout(ask, 400);
  };
}

interface Whole {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: string;
  last_updated: string;
}

/** Fetch all states once: their names, and which entities there are. */
export async function loadStates(): Promise<void> {
  const told: Record<string, Told> = {};
  for (const one of await get<Whole[]>("/api/states"))
    told[one.entity_id] = { state: one.state, attributes: one.attributes, changed: Date.parse(one.last_changed) / 1000, updated: Date.parse(one.last_updated) / 1000 };
  batch(() => takeStates({ states: told, removed: entityIds.peek().filter((id) => !(id in told)) }));
}
