// One device: on-line since when, its entities, topics, automations, certificates, log and history.
import { useSignal } from "@preact/signals";
import { patch, url } from "../api";
import { Badge, Button, Card, Choice, Dialog, Empty, Failure, Input, Loading, PageHead } from "../components/basics";
import { type ConnectionLine, ConnectionLines } from "../components/connection_log";
import { Lazy } from "../components/lazy";
import { Tile } from "../components/tile";
import { domainOf } from "../entity";
import { ago, date, dateTime } from "../format";
import { areasById, deviceName, devicesById, house, houseFailed, houseKnown, loadHouse, type Device } from "../house";
import { t } from "../i18n";
import { stateOf } from "../live";
import { isAdmin } from "../session";
import { attempt } from "../toast";
import { useFetch, useNow, useStates, useTitle } from "../use";

interface Topic { topic: string; direction?: string; payload?: string | null; at?: number | string | null; retain?: boolean; entity_id?: string }
interface More {
  online?: boolean | null;
  online_since?: number | string | null;
  last_seen?: number | string | null;
  topics?: Topic[];
  automations?: { entity_id: string; name: string }[];
  certificates?: { fingerprint: string; expires_at?: string | null }[];
  log?: ConnectionLine[];
  client_id?: string | null;
  mqtt_user?: string | null;
}

export default function DevicePage({ id = "" }: { id?: string }) {
  const device = devicesById.value.get(id);
  useTitle(device ? deviceName(device) : t("nav.devices"));
  if (houseFailed.value && !houseKnown.value) return <Failure error={houseFailed.value} again={() => void loadHouse()} />;
  if (!houseKnown.value) return <Loading />;
  if (!device) return <Empty icon="device" title={t("device.missing")} actions={<a class="button" href="/devices">{t("nav.devices")}</a>}><p>{t("device.missing.text")}</p></Empty>;
  return <DeviceView key={id} device={device} />;
}

