// All devices, by area.
import { useComputed, useSignal } from "@preact/signals";
import { Empty, Failure, Loading, PageHead, SearchBox, Badge } from "../components/basics";
import { Virtual } from "../components/virtual";
import { areasById, deviceName, house, houseFailed, houseKnown, loadHouse } from "../house";
import { domainOf, iconOf } from "../entity";
import { t } from "../i18n";
import { Icon } from "../icons";
import { isAdmin } from "../session";
import { stateOf } from "../live";
import { useTitle } from "../use";

/** What a device mostly is: what it does comes before what it tells. */
const rank = (entityId: string): number => (["sensor", "event", "update", "number", "select", "button"].includes(domainOf(entityId)) ? 2 : domainOf(entityId) === "binary_sensor" ? 1 : 0);

export default function Devices() {
  useTitle(t("nav.devices"));
  const search = useSignal("");
  const counted = useComputed(() => {
    const counts = new Map<string, { all: number; gone: number; main: string }>();
    for (const one of house.value.entities) {
      if (!one.device_id) continue;
      const count = counts.get(one.device_id) ?? { all: 0, gone: 0, main: one.entity_id };
      if (one.category === null && rank(one.entity_id) < rank(count.main)) count.main = one.entity_id;
      count.all++;
      if (stateOf(one.entity_id).peek()?.state === "unavailable") count.gone++;
      counts.set(one.device_id, count);
    }
    return counts;
  });
  const found = useComputed(() => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return house.value.devices.filter((one) => {
      const text = `${deviceName(one)} ${one.manufacturer ?? ""} ${one.model ?? ""} ${areasById.value.get(one.area_id ?? "")?.name ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }).sort((a, b) => deviceName(a).localeCompare(deviceName(b)));
  });
  if (houseFailed.value && !houseKnown.value) return <Failure error={houseFailed.value} again={() => void loadHouse()} />;
  if (!houseKnown.value) return <Loading />;
  if (!house.value.devices.length)
    return (
      <>
        <PageHead title={t("nav.devices")} />
        <Empty icon="device" title={t("devices.empty")} actions={isAdmin() ? <a class="button primary" href="/iot">{t("overview.empty.device")}</a> : undefined}><p>{t("devices.empty.text")}</p></Empty>
      </>
    );
  return (
    <>
      <PageHead title={t("nav.devices")} lead={t("devices.count", { count: found.value.length })}><SearchBox value={search} label={t("devices.search")} /></PageHead>
      {found.value.length ? (
        <section class="card">
          <Virtual items={found.value} rowHeight={64} keyOf={(one) => one.id} label={t("nav.devices")} height={`min(${found.value.length * 64 + 2}px, calc(100dvh - 170px))`}>
            {(one) => {
              const count = counted.value.get(one.id);
              return (
                <>
                  <span class="face small-face"><Icon name={count ? iconOf(count.main, stateOf(count.main).peek()) : "device"} size={18} /></span>
                  <div class="grow row-text">
                    <a class="list-link" href={`/devices/${one.id}`}>{deviceName(one)}</a>
                    <div class="small muted one-line">{[one.manufacturer, one.model, areasById.value.get(one.area_id ?? "")?.name].filter(Boolean).join(" · ")}</div>
                  </div>
                  {count && count.gone === count.all && <Badge kind="warn">{t("state.unavailable")}</Badge>}
                  <span class="small muted nowrap">{t("devices.entities", { count: count?.all ?? 0 })}</span>
                </>
              );
            }}
          </Virtual>
        </section>
      ) : <Empty icon="search" title={t("search.none")} />}
    </>
  );
}
