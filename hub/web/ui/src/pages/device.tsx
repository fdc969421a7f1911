// One device: on-line since when, its entities, topics, automations, certificates, log and history.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { post, url } from "../api";
import { Badge, Button, Card, Choice, Empty, Failure, Input, Loading, Notice, PageHead } from "../components/basics";
import { type ConnectionLine, ConnectionLines } from "../components/connection_log";
import { Lazy } from "../components/lazy";
import { EditDevice } from "../components/naming";
import { Tile } from "../components/tile";
import { domainOf } from "../entity";
import { ago, date, dateTime } from "../format";
import { areasById, deviceName, devicesById, house, houseFailed, houseKnown, loadHouse, type Device } from "../house";
import { maybe, t } from "../i18n";
import { stateOf } from "../live";
import { isAdmin } from "../session";
import { attempt } from "../toast";
import { useFetch, useNow, useStates, useTitle } from "../use";

interface Topic { topic: string; direction?: string | null; payload?: string | null; payload_base64?: string; at?: number | null; retained?: boolean }
interface More {
  online?: boolean | null;
  online_since?: number | string | null;
  last_seen?: number | string | null;
  topics?: Topic[];
  problems?: { topic: string; reason: string; payload: string }[];
  automations?: { entity_id: string; name: string }[];
  certificates?: { fingerprint: string; expires_at?: string | null }[];
  log?: ConnectionLine[];
  mqtt_user?: string | null;
  registered?: { id: string; name: string } | null;
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
  useEffect(() => {
    // What the device says meanwhile is asked for again, as long as somebody looks.
    const timer = setInterval(() => { if (!document.hidden) void more.again(); }, 5000);
    return () => clearInterval(timer);
  }, []);
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
        {online !== null && <Badge kind={online ? "good" : "bad"}>{online ? (told?.online_since ? t("device.online_since", { when: dateTime(told.online_since) }) : t("device.online")) : t("device.offline")}</Badge>}
        {area && <Badge icon="house">{area.name}</Badge>}
        {isAdmin() && <Button icon="edit" onClick={() => { editing.value = true; }}>{t("action.edit")}</Button>}
      </PageHead>
      <div class="side-by-side device">
        <div class="stack">
          {told?.problems && told.problems.length > 0 && <Card title={t("discovery.problems")}><ul class="plain named">{told.problems.map((one) => <li key={one.topic}><Notice kind="warn" title={<code>{one.topic}</code>}>{one.reason}{one.payload && <pre class="small">{one.payload}</pre>}</Notice></li>)}</ul></Card>}
          {controls.length > 0 && <Card title={t("device.controls")}>{shown(controls)}</Card>}
          {settings.length > 0 && <Card title={t("device.settings")}>{shown(settings)}</Card>}
          {diagnostics.length > 0 && <Card title={t("device.diagnostics")}>{shown(diagnostics)}</Card>}
          <Card title={t("device.about")}>
            <dl class="facts">
              {facts(device).map(([key, value]) => <><dt key={key}>{key}</dt><dd>{value}</dd></>)}
              {via && <><dt>{t("device.via")}</dt><dd><a href={`/devices/${via.id}`}>{deviceName(via)}</a></dd></>}
              {told?.last_seen && <><dt>{t("device.last")}</dt><dd title={dateTime(told.last_seen)}>{ago(told.last_seen, now)}</dd></>}
              {told?.mqtt_user && <><dt>{t("clients.user")}</dt><dd><a href={`/topics?tab=clients&search=${encodeURIComponent(told.mqtt_user)}`}><code>{told.mqtt_user}</code></a></dd></>}
              {told?.registered && <><dt>{t("device.registered")}</dt><dd><a href={`/iot/device/${told.registered.id}`}>{told.registered.name}</a></dd></>}
              {device.configuration_url && /^https?:/.test(device.configuration_url) && <><dt>{t("device.own_page")}</dt><dd><a href={device.configuration_url} rel="noreferrer" target="_blank">{device.configuration_url}</a></dd></>}
            </dl>
          </Card>
          <Card title={t("device.automations")}>
            {told?.automations?.length ? <ul class="plain">{told.automations.map((one) => <li key={one.entity_id}><a href={`/automations/show?id=${one.entity_id}`}>{one.name}</a></li>)}</ul> : <p class="muted">{t("device.automations.none")}</p>}
          </Card>
          {isAdmin() && told && (
            <Card title={t("iot.certificates")} actions={told.registered && <a href={`/iot/device/${told.registered.id}`}>{t("iot.credentials")}</a>}>
              {told.certificates?.length ? <Certificates certificates={told.certificates} now={now} /> : <p class="muted">{told.registered ? t("iot.certificates.none") : t("device.certificates.none")}</p>}
            </Card>
          )}
          {isAdmin() && told && <Card title={t("mqtt.log")}>{told.log?.length ? <ConnectionLines lines={[...told.log].reverse()} /> : <p class="muted">{t("device.log.none")}</p>}</Card>}
        </div>
        <div class="stack">
          {plotted.length > 0 && <Card title={t("device.history")} actions={<a href={`/history?entity=${plotted.join(",")}`}>{t("nav.history")}</a>}><Lazy load={() => import("../components/small_plot")} entityIds={plotted} hours={24} height={220} /></Card>}
          {isAdmin() && <Card title={t("device.topics")}>{told?.topics?.length ? <Topics topics={told.topics} now={now} /> : <p class="muted">{t("device.topics.none")}</p>}</Card>}
          {isAdmin() && <SendCommand topics={told?.topics ?? []} />}
        </div>
      </div>
      {editing.value && <EditDevice device={device} onClose={() => { editing.value = false; }} />}
    </>
  );
}

