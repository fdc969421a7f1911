// A run as a graph: what the automation is made of, where the run went, and what each step saw.
import type { ComponentChildren } from "preact";
import type { Step } from "../automations";
import { nameOf } from "../entity";
import { maybe, t } from "../i18n";
import { Icon } from "../icons";
import { stateOf } from "../live";

export type Yaml = unknown;
type Map = Record<string, Yaml>;

export interface GraphNode {
  path: string;
  kind: "trigger" | "condition" | "action";
  icon: string;
  title: string;
  lines?: Branch[];
}
interface Branch { title: string; nodes: GraphNode[] }

const isMap = (value: Yaml): value is Map => typeof value === "object" && value !== null && !Array.isArray(value);
const listed = (value: Yaml): Yaml[] => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const said = (value: Yaml): string => (typeof value === "string" ? value : Array.isArray(value) ? value.map(said).join(", ") : value === undefined || value === null ? "" : JSON.stringify(value));

/** Entities by the names that people gave them. */
const named = (value: Yaml): string =>
  (Array.isArray(value) ? value : [value]).map((one) => (typeof one === "string" && /^\w+\.\w+$/.test(one) ? nameOf(stateOf(one).peek(), one) : said(one))).join(", ");

const ACTIONS: [key: string, icon: string][] = [
  ["choose", "branch"], ["if", "branch"], ["repeat", "refresh"], ["parallel", "branch"], ["sequence", "more"], ["wait_template", "timer"],
  ["wait_for_trigger", "timer"], ["delay", "timer"], ["event", "radio"], ["variables", "text"], ["stop", "stop"], ["scene", "scene"], ["action", "play"], ["service", "play"],
];

export function triggerTitle(data: Yaml): string {
  if (!isMap(data)) return said(data);
  const kind = said(data.trigger ?? data.platform);
  const what = named(data.alias ?? data.entity_id ?? data.topic ?? data.at ?? data.event_type ?? data.event ?? data.value_template ?? "");
  return [maybe(`trigger.${kind}`) ?? kind, what].filter(Boolean).join(": ");
}

export function conditionTitle(data: Yaml): string {
  if (!isMap(data)) return said(data);
  const kind = said(data.condition) || Object.keys(data).find((key) => ["and", "or", "not"].includes(key)) || "";
  const limits = ["state", "above", "below", "after", "before"].filter((key) => data[key] !== undefined).map((key) => `${key} ${said(data[key])}`).join(", ");
  return [maybe(`condition.${kind}`) ?? kind, [named(data.alias ?? data.entity_id ?? data.value_template ?? ""), limits].filter(Boolean).join(" ")].filter(Boolean).join(": ");
}

export function actionKind(data: Yaml): string {
  if (!isMap(data)) return "condition";
  return ACTIONS.find(([key]) => key in data)?.[0] ?? (Object.keys(data).some((key) => ["condition", "and", "or", "not"].includes(key)) ? "condition" : Object.keys(data).find((key) => key !== "alias") ?? "");
}

export function actionTitle(data: Yaml): string {
  const kind = actionKind(data);
  if (kind === "condition") return conditionTitle(data);
  const map = data as Map;
  if (map.alias) return said(map.alias);
  if (kind === "action" || kind === "service") {
    const target = isMap(map.target) ? map.target : isMap(map.data) ? map.data : map;
    return [said(map[kind]), named(target.entity_id ?? target.area_id ?? target.device_id ?? "")].filter(Boolean).join(" → ");
  }
  const rest = ["choose", "if", "parallel", "sequence", "repeat", "variables"].includes(kind) ? "" : said(map[kind]);
  return [maybe(`action.${kind}`) ?? kind.replaceAll("_", " "), rest].filter(Boolean).join(": ");
}

export function nodesOf(config: Yaml): { triggers: GraphNode[]; conditions: GraphNode[]; actions: GraphNode[] } {
  const map = isMap(config) ? config : {};
  return {
    triggers: listed(map.triggers ?? map.trigger).map((data, i) => ({ path: `trigger/${i}`, kind: "trigger", icon: "radio", title: triggerTitle(data) })),
    conditions: conditions(map.conditions ?? map.condition, "condition"),
    actions: actions(map.actions ?? map.action ?? map.sequence, "action"),
  };
}

const conditions = (value: Yaml, prefix: string): GraphNode[] =>
  listed(value).map((data, i) => ({ path: `${prefix}/${i}`, kind: "condition", icon: "help", title: conditionTitle(data) }));

function actions(value: Yaml, prefix: string): GraphNode[] {
  return listed(value).map((data, i) => {
    const path = `${prefix}/${i}`;
    const kind = actionKind(data);
    const icon = ACTIONS.find(([key]) => key === kind)?.[1] ?? "help";
    return { path, kind: kind === "condition" ? "condition" : "action", icon, title: actionTitle(data), lines: isMap(data) ? branches(data, kind, path) : undefined };
  });
}

