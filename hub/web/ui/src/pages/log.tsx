// The hub's own log, live.
import { useComputed, useSignal } from "@preact/signals";
import { Choice, Empty, Failure, Loading, PageHead, SearchBox } from "../components/basics";
import { dateTime } from "../format";
import { t } from "../i18n";
import { useFetch, useTitle, useWatch } from "../use";

interface Line { at?: number | string; time?: number | string; level: string; logger?: string; name?: string; message: string; trace?: string | null; count?: number }
const RANK: Record<string, number> = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 };

export default function Log() {
  useTitle(t("nav.log"));
  const list = useFetch<Line[]>("/api/logs?limit=1000");
  const search = useSignal("");
  const level = useSignal("INFO");
  useWatch("logs", { level: "info" }, (message) => { list.data.value = [...(list.data.peek() ?? []), ...((message.records ?? []) as Line[])].slice(-2000); });
  const shown = useComputed(() => [...(list.data.value ?? [])].reverse().filter((one) =>
    (RANK[one.level.toUpperCase()] ?? 20) >= RANK[level.value]! && `${one.message} ${one.logger ?? one.name ?? ""}`.toLowerCase().includes(search.value.toLowerCase())));
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  return (
    <>
      <PageHead title={t("nav.log")}>
        <SearchBox value={search} label={t("log.search")} />
        <div class="narrow"><Choice label={t("log.level")} value={level.value} options={["INFO", "WARNING", "ERROR"].map((one) => [one, one])} onValue={(value) => { level.value = value; }} /></div>
      </PageHead>
      {shown.value.length ? (
        <section class="card">
          <ol class="plain log-list">
            {shown.value.slice(0, 500).map((one, i) => (
              <li key={i} class={(RANK[one.level.toUpperCase()] ?? 20) >= 40 ? "bad" : (RANK[one.level.toUpperCase()] ?? 20) >= 30 ? "warn" : ""}>
                <time class="small muted nowrap">{dateTime(one.at ?? one.time)}</time>
                <span class="log-level">{one.level}</span>
                <span class="grow"><span class="muted small">{one.logger ?? one.name} </span>{one.message}{one.trace && <details><summary class="small">{t("log.trace")}</summary><pre class="code small">{one.trace}</pre></details>}</span>
              </li>
            ))}
          </ol>
        </section>
      ) : <Empty icon="log" title={t("log.none")} />}
    </>
  );
}
