// What may stand at a place of the YAML, as the configuration's JSON Schema says.
import { get } from "./api";
import type { Step } from "./yaml_place";

export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  description?: string;
  required?: string[];
  default?: unknown;
  definitions?: Record<string, Schema>;
}

let kept: Promise<Schema> | null = null;

export function loadSchema(): Promise<Schema> {
  kept ??= get<Schema>("/api/schema").catch((error: unknown) => {
    kept = null;
    throw error;
  });
  return kept;
}

/** All schemas that a value may follow: references resolved, alternatives side by side. */
export function alternatives(schema: Schema | undefined, root: Schema, depth = 0): Schema[] {
  if (!schema || depth > 12) return [];
  if (schema.$ref) {
    const name = decodeURIComponent(schema.$ref.split("/").at(-1)!);
    return alternatives(root.definitions?.[name], root, depth + 1).map((one) => (schema.description ? { description: schema.description, ...one } : one));
  }
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const found = inner.flatMap((one) => alternatives(one, root, depth + 1));
  if (schema.properties || schema.items || schema.enum || schema.const !== undefined || schema.additionalProperties || (schema.type && !inner.length)) found.push(schema);
  return found;
}

const values = (schema: Schema | undefined, root: Schema): unknown[] =>
  alternatives(schema, root).flatMap((one) => (one.const !== undefined ? [one.const] : (one.enum ?? [])));

/** Keep the alternatives that what is written already does not contradict, such as `trigger: state`. */
function fitting(found: Schema[], siblings: Record<string, string>, root: Schema): Schema[] {
  const fits = found.filter((one) => Object.entries(siblings).every(([key, value]) => {
    const told = one.properties?.[key];
    if (!told) return one.additionalProperties !== false || !one.properties;
    const only = values(told, root);
    const isTold = told.const !== undefined || (told.enum?.length === 1);
    return !isTold || !value || only.map(String).includes(value);
  }));
  return fits.length ? fits : found;
}

export function at(root: Schema, start: Schema, path: Step[]): Schema[] {
  let found = alternatives(start, root);
  for (const step of path) {
    found = found.flatMap((one) => {
      if (typeof step === "number") return alternatives(one.items, root);
      const next = one.properties?.[step] ?? (typeof one.additionalProperties === "object" ? one.additionalProperties : undefined);
      return alternatives(next, root);
    });
  }
  return found;
}

export interface KeyOffer { key: string; description: string; required: boolean }

export function keysAt(root: Schema, start: Schema, path: Step[], siblings: Record<string, string>): KeyOffer[] {
  const offers = new Map<string, KeyOffer>();
  for (const one of fitting(at(root, start, path).filter((each) => each.properties), siblings, root))
    for (const [key, schema] of Object.entries(one.properties!))
      if (!(key in siblings) && !offers.has(key)) {
        const description = schema.description ?? alternatives(schema, root)[0]?.description ?? "";
        offers.set(key, { key, description, required: one.required?.includes(key) ?? false });
      }
  return [...offers.values()];
}

export function valuesAt(root: Schema, start: Schema, path: Step[], key: string, siblings: Record<string, string>): string[] {
  const others = Object.fromEntries(Object.entries(siblings).filter(([name]) => name !== key));
  const found = fitting(at(root, start, path).filter((each) => each.properties), others, root).flatMap((one) => {
    const told = one.properties?.[key];
    const listed = values(told, root).map(String);
    const isTruth = alternatives(told, root).some((each) => each.type === "boolean" || (Array.isArray(each.type) && each.type.includes("boolean")));
    return isTruth ? [...listed, "true", "false"] : listed;
  });
  return [...new Set(found)];
}
