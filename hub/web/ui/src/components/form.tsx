// The form beside the YAML: it reads the same data, and each change is made in the text, whose comments stay.
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { nameOf } from "../entity";
import { maybe, t } from "../i18n";
import { entityIds, stateOf } from "../live";
import { keysAt, type Schema, valuesAt } from "../schema";
import type { Step } from "../yaml_place";
import { Button, Choice, Field } from "./basics";
import { actionKind, actionTitle, conditionTitle, triggerTitle } from "./graph";
import { Icon } from "../icons";

export interface Change { path: Step[]; value?: unknown; remove?: boolean }
type Data = Record<string, unknown>;

export interface FormProps {
  data: unknown;
  root: Schema | null;
  start: Schema | null;
  services: string[];
  onChange: (changes: Change[]) => void;
}

const isMap = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);
const listed = (value: unknown): unknown[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const spelling = (data: Data, ...keys: string[]): string => keys.find((key) => key in data) ?? keys[0]!;

type Part = "trigger" | "condition" | "action";

const STARTERS: Record<Part, Record<string, Data>> = {
  trigger: {
    state: { trigger: "state", entity_id: "" }, numeric_state: { trigger: "numeric_state", entity_id: "", above: 0 }, time: { trigger: "time", at: "07:00:00" },
    sun: { trigger: "sun", event: "sunset" }, mqtt: { trigger: "mqtt", topic: "" }, template: { trigger: "template", value_template: "" }, event: { trigger: "event", event_type: "" },
    time_pattern: { trigger: "time_pattern", minutes: "/5" }, homeassistant: { trigger: "homeassistant", event: "start" }, zone: { trigger: "zone", entity_id: "", zone: "zone.home", event: "enter" }, webhook: { trigger: "webhook", webhook_id: "" },
  },
  condition: {
    state: { condition: "state", entity_id: "", state: "on" }, numeric_state: { condition: "numeric_state", entity_id: "", above: 0 }, time: { condition: "time", after: "07:00:00" },
    sun: { condition: "sun", after: "sunset" }, template: { condition: "template", value_template: "" }, zone: { condition: "zone", entity_id: "", zone: "zone.home" }, trigger: { condition: "trigger", id: "" },
    and: { condition: "and", conditions: [] }, or: { condition: "or", conditions: [] }, not: { condition: "not", conditions: [] },
  },
  action: {
    action: { action: "", target: { entity_id: "" } }, delay: { delay: "00:00:10" }, condition: { condition: "state", entity_id: "", state: "on" }, choose: { choose: [{ conditions: [], sequence: [] }] },
    if: { if: [], then: [] }, wait_for_trigger: { wait_for_trigger: [{ trigger: "state", entity_id: "" }], timeout: "00:05:00" }, wait_template: { wait_template: "" }, repeat: { repeat: { count: 3, sequence: [] } },
    parallel: { parallel: [] }, variables: { variables: { name: "" } }, event: { event: "" }, stop: { stop: "" },
  },
};

export function Form({ data, root, start, services, onChange }: FormProps) {
  if (!isMap(data)) return <p class="muted">{t("form.none")}</p>;
  const context: Context = { root, start, services, onChange };
  const lists = { trigger: spelling(data, "triggers", "trigger"), condition: spelling(data, "conditions", "condition"), action: spelling(data, "actions", "action", "sequence") };
  return (
    <div class="form">
      <Text label={t("form.alias")} value={data.alias} onValue={(value) => onChange([{ path: ["alias"], value }])} />
      <Text label={t("form.description")} value={data.description} long onValue={(value) => onChange([value ? { path: ["description"], value } : { path: ["description"], remove: true }])} />
      <Choice label={t("form.mode")} value={String(data.mode ?? "single")} options={["single", "restart", "queued", "parallel"].map((mode) => [mode, t(`mode.${mode as "single"}`)])}
        onValue={(value) => onChange([{ path: ["mode"], value }])} />
      {isMap(data.use_blueprint) ? <p class="muted">{t("form.blueprint")}</p> : (["trigger", "condition", "action"] as const).map((part) => (
        <Parts key={part} part={part} title={t(`form.${part}s`)} path={[lists[part]]} value={data[lists[part]]} context={context} />
      ))}
    </div>
  );
}

interface Context {
  root: Schema | null;
  start: Schema | null;
  services: string[];
  onChange: (changes: Change[]) => void;
}

function Text({ label, value, long, onValue, hint, list }: { label: string; value: unknown; long?: boolean; onValue: (value: string) => void; hint?: string; list?: string }) {
  const draft = useSignal<string | null>(null);
  const shown = draft.value ?? (value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));
  const send = () => {
    if (draft.value !== null && draft.value !== String(value ?? "")) onValue(draft.value);
    draft.value = null;
  };
  return (
    <Field label={label} hint={hint}>
      {(id) => long
        ? <textarea id={id} rows={2} value={shown} onInput={(event) => { draft.value = event.currentTarget.value; }} onBlur={send} />
        : <input id={id} value={shown} list={list} autocomplete="off" onInput={(event) => { draft.value = event.currentTarget.value; }} onBlur={send} onKeyDown={(event) => { if (event.key === "Enter") send(); }} />}
    </Field>
  );
}

