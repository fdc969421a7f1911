// Form and YAML side by side on the same piece of a file: checked while typing, compared before it is saved.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, del, get, post, type Problem, put } from "../api";
import { Button, Card, Confirmed, Dialog, Failure, Loading, Notice, PageHead, Tabs } from "../components/basics";
import { Diff } from "../components/diff";
import { type Change, Form } from "../components/form";
import { Lazy } from "../components/lazy";
import { Problems } from "../components/problems";
import { t } from "../i18n";
import { guard, navigate, place } from "../router";
import { loadSchema, type Schema } from "../schema";
import { attempt, complain, done } from "../toast";
import { useTitle } from "../use";

interface Item { file: string; line: number; text: string; data: unknown; fingerprint: string; problems: Problem[] }
interface Read { text?: string; data: unknown; problems: Problem[] }
interface Compared { file: string; diff: string; problems: Problem[] }
interface Saved { entity_id: string | null; number: number }

const KIND = "automation";
const fresh = (): string => `id: ${Date.now()}\nalias: ${t("automation.fresh")}\ndescription: ""\ntriggers: []\nconditions: []\nactions: []\nmode: single\n`;
const piece = (root: Schema): Schema => root.properties?.automation?.anyOf?.[0]?.items ?? root;

export default function AutomationEdit() {
  const id = place.value.query.get("id");
  const item = useSignal<Item | null>(null);
  const failed = useSignal<unknown>(null);
  const load = async () => {
    failed.value = null;
    try {
      if (id) item.value = await get<Item>(`/api/config/item?kind=${KIND}&id=${id}`);
      else {
        const text = fresh();
        const read = await post<Read>("/api/config/item/read", { kind: KIND, text });
        item.value = { file: "", line: 0, text, fingerprint: "", ...read };
      }
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => { void load(); }, [id]);
  useTitle(t("automation.editor"));
  if (failed.value) return <Failure error={failed.value} again={() => void load()} />;
  if (!item.value) return <Loading />;
  return <Editing key={item.value.fingerprint + item.value.line} id={id} item={item.value} again={load} />;
}

function Editing({ id, item, again }: { id: string | null; item: Item; again: () => Promise<void> }) {
  const text = useSignal(item.text);
  const data = useSignal<unknown>(item.data);
  const problems = useSignal<Problem[]>(item.problems);
  const past = useSignal<string[]>([]);
  const schema = useSignal<Schema | null>(null);
  const services = useSignal<string[]>([]);
  const comparing = useSignal<Compared | null>(null);
  const testing = useSignal(false);
  const view = useSignal("both");
  const timer = useRef(0);
  const turn = useRef(0);
  const outside = useSignal(0);
  const changed = text.value !== item.text || !id;

  useEffect(() => {
    loadSchema().then((root) => { schema.value = root; }, () => undefined);
    get<{ domain: string; services: Record<string, unknown> }[]>("/api/services").then((found) => {
      services.value = found.flatMap((one) => Object.keys(one.services).map((name) => `${one.domain}.${name}`));
    }, () => undefined);
  }, []);
  useEffect(() => (changed ? guard(() => confirm(t("edit.leave"))) : undefined), [changed]);

  const read = (delay: number) => {
    clearTimeout(timer.current);
    const mine = ++turn.current;
    timer.current = window.setTimeout(async () => {
      try {
        const found = await post<Read>("/api/config/item/read", { kind: KIND, text: text.peek() });
        if (mine !== turn.current) return;
        problems.value = found.problems;
        if (found.data !== null) data.value = found.data;
      } catch (error) {
        if (mine === turn.current) complain(error);
      }
    }, delay);
  };
  const remember = () => { past.value = [...past.peek().slice(-49), text.peek()]; };
  const typed = (next: string) => {
    if (Date.now() - lastTyped.current > 1200) remember();
    lastTyped.current = Date.now();
    text.value = next;
    read(350);
  };
  const lastTyped = useRef(0);
  const formed = async (changes: Change[]) => {
    try {
      const found = await post<Required<Read>>("/api/config/item/change", { kind: KIND, text: text.peek(), changes });
      remember();
      turn.current++;
      text.value = found.text;
      outside.value++;
      data.value = found.data;
      problems.value = found.problems;
    } catch (error) {
      complain(error);
    }
  };
  const undo = () => {
    const before = past.peek().at(-1);
    if (before === undefined) return;
    past.value = past.peek().slice(0, -1);
    text.value = before;
    outside.value++;
    read(0);
  };
  const body = () => ({ kind: KIND, id, text: text.peek(), fingerprint: item.fingerprint });
  const compare = () => attempt(async () => { comparing.value = await post<Compared>("/api/config/item/compare", body()); });
  const write = async () => {
    try {
      const saved = await put<Saved>("/api/config/item", body());
      comparing.value = null;
      text.value = item.text;
      done(t("edit.saved"));
      guard(() => true)();
      navigate(saved.entity_id ? `/automations/show?id=${saved.entity_id}` : "/automations", { replace: true });
    } catch (error) {
      if (error instanceof ApiError && error.problems.length && comparing.value) comparing.value = { ...comparing.value, problems: error.problems };
      else complain(error);
    }
  };
  const remove = () => attempt(async () => {
    await del("/api/config/item", { kind: KIND, id, fingerprint: item.fingerprint });
    navigate("/automations", { replace: true });
  }, t("edit.removed"));
  const errors = problems.value.filter((one) => one.error !== false);
  const name = (data.value as { alias?: string } | null)?.alias ?? t("automation.new");
  return (
    <>
      <PageHead back={id ? [`/automations/show?id=${id}`, t("automation.runs")] : ["/automations", t("nav.automations")]} title={name}
        lead={item.file ? <code>{item.file}:{item.line}</code> : t("edit.new")}>
        <Button icon="undo" disabled={!past.value.length} onClick={undo}>{t("action.undo")}</Button>
        <Button icon="flask" onClick={() => { testing.value = true; }}>{t("action.test")}</Button>
        {id && <Confirmed title={t("edit.remove.title", { name })} text={t("edit.remove.text")} action={t("action.delete")} onConfirm={remove}>{(ask) => <Button icon="trash" label={t("action.delete")} onClick={ask} />}</Confirmed>}
        <Button kind="primary" icon="check" disabled={!changed || errors.length > 0} onClick={() => void compare()}>{t("action.save")}</Button>
      </PageHead>
      <div class="phone-only"><Tabs label={t("edit.view")} chosen={view.value} onChoose={(key) => { view.value = key; }} tabs={[["both", t("edit.form")], ["yaml", "YAML"]]} /></div>
      <div class={`two editing show-${view.value}`}>
        <Card title={t("edit.form")}>
          <Form data={data.value} root={schema.value} start={schema.value && piece(schema.value)} services={services.value} onChange={(changes) => void formed(changes)} />
        </Card>
        <div class="stack yaml-side">
          <Lazy load={() => import("../components/editor")} value={text.value} turn={outside.value} onChange={typed} problems={problems.value} label={t("edit.yaml")} piece={piece} services={services.value} height="min(70vh, 680px)" />
          {problems.value.length ? <Problems problems={problems.value} /> : <Notice kind="good">{t("edit.valid")}</Notice>}
        </div>
      </div>
      {comparing.value && (
        <Dialog wide title={t("edit.compare", { file: comparing.value.file })} onClose={() => { comparing.value = null; }}>
          <Diff text={comparing.value.diff} />
          <Problems problems={comparing.value.problems} />
          <div class="row end">
            <Button onClick={() => void again()}>{t("edit.reload")}</Button>
            <Button kind="primary" icon="check" disabled={!comparing.value.diff || comparing.value.problems.some((one) => one.error !== false)} onClick={() => void write()}>{t("action.save")}</Button>
          </div>
        </Dialog>
      )}
      {testing.value && <Dialog wide title={t("test.title")} onClose={() => { testing.value = false; }}><Lazy load={() => import("../components/try_out")} text={text.value} config={data.value} /></Dialog>}
    </>
  );
}
