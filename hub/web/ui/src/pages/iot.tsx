// Registries with their devices, and brokers.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Badge, Button, Card, Check, Choice, Dialog, Empty, Failure, Input, Loading, PageHead, Secret } from "../components/basics";
import { ago } from "../format";
import { t } from "../i18n";
import { command, type Kind, type Owner, pageOf } from "../iot";
import { navigate } from "../router";
import { attempt } from "../toast";
import { useNow, useTitle } from "../use";

interface All { registries: Owner[]; devices: Map<string, Owner[]>; brokers: Owner[] }

async function loadAll(): Promise<All> {
  const [registries, brokers] = await Promise.all([command<Owner[]>("list_all", { kind: "registry" }), command<Owner[]>("list_all", { kind: "broker" })]);
  const devices = await Promise.all(registries.map((one) => command<Owner[]>("list_all", { kind: "device", registry: one.id })));
  return { registries, brokers, devices: new Map(registries.map((one, i) => [one.id, devices[i]!])) };
}

export default function Iot() {
  useTitle(t("nav.iot"));
  const all = useSignal<All | null>(null);
  const failed = useSignal<unknown>(null);
  const making = useSignal<Kind | null>(null);
  const load = async () => {
    try {
      all.value = await loadAll();
      failed.value = null;
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => { void load(); }, []);
  if (failed.value && !all.value) return <Failure error={failed.value} again={() => void load()} />;
  if (!all.value) return <Loading />;
  const { registries, devices, brokers } = all.value;
  return (
    <>
      <PageHead title={t("nav.iot")} lead={t("iot.lead")}>
        {registries.length > 0 && <Button kind="primary" icon="plus" onClick={() => { making.value = "device"; }}>{t("iot.new.device")}</Button>}
        <Button icon="plus" kind={registries.length ? "" : "primary"} onClick={() => { making.value = "registry"; }}>{t("iot.new.registry")}</Button>
        <Button icon="plus" onClick={() => { making.value = "broker"; }}>{t("iot.new.broker")}</Button>
      </PageHead>
      {!registries.length && !brokers.length && <Empty icon="network" title={t("iot.none")}><p>{t("iot.none.text")}</p></Empty>}
      <div class="stack">
        {registries.map((registry) => <Registry key={registry.id} registry={registry} devices={devices.get(registry.id) ?? []} />)}
        {brokers.length > 0 && (
          <Card title={t("iot.brokers")} flush>
            <table>
              <thead><tr><th scope="col">{t("iot.name")}</th><th scope="col">{t("iot.id")}</th><th scope="col">{t("iot.source")}</th></tr></thead>
              <tbody>{brokers.map((one) => <tr key={one.id}><td><a class="list-link" href={pageOf("broker", one)}>{one.name}</a></td><td><code>{one.id}</code></td><td><Source owner={one} /></td></tr>)}</tbody>
            </table>
          </Card>
        )}
      </div>
      {making.value && <NewOwner kind={making.value} registries={registries} onClose={() => { making.value = null; void load(); }} />}
    </>
  );
}

function Source({ owner }: { owner: Owner }) {
  return owner.source === "hub.db" ? <span class="muted small">{t("iot.here")}</span> : <Badge icon="file">{owner.source}</Badge>;
}

function Registry({ registry, devices }: { registry: Owner; devices: Owner[] }) {
  const now = useNow(30);
  return (
    <Card flush title={<><a class="list-link" href={pageOf("registry", registry)}>{registry.name}</a> {registry.status !== "ACTIVE" && <Badge kind="warn">{t("iot.disabled")}</Badge>}</>} actions={<Source owner={registry} />}>
      {devices.length ? (
        <table>
          <thead><tr><th scope="col">{t("iot.device")}</th><th scope="col">{t("iot.id")}</th><th scope="col">{t("iot.description")}</th><th scope="col">{t("iot.created")}</th></tr></thead>
          <tbody>
            {devices.map((one) => (
              <tr key={one.id}>
                <td><a class="list-link" href={pageOf("device", one)}>{one.name}</a></td><td><code>{one.id}</code></td>
                <td>{one.description}{Object.entries(one.labels ?? {}).map(([key, value]) => <Badge key={key}>{key}: {value}</Badge>)}</td><td class="nowrap">{ago(one.created_at, now)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : <p class="muted card-note">{t("iot.nodevices")}</p>}
    </Card>
  );
}

function NewOwner({ kind, registries, onClose }: { kind: Kind; registries: Owner[]; onClose: () => void }) {
  const name = useSignal("");
  const description = useSignal("");
  const registry = useSignal(registries[0]?.id ?? "");
  const wantsPassword = useSignal(true);
  const made = useSignal<Owner | null>(null);
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(async () => {
      made.value = await command<Owner>("create", { kind, name: name.value.trim(), description: description.value, registry: kind === "device" ? registry.value : undefined, generate_password: wantsPassword.value });
    });
  };
  if (made.value) {
    const owner = made.value;
    return (
      <Dialog title={t("iot.made", { name: owner.name })} onClose={onClose}>
        <dl class="facts"><dt>{t("iot.id")}</dt><dd><code>{owner.id}</code></dd></dl>
        {owner.password && <><Secret label={t("iot.password")} value={owner.password} /><p class="muted">{t("iot.once")}</p><pre class="code small" tabIndex={0} aria-label={t("iot.example")}>{`mosquitto_pub -h ${location.hostname} -u ${owner.id} -P ${owner.password} \\\n  -t '$${kind === "device" ? "devices" : kind === "registry" ? "registries" : "brokers"}/${owner.id}/${kind === "registry" ? "commands" : "events"}' -m '{}'`}</pre></>}
        <div class="row end"><Button onClick={() => navigate(pageOf(kind, owner))}>{t("iot.open")}</Button><Button kind="primary" onClick={onClose}>{t("action.done")}</Button></div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t(`iot.new.${kind}`)} onClose={onClose}>
      <form class="form" onSubmit={send}>
        {kind === "device" && <Choice label={t("iot.registry")} value={registry.value} options={registries.map((one) => [one.id, one.name])} onValue={(value) => { registry.value = value; }} />}
        <Input label={t("iot.name")} hint={t("iot.name.hint")} value={name.value} required autocomplete="off" onValue={(value) => { name.value = value; }} />
        <Input label={t("iot.description")} value={description.value} onValue={(value) => { description.value = value; }} />
        <Check label={t("iot.generate")} value={wantsPassword.value} onValue={(value) => { wantsPassword.value = value; }} />
        <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.create")}</Button></div>
      </form>
    </Dialog>
  );
}