function Parts({ part, title, path, value, context }: { part: Part; title: string; path: Step[]; value: unknown; context: Context }) {
  const items = listed(value);
  const adding = useId();
  // One that stands for a list of one stays so until a second comes.
  const at = (i: number): Step[] => (Array.isArray(value) ? [...path, i] : path);
  const add = (kind: string) => {
    const made = STARTERS[part][kind];
    if (!made) return;
    const places = Array.isArray(value) || items.length === 0 ? [...path, items.length] : [...path, 1];
    context.onChange([{ path: value === null || value === undefined ? path : places, value: value === null || value === undefined ? [made] : made }]);
  };
  const move = (i: number, by: number) => {
    const list = [...items];
    const [moved] = list.splice(i, 1);
    list.splice(i + by, 0, moved);
    context.onChange([{ path, value: list }]);
  };
  return (
    <fieldset class="parts">
      <legend>{title}</legend>
      {items.map((item, i) => (
        <PartCard key={i} part={part} item={item} path={at(i)} context={context}
          onUp={i > 0 ? () => move(i, -1) : undefined} onDown={i < items.length - 1 ? () => move(i, 1) : undefined}
          onRemove={() => context.onChange([items.length === 1 && !Array.isArray(value) ? { path, value: [] } : { path: at(i), remove: true }])} />
      ))}
      <div class="row">
        <label class="hidden-visually" for={adding}>{t(`form.add.${part}`)}</label>
        <select id={adding} class="adder" value="" onChange={(event) => { add(event.currentTarget.value); event.currentTarget.value = ""; }}>
          <option value="">{`+ ${t(`form.add.${part}`)}`}</option>
          {Object.keys(STARTERS[part]).map((kind) => <option key={kind} value={kind}>{maybe(`${part}.${kind}`) ?? kind.replaceAll("_", " ")}</option>)}
        </select>
      </div>
    </fieldset>
  );
}

function PartCard({ part, item, path, context, onUp, onDown, onRemove }: {
  part: Part; item: unknown; path: Step[]; context: Context; onUp?: () => void; onDown?: () => void; onRemove: () => void;
}) {
  const open = useSignal(false);
  const title = part === "trigger" ? triggerTitle(item) : part === "condition" ? conditionTitle(item) : actionTitle(item);
  return (
    <div class="part">
      <div class="part-head">
        <button type="button" class="part-title" aria-expanded={open.value} onClick={() => { open.value = !open.value; }}>
          <Icon name={open.value ? "chevronDown" : "chevronRight"} size={16} /><span>{title || t("form.empty")}</span>
        </button>
        {onUp && <Button small kind="quiet" icon="up" label={t("form.up")} onClick={onUp} />}
        {onDown && <Button small kind="quiet" icon="down" label={t("form.down")} onClick={onDown} />}
        <Button small kind="quiet" icon="trash" label={t("form.remove", { what: title })} onClick={onRemove} />
      </div>
      {open.value && <div class="part-body">{isMap(item) ? <Fields part={part} data={item} path={path} context={context} /> : <Text label={t("form.template")} value={item} long onValue={(value) => context.onChange([{ path, value }])} />}</div>}
    </div>
  );
}

const NESTED: Record<string, Part> = {
  actions: "action", sequence: "action", then: "action", else: "action", default: "action", parallel: "action",
  conditions: "condition", if: "condition", while: "condition", until: "condition", triggers: "trigger", wait_for_trigger: "trigger",
};
const KIND_KEYS = new Set(["trigger", "platform", "condition"]);

