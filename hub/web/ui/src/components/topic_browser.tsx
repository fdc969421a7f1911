// The topic tree, live; beside it what the chosen topic said, what changed, and a plot of one of its numbers.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { get } from "../api";
import { ago, bytes, time } from "../format";
import { t } from "../i18n";
import { Icon } from "../icons";
import { forget } from "../mqtt";
import { type Heard, numberAt, numbersIn, parsed, payloadDiff, pretty, type Row, rowsOf, textOf, type TopicNode, TopicTree } from "../topics";
import { attempt } from "../toast";
import { useNow, useWatch } from "../use";
import { Badge, Button, Card, Choice, Confirmed, Empty, Input, SearchBox, Tabs } from "./basics";
import { Lazy } from "./lazy";
import { Virtual } from "./virtual";
import { WhoMay } from "./who_may";
import Publish from "./publish";

export default function TopicBrowser() {
  const tree = useMemo(() => new TopicTree(), []);
  const search = useSignal("");
  const filter = useSignal("#");
  const typed = useSignal("#");
  const open = useSignal<ReadonlySet<string>>(new Set());
  const chosen = useSignal<string | null>(null);
  const held = useSignal(false);
  const dropped = useSignal(0);
  useWatch("mqtt.messages", held.value ? null : { filter: filter.value }, (message) => {
    tree.take((message.messages as Heard[] | undefined) ?? []);
    dropped.value += Number(message.dropped ?? 0);
  });
  useEffect(() => {
    get<Heard[]>(`/api/mqtt/retained?filter=${encodeURIComponent(filter.value)}`).then((found) => tree.take(found.map((one) => ({ ...one, retain: true }))), () => undefined);
  }, [filter.value]);
  const rows = useComputed(() => { void tree.version.value; return rowsOf(tree, open.value, search.value); });
  const toggle = (node: TopicNode) => {
    const next = new Set(open.peek());
    if (!next.delete(node.topic)) next.add(node.topic);
    open.value = next;
  };
  return (
    <div class="mqtt">
      <section class="card">
        <div class="card-head">
          <SearchBox value={search} label={t("mqtt.search")} />
          <form class="row" onSubmit={(event) => { event.preventDefault(); tree.clear(); filter.value = typed.value || "#"; }}>
            <div class="narrow"><Input label={t("mqtt.filter")} value={typed.value} autocomplete="off" onValue={(value) => { typed.value = value; }} /></div>
          </form>
          <Button small icon={held.value ? "play" : "pause"} onClick={() => { held.value = !held.value; }}>{held.value ? t("mqtt.go_on") : t("mqtt.hold")}</Button>
        </div>
        {rows.value.length ? (
          <Virtual items={rows.value} rowHeight={34} keyOf={(row) => row.node.topic} label={t("mqtt.topics")} height="calc(100dvh - 330px)">
            {(row) => <TopicRow row={row} chosen={row.node.topic === chosen.value} onToggle={() => toggle(row.node)} onChoose={() => { chosen.value = row.node.topic; if (row.node.children.size && !open.peek().has(row.node.topic)) toggle(row.node); }} />}
          </Virtual>
        ) : <Empty icon="tree" title={t("mqtt.empty")}><p>{t("mqtt.empty.text")}</p></Empty>}
        <p class="small muted card-foot">{t("mqtt.count", { count: tree.topics })}{dropped.value > 0 && ` · ${t("mqtt.dropped", { count: dropped.value })}`}</p>
      </section>
      {chosen.value !== null ? <TopicView tree={tree} topic={chosen.value} /> : <section class="card"><Empty icon="eye" title={t("mqtt.choose")}><p>{t("mqtt.choose.text")}</p></Empty></section>}
    </div>
  );
}

function TopicRow({ row, chosen, onToggle, onChoose }: { row: Row; chosen: boolean; onToggle: () => void; onChoose: () => void }) {
  const { node, depth } = row;
  const key = (event: KeyboardEvent) => {
    if ((event.key === "ArrowRight" && !row.open) || (event.key === "ArrowLeft" && row.open)) {
      event.preventDefault();
      onToggle();
    }
  };
  return (
    <div class="topic-row" style={{ paddingInlineStart: `${depth * 16}px` }}>
      {node.children.size ? <button type="button" class="topic-open" aria-expanded={row.open} aria-label={t("mqtt.unfold", { name: node.name })} onClick={onToggle}><Icon name={row.open ? "chevronDown" : "chevronRight"} size={16} /></button> : <span class="topic-open" />}
      <button type="button" class="topic-name" aria-pressed={chosen} onClick={onChoose} onKeyDown={key}>
        <span>{node.name || t("mqtt.nameless")}</span>
        {node.children.size > 0 && <span class="muted small"> {t("mqtt.below", { count: node.below })}</span>}
        {node.last && <span class="topic-payload mono" key={node.count}>{textOf(node.last).slice(0, 80)}</span>}
        {node.retained && <Badge kind="info">{t("mqtt.retained")}</Badge>}
      </button>
    </div>
  );
}