function DeviceView({ device }: { device: Device }) {
  const more = useFetch<More>(url`/api/devices/${device.id}/about`);
  const editing = useSignal(false);
  const now = useNow(15);
  const entities = house.value.entities.filter((one) => one.device_id === device.id && !one.disabled);
  const ids = entities.map((one) => one.entity_id);
  useStates(ids);
  const shown = (ids: string[]) => <div class="tiles">{ids.map((id) => <Tile key={id} entityId={id} prefixes={[deviceName(device)]} />)}</div>;
  const controls = entities.filter((one) => !one.category).map((one) => one.entity_id);
  const settings = entities.filter((one) => one.category === "config").map((one) => one.entity_id);
  const diagnostics = entities.filter((one) => one.category === "diagnostic").map((one) => one.entity_id);
  const plotted = ids.filter((id) => ["sensor", "climate", "binary_sensor", "switch", "light"].includes(domainOf(id))).slice(0, 6);
  const area = areasById.value.get(device.area_id ?? "");
  const via = devicesById.value.get(device.via_device_id ?? "");
  const gone = ids.length > 0 && ids.every((id) => stateOf(id).value?.state === "unavailable");
  const told = more.data.value;
  const online = told?.online ?? (gone ? false : null);
  return (
    <>
      <PageHead back={["/devices", t("nav.devices")]} title={deviceName(device)} lead={[device.manufacturer, device.model].filter(Boolean).join(" · ") || undefined}>
        {online !== null && <Badge kind={online ? "good" : "bad"}>{online ? (told?.online_since ? t("device.online_since", { when: ago(told.online_since, now) }) : t("device.online")) : t("device.offline")}</Badge>}
        {area && <Badge icon="house">{area.name}</Badge>}
        {isAdmin() && <Button icon="edit" onClick={() => { editing.value = true; }}>{t("action.edit")}</Button>}
      </PageHead>
      <div class="side-by-side device">
        <div class="stack">
          {controls.length > 0 && <Card title={t("device.controls")}>{shown(controls)}</Card>}
          {settings.length > 0 && <Card title={t("device.settings")}>{shown(settings)}</Card>}
          {diagnostics.length > 0 && <Card title={t("device.diagnostics")}>{shown(diagnostics)}</Card>}
          <Card title={t("device.about")}>
            <dl class="facts">
              {facts(device).map(([key, value]) => <><dt key={key}>{key}</dt><dd>{value}</dd></>)}
              {via && <><dt>{t("device.via")}</dt><dd><a href={`/devices/${via.id}`}>{deviceName(via)}</a></dd></>}
              {told?.last_seen && <><dt>{t("device.last")}</dt><dd title={dateTime(told.last_seen)}>{ago(told.last_seen, now)}</dd></>}
              {told?.mqtt_user && <><dt>{t("clients.user")}</dt><dd><code>{told.mqtt_user}</code></dd></>}
            </dl>
          </Card>
        </div>
        <div class="stack">
          {plotted.length > 0 && <Card title={t("device.history")} actions={<a href={`/history?entity=${plotted.join(",")}`}>{t("nav.history")}</a>}><Lazy load={() => import("../components/small_plot")} entityIds={plotted} hours={24} height={220} /></Card>}
          <Card title={t("device.topics")}>{told?.topics?.length ? <Topics topics={told.topics} now={now} /> : <p class="muted">{t("device.topics.none")}</p>}</Card>
          <Card title={t("device.automations")}>
            {told?.automations?.length ? <ul class="plain">{told.automations.map((one) => <li key={one.entity_id}><a href={`/automations/show?id=${one.entity_id}`}>{one.name}</a></li>)}</ul> : <p class="muted">{t("device.automations.none")}</p>}
          </Card>
          {told?.certificates?.length ? <Card title={t("iot.certificates")}><ul class="plain">{told.certificates.map((one) => <li key={one.fingerprint}><code class="small">{one.fingerprint}</code> {one.expires_at && date(one.expires_at)}</li>)}</ul></Card> : null}
          {told?.log?.length ? <Card title={t("mqtt.log")}><ConnectionLines lines={[...told.log].reverse()} /></Card> : null}
        </div>
      </div>
      {editing.value && <EditDevice device={device} onClose={() => { editing.value = false; }} />}
    </>
  );
}

function Topics({ topics, now }: { topics: Topic[]; now: number }) {
  return (
    <ul class="plain topics">
      {topics.map((one, i) => (
        <li key={i}>
          <div class="row"><code class="grow">{one.topic}</code>{one.direction && <Badge>{one.direction}</Badge>}{one.at && <span class="small muted nowrap">{ago(one.at, now)}</span>}</div>
          {one.payload != null && <pre class="code small">{one.payload}</pre>}
        </li>
      ))}
    </ul>
  );
}

function facts(device: Device): [string, string][] {
  const told: [string, string | null][] = [
    [t("device.manufacturer"), device.manufacturer], [t("device.model"), device.model], [t("device.software"), device.sw_version],
    [t("device.hardware"), device.hw_version], [t("device.serial"), device.serial_number],
  ];
  return told.filter((one): one is [string, string] => Boolean(one[1]));
}

function EditDevice({ device, onClose }: { device: Device; onClose: () => void }) {
  const name = useSignal(device.name_by_user ?? device.name ?? "");
  const area = useSignal(device.area_id ?? "");
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(() => patch(url`/api/devices/${device.id}`, { name_by_user: name.value === device.name ? null : name.value, area_id: area.value || null }).then(loadHouse), t("action.saved")).then((well) => { if (well) onClose(); });
  };
  return (
    <Dialog title={deviceName(device)} onClose={onClose}>
      <form class="form" onSubmit={send}>
        <Input label={t("users.name")} value={name.value} onValue={(value) => { name.value = value; }} />
        <Choice label={t("device.area")} value={area.value} options={[["", "–"], ...house.value.areas.map((one): [string, string] => [one.id, one.name])]} onValue={(value) => { area.value = value; }} />
        <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.save")}</Button></div>
      </form>
    </Dialog>
  );
}