function Topics({ topics, now }: { topics: Topic[]; now: number }) {
  return (
    <ul class="plain topics">
      {topics.map((one) => (
        <li key={one.topic}>
          <code>{one.topic}</code>
          <div class="row">
            {one.direction && <Badge>{maybe(`topic.${one.direction}`) ?? one.direction}</Badge>}
            {one.retained && <Badge kind="info">{t("mqtt.retained")}</Badge>}
            {one.at && <span class="small muted nowrap" title={dateTime(one.at)}>{ago(one.at, now)}</span>}
          </div>
          {(one.payload ?? one.payload_base64) != null && <pre class="code small">{one.payload ?? one.payload_base64}</pre>}
        </li>
      ))}
    </ul>
  );
}

const SOON = 30 * 86_400_000;

function Certificates({ certificates, now }: { certificates: { fingerprint: string; expires_at?: string | null }[]; now: number }) {
  return (
    <ul class="plain certificates">
      {certificates.map((one) => {
        const left = one.expires_at ? Date.parse(one.expires_at) - now : Infinity;
        return (
          <li key={one.fingerprint} class="row">
            <code class="small grow one-line" title={one.fingerprint}>{one.fingerprint}</code>
            {one.expires_at && <Badge kind={left < 0 ? "bad" : left < SOON ? "warn" : "good"}>{t(left < 0 ? "device.certificate.ended" : "device.certificate.ends", { when: date(one.expires_at) })}</Badge>}
          </li>
        );
      })}
    </ul>
  );
}

/** A message to the device, on one of its topics. */
function SendCommand({ topics }: { topics: Topic[] }) {
  const commands = topics.filter((one) => !/[+#]/.test(one.topic) && /command|set|cmd/i.test(`${one.direction} ${one.topic}`));
  const topic = useSignal("");
  const payload = useSignal("");
  if (!commands.length) return null;
  const chosen = topic.value || commands[0]!.topic;
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(() => post("/api/mqtt/publish", { topic: chosen, payload: payload.value }), t("mqtt.published"));
  };
  return (
    <Card title={t("device.command")}>
      <form class="form" onSubmit={send}>
        <Choice label={t("mqtt.topic")} value={chosen} options={commands.map((one) => [one.topic, one.topic])} onValue={(value) => { topic.value = value; }} />
        <Input label={t("mqtt.payload")} value={payload.value} autocomplete="off" onValue={(value) => { payload.value = value; }} />
        <div class="row end"><Button type="submit" icon="send">{t("device.send")}</Button></div>
      </form>
    </Card>
  );
}

function facts(device: Device): [string, string][] {
  const told: [string, string | null][] = [
    [t("device.manufacturer"), device.manufacturer], [t("device.model"), device.model], [t("device.software"), device.sw_version],
    [t("device.hardware"), device.hw_version], [t("device.serial"), device.serial_number],
  ];
  return told.filter((one): one is [string, string] => Boolean(one[1]));
}
