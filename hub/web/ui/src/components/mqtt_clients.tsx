// Who is connected: since when, with what queue, with what rights.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post } from "../api";
import { ago, dateTime } from "../format";
import { t } from "../i18n";
import type { Client } from "../mqtt";
import { attempt } from "../toast";
import { useFetch, useNow } from "../use";
import { Badge, Button, Confirmed, Dialog, Empty, Failure, Loading, SearchBox } from "./basics";

export default function MqttClients() {
  const list = useFetch<Client[]>("/api/mqtt/clients");
  const search = useSignal("");
  const opened = useSignal<Client | null>(null);
  const now = useNow(10);
  useEffect(() => { const timer = setInterval(() => { if (!document.hidden) void list.again(); }, 5000); return () => clearInterval(timer); }, []);
  const shown = useComputed(() => (list.data.value ?? []).filter((one) => `${one.client_id} ${one.user ?? ""} ${one.address ?? ""}`.toLowerCase().includes(search.value.toLowerCase())));
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  const kick = (one: Client) => attempt(() => post("/api/mqtt/kick", { client_id: one.client_id }).then(list.again), t("clients.kicked"));
  return (
    <section class="card">
      <div class="card-head"><SearchBox value={search} label={t("clients.search")} /><Button small icon="refresh" label={t("action.refresh")} onClick={() => void list.again()} /></div>
      {shown.value.length ? (
        <div class="flush">
          <table>
            <thead><tr><th scope="col">{t("clients.id")}</th><th scope="col">{t("clients.user")}</th><th scope="col">{t("clients.address")}</th><th scope="col">{t("clients.since")}</th><th scope="col" class="number">{t("clients.subscriptions")}</th><th scope="col" class="number">{t("clients.queued")}</th><th /></tr></thead>
            <tbody>
              {shown.value.map((one) => (
                <tr key={`${one.space}/${one.user}/${one.client_id}`}>
                  <td><span class={`dot inline ${one.online ? "good" : ""}`} /> <button type="button" class="log-name" onClick={() => { opened.value = one; }}><code>{one.client_id}</code></button>{one.space && <Badge>{one.space}</Badge>}</td>
                  <td>{one.user ?? <span class="muted">{t("clients.nameless")}</span>}</td>
                  <td>{one.address ?? "–"} <span class="small muted">{one.listener}</span></td>
                  <td class="nowrap" title={dateTime(one.since)}>{one.online ? ago(one.since, now) : t("clients.gone")}</td>
                  <td class="number">{one.subscriptions}</td>
                  <td class="number">{one.queued ?? "–"}</td>
                  <td>{one.online && <Confirmed title={t("clients.kick.title", { name: one.client_id })} text={t("clients.kick.text")} action={t("clients.kick")} onConfirm={() => kick(one)}>{(ask) => <Button small kind="quiet" icon="close" label={t("clients.kick.title", { name: one.client_id })} onClick={ask} />}</Confirmed>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : <Empty icon="network" title={search.value ? t("search.none") : t("clients.none")}><p>{t("clients.none.text")}</p></Empty>}
      {opened.value && <ClientView client={opened.value} onClose={() => { opened.value = null; }} />}
    </section>
  );
}

function ClientView({ client, onClose }: { client: Client; onClose: () => void }) {
  const subscriptions = useFetch<{ filter: string; qos?: number }[]>(`/api/mqtt/subscriptions?client_id=${encodeURIComponent(client.client_id)}`);
  return (
    <Dialog title={<code>{client.client_id}</code>} onClose={onClose}>
      <dl class="facts">
        <dt>{t("clients.user")}</dt><dd>{client.user ?? t("clients.nameless")}</dd>
        {client.rights?.map((one) => <><dt key={one.kind}>{t(`clients.may_${one.kind}`)}</dt><dd class="mono">{one.filters.join(", ") || "–"}</dd></>)}
        <dt>{t("clients.queued")}</dt><dd>{client.queued ?? "–"}</dd>
      </dl>
      <h3>{t("clients.subscriptions")}</h3>
      {subscriptions.error.value ? <Failure error={subscriptions.error.value} /> : null}
      <ul class="plain mono">{(subscriptions.data.value ?? []).map((one) => <li key={one.filter}>{one.filter}</li>)}</ul>
    </Dialog>
  );
}