function TopicView({ tree, topic }: { tree: TopicTree; topic: string }) {
  void tree.version.value;
  const now = useNow(5);
  const tab = useSignal("payload");
  const node = tree.find(topic);
  const last = node?.last;
  const remove = () => attempt(async () => { await forget(topic); tree.forgetRetained(topic); }, t("mqtt.deleted"));
  return (
    <Card title={<code>{topic}</code>}>
      {last && (
        <div class="row small muted">
          <span>{ago(node.past.at(-1)!.at, now)}</span><span>QoS {last.qos ?? 0}</span><span>{bytes(last.size ?? textOf(last).length)}</span><span>{t("mqtt.times", { count: node.count })}</span>
          {node.retained && <Badge kind="info">{t("mqtt.retained")}</Badge>}
          <span class="grow" />
          {node.retained && <Confirmed title={t("mqtt.delete.title")} text={<p>{t("mqtt.delete.text")} <code>{topic}</code></p>} action={t("action.delete")} onConfirm={remove}>{(ask) => <Button small kind="danger" icon="trash" onClick={ask}>{t("mqtt.delete")}</Button>}</Confirmed>}
        </div>
      )}
      <Tabs label={t("mqtt.view")} chosen={tab.value} onChoose={(key) => { tab.value = key; }}
        tabs={[["payload", t("mqtt.payload")], ["diff", t("mqtt.diff")], ["plot", t("mqtt.plot")], ["past", t("mqtt.past")], ["publish", t("mqtt.publish")], ["who", t("mqtt.who.short")]]} />
      {tab.value === "payload" && (last ? <pre class="code payload" tabIndex={0} aria-label={t("mqtt.payload")}>{pretty(textOf(last)) || t("mqtt.nothing")}</pre> : <p class="muted">{t("mqtt.silent")}</p>)}
      {tab.value === "diff" && <PayloadDiff node={node} />}
      {tab.value === "plot" && <PathPlot node={node} />}
      {tab.value === "past" && <ol class="plain past">{[...(node?.past ?? [])].reverse().slice(0, 100).map((one, i) => <li key={i}><time class="small muted">{time(one.at)}</time> <code>{one.text.slice(0, 400)}</code></li>)}</ol>}
      {tab.value === "publish" && <Publish topic={topic} payload={last ? textOf(last) : ""} />}
      {tab.value === "who" && <WhoMay topic={topic} />}
    </Card>
  );
}

function PayloadDiff({ node }: { node: TopicNode | null }) {
  const [before, after] = (node?.past ?? []).slice(-2);
  if (!before || !after) return <p class="muted">{t("mqtt.diff.none")}</p>;
  return (
    <pre class="code diff" tabIndex={0} aria-label={t("mqtt.diff")}>
      {payloadDiff(before.text, after.text).map((line, i) => <span key={i} class={line.mark === "+" ? "added" : line.mark === "-" ? "removed" : ""}>{`${line.mark} ${line.text}`}</span>)}
    </pre>
  );
}

function PathPlot({ node }: { node: TopicNode | null }) {
  const path = useSignal<string | null>(null);
  const past = node?.past ?? [];
  const last = past.at(-1)?.text ?? "";
  const value = parsed(last);
  const paths = value === undefined ? [""] : numbersIn(value);
  const chosen = path.value !== null && paths.includes(path.value) ? path.value : (paths[0] ?? null);
  const points = chosen === null ? [] : past.map((one) => [one.at, numberAt(one.text, chosen)] as const).filter((one): one is readonly [number, number] => one[1] !== null);
  if (!points.length) return <p class="muted">{t("mqtt.plot.none")}</p>;
  const from = points[0]![0];
  const to = Math.max(points.at(-1)![0], from + 10);
  return (
    <div class="form">
      {value !== undefined && <Choice label={t("mqtt.path")} value={chosen ?? ""} options={paths.map((one) => [one, one])} onValue={(next) => { path.value = next; }} />}
      <Lazy load={() => import("./plot")} series={[{ label: chosen || node!.name, unit: "", steps: true, times: points.map((one) => one[0]), values: points.map((one) => one[1]) }]} from={from} to={to} height={220} label={t("mqtt.plot")} />
    </div>
  );
}
