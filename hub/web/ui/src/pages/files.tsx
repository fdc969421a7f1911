// The configuration's own files: edited with completion, checked before they are saved, and undone.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, post, type Problem, put } from "../api";
import { Button, Card, Choice, Dialog, Failure, Loading, Notice, PageHead } from "../components/basics";
import { Diff } from "../components/diff";
import { Lazy } from "../components/lazy";
import { Problems } from "../components/problems";
import { ago } from "../format";
import { t } from "../i18n";
import { guard, place, setQuery } from "../router";
import { attempt, complain, done } from "../toast";
import { useFetch, useTitle } from "../use";

interface FileText { name: string; text: string; fingerprint: string }
interface Checked { problems: Problem[]; diff: string }
interface Edit { number: number; name: string; at: number; by: string; what: string; undoable: boolean; diff: string }

export default function Files() {
  useTitle(t("nav.files"));
  const names = useFetch<string[]>("/api/config/files");
  const wanted = place.value.query.get("name");
  const name = wanted ?? (names.data.value?.includes("config.yaml") ? "config.yaml" : names.data.value?.[0]) ?? null;
  if (names.error.value && !names.data.value) return <Failure error={names.error.value} again={() => void names.again()} />;
  if (!names.data.value) return <Loading />;
  return (
    <>
      <PageHead title={t("nav.files")} lead={t("files.lead")}>
        <div class="narrow"><Choice label={t("files.file")} value={name ?? ""} options={names.data.value.map((one) => [one, one])} onValue={(value) => setQuery({ name: value })} /></div>
      </PageHead>
      {name && <OneFile key={name} name={name} />}
    </>
  );
}

function OneFile({ name }: { name: string }) {
  const file = useFetch<FileText>(`/api/config/file?name=${encodeURIComponent(name)}`);
  const edits = useFetch<Edit[]>(`/api/config/edits?name=${encodeURIComponent(name)}`);
  if (file.error.value && !file.data.value) return <Failure error={file.error.value} again={() => void file.again()} />;
  if (!file.data.value) return <Loading />;
  const again = async () => { await Promise.all([file.again(), edits.again()]); };
  return (
    <div class="stack">
      <EditFile key={file.data.value.fingerprint} file={file.data.value} again={again} />
      <History edits={edits.data.value ?? []} again={again} />
    </div>
  );
}

function EditFile({ file, again }: { file: FileText; again: () => Promise<void> }) {
  const text = useSignal(file.text);
  const checked = useSignal<Checked>({ problems: [], diff: "" });
  const comparing = useSignal(false);
  const timer = useRef(0);
  const changed = text.value !== file.text;
  const check = async () => {
    try {
      checked.value = await post<Checked>("/api/config/file/check", { name: file.name, text: text.peek() });
    } catch (error) {
      complain(error);
    }
  };
  useEffect(() => { void check(); }, []);
  useEffect(() => (changed ? guard(() => confirm(t("edit.leave"))) : undefined), [changed]);
  const typed = (next: string) => {
    text.value = next;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void check(), 700);
  };
  const write = async () => {
    try {
      await put("/api/config/file", { name: file.name, text: text.peek(), fingerprint: file.fingerprint });
      comparing.value = false;
      await again();
      done(t("edit.saved"));
    } catch (error) {
      if (error instanceof ApiError && error.problems.length) checked.value = { ...checked.value, problems: error.problems };
      complain(error);
    }
  };
  const own = checked.value.problems.filter((one) => !one.file || one.file === file.name);
  const errors = checked.value.problems.filter((one) => one.error !== false);
  return (
    <Card title={<code>{file.name}</code>} actions={<Button kind="primary" icon="check" disabled={!changed} onClick={async () => { clearTimeout(timer.current); await check(); comparing.value = true; }}>{t("action.save")}</Button>}>
      <div class="stack">
        <Lazy load={() => import("../components/editor")} value={text.value} onChange={typed} problems={own} label={file.name} height="min(66vh, 760px)" />
        {checked.value.problems.length ? <Problems problems={checked.value.problems} /> : <Notice kind="good">{t("edit.valid")}</Notice>}
      </div>
      {comparing.value && (
        <Dialog wide title={t("edit.compare", { file: file.name })} onClose={() => { comparing.value = false; }}>
          <Diff text={checked.value.diff} />
          <Problems problems={checked.value.problems} />
          <div class="row end"><Button onClick={() => { comparing.value = false; }}>{t("action.cancel")}</Button><Button kind="primary" icon="check" disabled={errors.length > 0} onClick={() => void write()}>{t("action.save")}</Button></div>
        </Dialog>
      )}
    </Card>
  );
}

function History({ edits, again }: { edits: Edit[]; again: () => Promise<void> }) {
  if (!edits.length) return null;
  const undo = (one: Edit) => attempt(() => post(`/api/config/edits/${one.number}/undo`).then(again), t("files.undone"));
  return (
    <Card title={t("files.changes")}>
      <ul class="plain">
        {edits.slice(0, 30).map((one) => (
          <li key={one.number}>
            <details>
              <summary class="row"><span class="grow">{one.by} · {ago(one.at)} {one.what && <span class="muted">· {one.what}</span>}</span></summary>
              <Diff text={one.diff} />
              <div class="row end"><Button small icon="undo" disabled={!one.undoable} onClick={() => void undo(one)}>{t("action.undo")}</Button></div>
            </details>
          </li>
        ))}
      </ul>
    </Card>
  );
}