function Fields({ part, data, path, context }: { part: Part; data: Data; path: Step[]; context: Context }) {
  const { root, start, onChange } = context;
  const siblings = Object.fromEntries(Object.entries(data).filter(([, value]) => typeof value === "string").map(([key, value]) => [key, String(value)]));
  const offers = root && start ? keysAt(root, start, path, siblings).filter((one) => !(one.key in data)) : [];
  const isCall = part === "action" && ["action", "service"].includes(actionKind(data));
  return (
    <>
      {Object.entries(data).map(([key, value]) => {
        const at = [...path, key];
        const nested = NESTED[key];
        if (nested && (Array.isArray(value) || isMap(value) || value === null)) return <Parts key={key} part={nested} title={maybe(`form.key.${key}`) ?? key} path={at} value={value} context={context} />;
        if (key === "choose") return listed(value).map((option, i) => (
          <fieldset class="parts" key={`${key}${i}`}><legend>{t("trace.option", { number: i + 1 })}</legend>{isMap(option) && <Fields part="action" data={option} path={Array.isArray(value) ? [...at, i] : at} context={context} />}</fieldset>
        ));
        if (key === "repeat" && isMap(value)) return <fieldset class="parts" key={key}><legend>{t("trace.repeat")}</legend><Fields part="action" data={value} path={at} context={context} /></fieldset>;
        if ((key === "target" || key === "data") && isMap(value)) return <fieldset class="parts plain-parts" key={key}><legend>{maybe(`form.key.${key}`) ?? key}</legend><Fields part="action" data={value} path={at} context={context} /></fieldset>;
        if (KIND_KEYS.has(key) && typeof value === "string" && path.length) return null;
        return <One key={key} name={key} value={value} path={at} siblings={siblings} context={context} onRemove={() => onChange([{ path: at, remove: true }])} />;
      })}
      {isCall && !("data" in data) && <Button small kind="quiet" icon="plus" onClick={() => onChange([{ path: [...path, "data"], value: { key: "value" } }])}>{t("form.key.data")}</Button>}
      {offers.length > 0 && (
        <select class="adder" aria-label={t("form.option")} value="" onChange={(event) => {
          const key = event.currentTarget.value;
          event.currentTarget.value = "";
          if (key) onChange([{ path: [...path, key], value: first(context, path, key, siblings) }]);
        }}>
          <option value="">{`+ ${t("form.option")}`}</option>
          {offers.map((one) => <option key={one.key} value={one.key} title={one.description}>{one.key}</option>)}
        </select>
      )}
    </>
  );
}

function first(context: Context, path: Step[], key: string, siblings: Record<string, string>): unknown {
  const known = context.root && context.start ? valuesAt(context.root, context.start, path, key, siblings) : [];
  if (known.includes("true")) return true;
  return known[0] ?? (NESTED[key] ? [] : "");
}

const ENTITY_KEYS = new Set(["entity_id", "entity"]);

function One({ name, value, path, siblings, context, onRemove }: { name: string; value: unknown; path: Step[]; siblings: Record<string, string>; context: Context; onRemove: () => void }) {
  const { root, start, services, onChange } = context;
  const list = useId();
  const set = (next: unknown) => onChange([{ path, value: next }]);
  const known = root && start ? valuesAt(root, start, path.slice(0, -1), name, siblings) : [];
  const label = maybe(`form.key.${name}`) ?? name;
  const many = Array.isArray(value);
  let control;
  if (typeof value === "boolean") control = <Choice label={label} value={String(value)} options={[["true", t("state.on")], ["false", t("state.off")]]} onValue={(next) => set(next === "true")} />;
  else if (known.length && !known.includes("true") && !many) control = <Choice label={label} value={String(value)} options={[...new Set([...known, String(value)])].map((one) => [one, one])} onValue={set} />;
  else if (isMap(value)) control = <Text label={label} value={value} hint={t("form.yaml")} onValue={(next) => { try { set(JSON.parse(next)); } catch { /* it stays as it was */ } }} />;
  else if (ENTITY_KEYS.has(name) || name === "action" || name === "service") {
    const options = ENTITY_KEYS.has(name) ? entityIds.value : services;
    control = (
      <>
        <Text label={label} value={many ? (value as unknown[]).join(", ") : value} list={list} onValue={(next) => set(next.includes(",") ? next.split(",").map((one) => one.trim()).filter(Boolean) : next.trim())} />
        <datalist id={list}>{options.map((one) => <option key={one} value={one}>{ENTITY_KEYS.has(name) ? nameOf(stateOf(one).peek(), one) : one}</option>)}</datalist>
      </>
    );
  } else if (many) control = <Text label={label} value={(value as unknown[]).join(", ")} onValue={(next) => set(next.split(",").map((one) => one.trim()).filter(Boolean))} />;
  else control = <Text label={label} value={value} long={String(value ?? "").includes("{{")} onValue={(next) => set(typeof value === "number" && next.trim() && Number.isFinite(Number(next)) ? Number(next) : next)} />;
  return <div class="part-field"><div class="grow">{control}</div><Button small kind="quiet" icon="close" label={t("form.remove", { what: name })} onClick={onRemove} /></div>;
}

