// The house at a glance: made by itself from areas and devices, or as `dashboards:` says.
import { computed, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Badge, Button, Card, Dialog, Empty, Failure, Input, Loading, Notice, PageHead, SearchBox } from "../components/basics";

import { Lazy } from "../components/lazy";
import { Tile } from "../components/tile";
import { Visible } from "../components/visible";
import { type Dashboard, dashboards, loadDashboards, type DashboardCard } from "../dashboards";
import { domainOf, isOn, nameOf, numeric } from "../entity";
import { number } from "../format";
import { areaOf, deviceName, deviceOf, entitiesById, house, houseFailed, houseKnown, loadHouse } from "../house";
import { t } from "../i18n";
import { Icon } from "../icons";
import { entityIds, stateOf, statesKnown } from "../live";
import { place, setQuery } from "../router";
import { isAdmin, session } from "../session";
import { attempt } from "../toast";
import { useStates, useTitle } from "../use";

interface Group {
  key: string;
  title: string;
  floor: string;
  ids: string[];
  prefixes: (string | null | undefined)[];
}

const LEFT_OUT = new Set(["zone", "automation", "event", "persistent_notification", "update", "schedule", "conversation", "tag"]);
const ORDER = [
  "climate", "water_heater", "light", "switch", "fan", "cover", "valve", "lock", "alarm_control_panel", "media_player", "humidifier",
  "vacuum", "lawn_mower", "siren", "input_boolean", "select", "input_select", "number", "input_number", "button", "input_button",
  "scene", "script", "timer", "counter", "text", "input_text", "input_datetime", "binary_sensor", "sensor",
];
const rank = (id: string): number => {
  const at = ORDER.indexOf(domainOf(id));
  return at < 0 ? ORDER.length : at;
};

/** What the overview shows without being told to. */
export function isShown(id: string): boolean {
  const entry = entitiesById.value.get(id);
  return !LEFT_OUT.has(domainOf(id)) && !entry?.hidden && !entry?.category;
}

const groups = computed<Group[]>(() => {
  const made = new Map<string, Group>();
  const put = (key: string, title: string, floor: string, prefixes: Group["prefixes"], id: string) => {
    let group = made.get(key);
    if (!group) made.set(key, (group = { key, title, floor, ids: [], prefixes }));
    group.ids.push(id);
  };
  const floors = new Map(house.value.floors.map((floor) => [floor.id, floor]));
  for (const id of entityIds.value) {
    if (!isShown(id)) continue;
    const area = areaOf(id);
    const device = deviceOf(id);
    const domain = domainOf(id);
    if (area) put(`a ${area.id}`, area.name, floors.get(area.floor_id ?? "")?.name ?? "", [area.name, device && deviceName(device)], id);
    else if (domain === "scene" || domain === "script") put("scenes", t("overview.scenes"), "", [], id);
    else if (device) put(`d ${device.id}`, deviceName(device), "", [deviceName(device)], id);
    else put("rest", t("overview.other"), "", [], id);
  }
  const kind = (group: Group) => (group.key.startsWith("a ") ? 0 : group.key.startsWith("d ") ? 1 : group.key === "scenes" ? 2 : 3);
  const level = (group: Group) => house.value.floors.find((floor) => floor.name === group.floor)?.level ?? 99;
  for (const group of made.values()) group.ids.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return [...made.values()].sort((a, b) => kind(a) - kind(b) || level(a) - level(b) || a.title.localeCompare(b.title));
});

