// The topics that were heard, as a tree: last payload, the one before, and how often.
import { signal } from "@preact/signals";

export interface Heard {
  topic: string;
  payload?: string;
  payload_base64?: string;
  retain?: boolean;
  qos?: number;
  at?: number;
  time?: number;
  size?: number;
  owner?: string | null;
}

export interface Kept { at: number; text: string }

export interface TopicNode {
  name: string;
  topic: string;
  children: Map<string, TopicNode>;
  last: Heard | null;
  retained: boolean;
  count: number;
  past: Kept[];
  below: number;
}

const PAST = 300;
const PAST_BYTES = 4_000;

const fresh = (name: string, topic: string): TopicNode => ({ name, topic, children: new Map(), last: null, retained: false, count: 0, past: [], below: 0 });

export const textOf = (heard: Heard): string => heard.payload ?? (heard.payload_base64 ? `base64: ${heard.payload_base64}` : "");

export class TopicTree {
  root = fresh("", "");
  /** Moved with each batch: what is drawn reads it. */
  version = signal(0);
  topics = 0;

  take(messages: Heard[]): void {
    for (const message of messages) this.#one(message);
    if (messages.length) this.version.value++;
  }

  find(topic: string): TopicNode | null {
    let node: TopicNode | undefined = this.root;
    for (const part of topic.split("/")) node = node?.children.get(part);
    return node ?? null;
  }

  forgetRetained(topic: string): void {
    const node = this.find(topic);
    if (node) node.retained = false;
    this.version.value++;
  }

  clear(): void {
    this.root = fresh("", "");
    this.topics = 0;
    this.version.value++;
  }

  #one(message: Heard): void {
    const parts = message.topic.split("/");
    let node = this.root;
    const way = [node];
    let topic = "";
    parts.forEach((part, i) => {
      topic = i ? `${topic}/${part}` : part;
      let next = node.children.get(part);
      if (!next) node.children.set(part, (next = fresh(part, topic)));
      node = next;
      way.push(node);
    });
    if (!node.last) {
      this.topics++;
      for (const one of way) one.below++;
    }
    const text = textOf(message);
    if (message.retain && text === "" && (message.size ?? 0) === 0) node.retained = false;
    else if (message.retain) node.retained = true;
    node.last = message;
    node.count++;
    node.past.push({ at: message.time ?? message.at ?? Date.now() / 1000, text: text.length > PAST_BYTES ? text.slice(0, PAST_BYTES) : text });
    if (node.past.length > PAST) node.past.splice(0, node.past.length - PAST);
  }
}

export interface Row { node: TopicNode; depth: number; open: boolean }

/** The rows that are to be drawn: what is opened, or all that fits the search. */
export function rowsOf(tree: TopicTree, open: ReadonlySet<string>, search: string): Row[] {
  const rows: Row[] = [];
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (node: TopicNode): boolean =>
    words.every((word) => node.topic.toLowerCase().includes(word)) || [...node.children.values()].some(fits);
  const walk = (node: TopicNode, depth: number): void => {
    for (const child of [...node.children.values()].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))) {
      if (words.length && !fits(child)) continue;
      const isOpen = words.length > 0 || open.has(child.topic);
      rows.push({ node: child, depth, open: isOpen });
      if (isOpen && rows.length < 20_000) walk(child, depth + 1);
    }
  };
  walk(tree.root, 0);
  return rows;
}

// --- JSON in payloads ---

export function parsed(text: string): unknown {
  const first = text.trimStart()[0];
  if (first !== "{" && first !== "[") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Each number of a payload with its path; the payload itself is the path "". */
export function numbersIn(value: unknown, path = ""): string[] {
  if (typeof value === "number" || typeof value === "boolean") return [path];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, path ? `${path}.${key}` : key)).slice(0, 200);
  return [];
}

export function numberAt(text: string, path: string): number | null {
  let value: unknown = path ? parsed(text) : text.trim();
  if (path) for (const key of path.split(".")) value = value !== null && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value === undefined || value === null || value === "") return null;
  const words: Record<string, number> = { on: 1, true: 1, off: 0, false: 0 };
  const amount = typeof value === "number" ? value : (words[String(value).toLowerCase()] ?? Number(value));
  return Number.isFinite(amount) ? amount : null;
}

/** What changed between two payloads, line by line of their pretty form. */
export function payloadDiff(before: string, after: string): { mark: " " | "+" | "-"; text: string }[] {
  const a = pretty(before).split("\n").slice(0, 400);
  const b = pretty(after).split("\n").slice(0, 400);
  const lengths: Uint16Array[] = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i]![j] = a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const lines: { mark: " " | "+" | "-"; text: string }[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { lines.push({ mark: " ", text: a[i]! }); i++; j++; }
    else if (i < a.length && (j >= b.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) lines.push({ mark: "-", text: a[i++]! });
    else lines.push({ mark: "+", text: b[j++]! });
  }
  return lines;
}

export function pretty(text: string): string {
  const value = parsed(text);
  return value === undefined ? text : JSON.stringify(value, null, 2);
}
