// Who came, who went, and who was not let in.
import { useComputed, useSignal } from "@preact/signals";
import { dateTime } from "../format";
import { t } from "../i18n";
import { useFetch } from "../use";
import { Empty, Failure, Loading, SearchBox } from "./basics";

export interface ConnectionLine { time: string; message: string; user?: string; client_id?: string }

export default function ConnectionLog() {
  const lines = useFetch<ConnectionLine[]>("/api/mqtt/visits");
  const search = useSignal("");
  const shown = useComputed(() => [...(lines.data.value ?? [])].reverse().filter((one) => JSON.stringify(one).toLowerCase().includes(search.value.toLowerCase())));
  if (lines.error.value && !lines.data.value) return <Failure error={lines.error.value} again={() => void lines.again()} />;
  if (!lines.data.value) return <Loading />;
  return (
    <section class="card">
      <div class="card-head"><SearchBox value={search} label={t("log.search")} /></div>
      {shown.value.length ? <ConnectionLines lines={shown.value} /> : <Empty icon="log" title={t("log.none")} />}
    </section>
  );
}

export function ConnectionLines({ lines }: { lines: ConnectionLine[] }) {
  return (
    <ol class="plain log-list">
      {lines.map((one, i) => <li key={i}><time class="small muted nowrap">{dateTime(one.time)}</time><span class="grow">{one.user !== undefined && <strong>{one.user || t("clients.nameless")} </strong>}{one.client_id && <code>{one.client_id} </code>}{one.message}</span></li>)}
    </ol>
  );
}