export default function Overview({ id }: { id?: string }) {
  useEffect(() => { void loadDashboards(); }, []);
  const chosen = id ? dashboards.value?.find((one) => one.id === id) : undefined;
  const arranging = place.value.query.get("arrange") !== null && isAdmin();
  const naming = useSignal(false);
  useTitle(chosen?.title ?? t("nav.overview"));
  if (houseFailed.value && !houseKnown.value) return <Failure error={houseFailed.value} again={() => void loadHouse()} />;
  if (!houseKnown.value || !statesKnown.value) return <Loading />;
  return (
    <>
      <PageHead title={chosen?.title ?? (session.value?.house.name || t("nav.overview"))}>
        {isAdmin() && chosen && <Button icon={arranging ? "check" : "grip"} onClick={() => setQuery({ arrange: arranging ? null : "yes" })}>{arranging ? t("action.done") : t("arrange.begin")}</Button>}
        {isAdmin() && !id && <Button icon="grip" label={t("arrange.make")} onClick={() => { naming.value = true; }} />}
      </PageHead>
      {naming.value && <Naming onClose={() => { naming.value = false; }} />}
      <Boards chosen={id} />
      {id && dashboards.value && !chosen ? <Empty icon="dashboard" title={t("overview.nodash")}><p>{t("overview.nodash.text")}</p></Empty>
        : chosen && arranging ? <Lazy load={() => import("../components/arrange")} board={chosen} /> : chosen ? <Arranged board={chosen} /> : <ByItself />}
    </>
  );
}

function Naming({ onClose }: { onClose: () => void }) {
  const title = useSignal("");
  const make = (event: Event) => {
    event.preventDefault();
    void attempt(async () => (await import("../components/arrange")).begin(title.value.trim())).then((well) => { if (well) onClose(); });
  };
  return (
    <Dialog title={t("arrange.make")} onClose={onClose}>
      <form class="form" onSubmit={make}>
        <Input label={t("arrange.title")} value={title.value} required autocomplete="off" onValue={(value) => { title.value = value; }} />
        <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.create")}</Button></div>
      </form>
    </Dialog>
  );
}

function Boards({ chosen }: { chosen?: string }) {
  if (!dashboards.value?.length) return null;
  return (
    <nav class="tabbar" aria-label={t("overview.boards")}>
      <a href="/" aria-current={chosen ? undefined : "page"}>{t("overview.all")}</a>
      {dashboards.value.map((one) => <a key={one.id} href={`/dashboards/${one.id}`} aria-current={one.id === chosen ? "page" : undefined}>{one.title}</a>)}
    </nav>
  );
}

function ByItself() {
  const search = useSignal("");
  const shown = useComputed(() => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return groups.value;
    return groups.value.map((group) => ({
      ...group,
      ids: group.ids.filter((one) => {
        const text = `${group.title} ${one} ${nameOf(stateOf(one).peek(), one)}`.toLowerCase();
        return words.every((word) => text.includes(word));
      }),
    })).filter((group) => group.ids.length);
  });
  if (!groups.value.length) return <NothingYet />;
  let floor = "";
  return (
    <>
      <div class="row overview-tools"><Summary /><SearchBox value={search} label={t("overview.search")} /></div>
      {!shown.value.length && <Empty icon="search" title={t("search.none")}><p>{t("search.none.text", { text: search.value })}</p></Empty>}
      <div class="rooms">
        {shown.value.map((group) => {
          const head = group.floor && group.floor !== floor ? group.floor : "";
          floor = group.floor || floor;
          return (
            <>
              {head && <h2 class="floor" key={`f ${head}`}>{head}</h2>}
              <Room key={group.key} group={group} />
            </>
          );
        })}
      </div>
    </>
  );
}

function Room({ group }: { group: Group }) {
  return <Visible height={64 + group.ids.length * 62}>{() => <RoomCard group={group} />}</Visible>;
}

const LONG = 14;

function RoomCard({ group }: { group: Group }) {
  useStates(group.ids);
  const all = useSignal(false);
  const ids = all.value ? group.ids : group.ids.slice(0, LONG);
  return (
    <section class="card room" aria-label={group.title}>
      <div class="card-head"><h2 class="grow">{group.title}</h2><Climate ids={group.ids} /></div>
      <div class="tiles">{ids.map((id) => <Tile key={id} entityId={id} prefixes={group.prefixes} />)}</div>
      {group.ids.length > LONG && (
        <Button small kind="quiet" onClick={() => { all.value = !all.value; }}>
          {all.value ? t("overview.less") : t("overview.more", { count: group.ids.length - LONG })}
        </Button>
      )}
    </section>
  );
}

