// Where in a YAML text the cursor stands, told from the indentation: enough to complete keys and values.

export type Step = string | number;

export interface YamlPlace {
  /** From the top to the mapping or list that the cursor is in. */
  path: Step[];
  /** The key whose value is being typed; null if it is a key. */
  key: string | null;
  /** What of the word is there already. */
  typed: string;
  /** The keys beside it, with their plain values. */
  siblings: Record<string, string>;
}

interface Line { indent: number; dashes: number[]; key: string | null; value: string; keyAt: number }

function parse(text: string): Line | null {
  const bare = text.replace(/(^|\s)#.*$/, "$1");
  if (!bare.trim()) return null;
  let rest = bare;
  let at = 0;
  const dashes: number[] = [];
  for (;;) {
    const space = rest.length - rest.trimStart().length;
    at += space;
    rest = rest.slice(space);
    if (!(rest === "-" || rest.startsWith("- "))) break;
    dashes.push(at);
    rest = rest.slice(1);
    at += 1;
  }
  const found = /^(?:"([^"]*)"|'([^']*)'|([^\s:'"[{][^:]*?))\s*:(?:\s+(.*)|$)/.exec(rest.trimEnd());
  const key = found ? (found[1] ?? found[2] ?? found[3] ?? null) : null;
  return { indent: dashes[0] ?? at, dashes, key, value: found ? (found[4] ?? "").trim() : rest.trim(), keyAt: at };
}

export function placeAt(text: string, offset: number): YamlPlace {
  const before = text.slice(0, offset).split("\n");
  const number = before.length - 1;
  const lines = text.split("\n");
  const head = before[number]!;
  const current = parse(head.trimEnd() === head ? head : `${head}x`);
  const isValue = current?.key != null && /:\s/.test(head);
  let column = current ? (current.dashes.length && current.key === null && current.value === "" ? current.keyAt + 1 : current.keyAt) : head.length;
  if (!current) column = head.length;
  const typed = isValue ? head.slice(head.search(/:\s/) + 1).trimStart() : (/[^\s-][^:]*$/.exec(head)?.[0] ?? "");
  const path: Step[] = [];
  const siblings: Record<string, string> = {};
  collect(lines, number, column, siblings);
  let limit = column;
  const dashes = current ? [...current.dashes] : [];
  let line = number;
  for (;;) {
    // The nearest dash further out says which item of a list this is; the nearest key, whose value it is.
    while (dashes.length) {
      const dash = dashes.pop()!;
      path.unshift(countItems(lines, line, dash));
      limit = dash;
      const owner = ownerOf(lines, line, limit, true);
      if (!owner || dashes.length) continue;
      path.unshift(owner[1].key!);
      line = owner[0];
      limit = owner[1].keyAt;
      dashes.push(...owner[1].dashes);
      if (!dashes.length && limit === 0) return { path, key: isValue ? current!.key : null, typed, siblings };
    }
    const owner = ownerOf(lines, line, limit, false);
    if (!owner) break;
    const [at, found] = owner;
    if (found.key !== null && found.keyAt < limit) {
      path.unshift(found.key);
      limit = found.keyAt;
    }
    dashes.push(...found.dashes.filter((dash) => dash < limit));
    line = at;
    if (!dashes.length && limit === 0) break;
  }
  return { path, key: isValue ? current!.key : null, typed, siblings };
}

/** The line above that holds what begins at `limit`: a key further out, or a dash before it. */
function ownerOf(lines: string[], from: number, limit: number, forList: boolean): [number, Line] | null {
  for (let i = from - 1; i >= 0; i--) {
    const line = parse(lines[i]!);
    if (!line) continue;
    if (line.key !== null && line.value === "" && (line.keyAt < limit || (forList && line.keyAt === limit && !line.dashes.length))) return [i, line];
    if (!forList && line.dashes.some((dash) => dash < limit) && line.keyAt === limit) return [i, { ...line, key: null }];
    if (line.indent < limit && line.key !== null && line.keyAt < limit) return [i, line];
    if (line.indent === 0 && limit > 0 && line.key !== null && line.value !== "" && line.keyAt < limit) return null;
  }
  return null;
}

function countItems(lines: string[], from: number, dash: number): number {
  let count = 0;
  for (let i = from - 1; i >= 0; i--) {
    const line = parse(lines[i]!);
    if (!line) continue;
    if (line.dashes.includes(dash)) count++;
    else if (line.indent < dash || (line.indent === dash && !line.dashes.length)) break;
  }
  return count;
}

function collect(lines: string[], number: number, column: number, into: Record<string, string>): void {
  for (const step of [-1, 1]) {
    for (let i = number + (step < 0 ? 0 : 1); i >= 0 && i < lines.length; i += step) {
      const line = parse(lines[i]!);
      if (!line) continue;
      const starts = line.dashes.length > 0;
      if (step > 0 && (line.indent < column || (starts && line.dashes[0]! < column))) break;
      if (line.keyAt === column && line.key !== null && i !== number) into[line.key] = unquoted(line.value);
      if (line.keyAt === column && line.key !== null && i === number && line.value) into[line.key] ??= unquoted(line.value);
      if (step < 0 && (line.keyAt < column || (starts && line.keyAt === column))) break;
    }
  }
}

const unquoted = (text: string): string => text.replace(/^(['"])(.*)\1$/, "$2");