function branches(data: Map, kind: string, path: string): Branch[] | undefined {
  const made: Branch[] = [];
  const put = (title: string, nodes: GraphNode[]) => { if (nodes.length) made.push({ title, nodes }); };
  if (kind === "choose") {
    listed(data.choose).forEach((option, i) => {
      if (!isMap(option)) return;
      put(said(option.alias) || t("trace.option", { number: i + 1 }), [...conditions(option.conditions, `${path}/choose/${i}/conditions`), ...actions(option.sequence, `${path}/choose/${i}/sequence`)]);
    });
    put(t("trace.default"), actions(data.default, `${path}/default`));
  } else if (kind === "if") {
    put(t("trace.if"), conditions(data.if, `${path}/if`));
    put(t("trace.then"), actions(data.then, `${path}/then`));
    put(t("trace.else"), actions(data.else, `${path}/else`));
  } else if (kind === "repeat" && isMap(data.repeat)) put(said(data.repeat.count ?? "") || t("trace.repeat"), actions(data.repeat.sequence, `${path}/repeat/sequence`));
  else if (kind === "parallel") listed(data.parallel).forEach((one, i) => put(String(i + 1), actions(isMap(one) && one.sequence ? one.sequence : one, `${path}/parallel/${i}/sequence`)));
  else if (kind === "sequence") put("", actions(data.sequence, `${path}/sequence`));
  return made.length ? made : undefined;
}

interface GraphProps {
  config: Yaml;
  steps: Step[];
  triggered: number | null;
  chosen: string | null;
  onChoose: (path: string) => void;
}

type Fate = "done" | "failed" | "stopped" | "missed";

export function Graph({ config, steps, triggered, chosen, onChoose }: GraphProps) {
  const { triggers, conditions: asked, actions: acts } = nodesOf(config);
  const byPath = new Map<string, Step[]>();
  for (const step of steps) byPath.set(step.path, [...(byPath.get(step.path) ?? []), step]);
  const stoppedAt = steps.findIndex((step) => step.path.startsWith("condition/") && step.result === false);
  const fate = (node: GraphNode): Fate => {
    const own = byPath.get(node.path);
    if (own?.some((step) => step.error)) return "failed";
    if (own?.some((step) => step.result === false)) return "stopped";
    if (own) return "done";
    if (node.kind === "trigger") return triggered !== null && node.path === `trigger/${triggered}` ? "done" : "missed";
    // A condition that held says nothing of itself: those before the one that did not, or all if the run went on.
    if (node.path.startsWith("condition/")) {
      if (stoppedAt < 0) return "done";
      return Number(node.path.split("/")[1]) < Number(steps[stoppedAt]!.path.split("/")[1]) ? "done" : "missed";
    }
    // Of those inside it says so, too: what they guard has begun.
    const guarded = /^(.*)\/conditions\/\d+$/.exec(node.path)?.[1]?.concat("/sequence/") ?? /^(.*)\/if\/\d+$/.exec(node.path)?.[1]?.concat("/then/");
    if (node.kind === "condition" && guarded) return steps.some((step) => step.path.startsWith(guarded)) ? "done" : "missed";
    return steps.some((step) => step.path.startsWith(`${node.path}/`)) ? "done" : "missed";
  };
  const draw = (nodes: GraphNode[]): ComponentChildren => (
    <ol class="graph-line">
      {nodes.map((node) => {
        const now = fate(node);
        return (
          <li class={`graph-step ${now}`} key={node.path}>
            <button type="button" class={`graph-node ${node.kind}`} aria-pressed={chosen === node.path} onClick={() => onChoose(node.path)}>
              <span class="graph-dot"><Icon name={now === "failed" ? "failed" : now === "stopped" ? "close" : node.icon} size={16} /></span>
              <span class="graph-text">{node.title}</span>
              <span class="hidden-visually">{t(`trace.${now}`)}</span>
              {(byPath.get(node.path)?.length ?? 0) > 1 && <span class="badge">{byPath.get(node.path)!.length}×</span>}
            </button>
            {node.lines && (
              <div class="graph-branches">
                {node.lines.map((line, i) => (
                  <div class={`graph-branch ${line.nodes.some((each) => fate(each) !== "missed") ? "" : "missed"}`} key={i}>
                    {line.title && <div class="small muted">{line.title}</div>}
                    {draw(line.nodes)}
                  </div>
                ))}
              </div>
            )}
          </li>
        );
      })}
    </ol>
  );
  return (
    <div class="graph">
      <h3>{t("trace.triggers")}</h3>
      {draw(triggers)}
      {asked.length > 0 && <><h3>{t("trace.conditions")}</h3>{draw(asked)}</>}
      <h3>{t("trace.actions")}</h3>
      {draw(acts)}
    </div>
  );
}