/** How warm and damp a room is: the mean of its sensors, beside its name. */
function Climate({ ids }: { ids: string[] }) {
  const mean = (deviceClass: string): [string, string] | null => {
    const values: number[] = [];
    let unit = "";
    for (const id of ids) {
      if (domainOf(id) !== "sensor") continue;
      const state = stateOf(id).value;
      if (state?.attributes.device_class !== deviceClass) continue;
      const value = numeric(state.state);
      if (value === null) continue;
      values.push(value);
      unit = String(state.attributes.unit_of_measurement ?? "");
    }
    return values.length ? [number(values.reduce((a, b) => a + b, 0) / values.length, 1), unit] : null;
  };
  const warm = mean("temperature");
  const damp = mean("humidity");
  return <span class="room-climate">{warm && `${warm[0]} ${warm[1]}`}{warm && damp && " · "}{damp && `${damp[0]} ${damp[1]}`}</span>;
}

function Summary() {
  const ids = groups.value.flatMap((group) => group.ids);
  const count = (test: (id: string) => boolean) => ids.filter(test).length;
  const lights = count((id) => domainOf(id) === "light" && isOn(id, stateOf(id).value));
  const openings = count((id) => ["door", "window", "garage_door", "opening"].includes(String(stateOf(id).value?.attributes.device_class ?? "")) && isOn(id, stateOf(id).value));
  const lost = count((id) => stateOf(id).value?.state === "unavailable");
  return (
    <div class="row grow">
      {lights > 0 && <Badge kind="accent" icon="light">{t("overview.lights", { count: lights })}</Badge>}
      {openings > 0 && <Badge kind="info" icon="door">{t("overview.openings", { count: openings })}</Badge>}
      {lost > 0 && <a href="/entities?state=unavailable" class="badge warn"><Icon name="warning" size={13} />{t("overview.lost", { count: lost })}</a>}
    </div>
  );
}

function NothingYet() {
  return (
    <Empty icon="house" title={t("overview.empty")} actions={isAdmin() ? <><a class="button primary" href="/iot">{t("overview.empty.device")}</a><a class="button" href="/files">{t("overview.empty.yaml")}</a></> : undefined}>
      <p>{t("overview.empty.text")}</p>
    </Empty>
  );
}

// --- as `dashboards:` arranges it ---

function Arranged({ board }: { board: Dashboard }) {
  if (!board.cards.length) return <Empty icon="dashboard" title={t("overview.blank")}><p>{t("overview.blank.text", { id: board.id })}</p></Empty>;
  return <div class="rooms">{board.cards.map((card, i) => <ArrangedCard key={i} card={card} />)}</div>;
}

function idsOf(card: DashboardCard): string[] {
  if (card.entities) return card.entities;
  if (card.area) return groups.value.find((group) => group.key === `a ${card.area}`)?.ids ?? [];
  if (card.device) return [...entitiesById.value.values()].filter((one) => one.device_id === card.device).map((one) => one.entity_id);
  return [];
}

function ArrangedCard({ card }: { card: DashboardCard }) {
  const ids = idsOf(card);
  const area = card.area ? house.value.areas.find((one) => one.id === card.area) : undefined;
  useStates(ids);
  const missing = ids.filter((id) => !stateOf(id).value);
  return (
    <Card title={card.title ?? area?.name}>
      {card.text && <p class="muted">{card.text}</p>}
      <div class="tiles">{ids.filter((id) => stateOf(id).value).map((id) => <Tile key={id} entityId={id} prefixes={[area?.name]} />)}</div>
      {missing.length > 0 && <Notice kind="warn" title={t("overview.missing")}>{missing.join(", ")}</Notice>}
    </Card>
  );
}

