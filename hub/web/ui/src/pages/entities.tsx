// Every entity in one list that stays quick however many there are.
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Choice, Empty, Failure, Loading, PageHead, SearchBox } from "../components/basics";
import { opened } from "../components/detail";
import { SmallControl } from "../components/controls";
import { Virtual } from "../components/virtual";
import { domainOf, iconOf, isOn, nameOf, stateText } from "../entity";
import { ago } from "../format";
import { areaOf, deviceName, deviceOf, houseFailed, houseKnown, loadHouse } from "../house";
import { t } from "../i18n";
import { Icon } from "../icons";
import { entityIds, hold, stateOf, statesKnown } from "../live";
import { place, setQuery } from "../router";
import { useNow, useTitle } from "../use";

export default function Entities() {
  useTitle(t("nav.entities"));
  const search = useSignal(place.value.query.get("search") ?? "");
  const domain = useSignal(place.value.query.get("domain") ?? "");
  const state = useSignal(place.value.query.get("state") ?? "");
  const shown = useSignal<readonly string[]>([]);
  useEffect(() => hold(shown.value), [shown.value.join()]);
  useEffect(() => setQuery({ search: search.value, domain: domain.value, state: state.value }), [search.value, domain.value, state.value]);
  const domains = useComputed(() => [...new Set(entityIds.value.map(domainOf))].sort());
  // Names and areas as one text for each, so that a letter typed costs next to nothing.
  const texts = useComputed(() => new Map(entityIds.value.map((id) => [id, `${nameOf(stateOf(id).peek(), id)} ${id} ${areaOf(id)?.name ?? ""} ${deviceName(deviceOf(id))}`.toLowerCase()])));
  const found = useComputed(() => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return entityIds.value.filter((id) => {
      if (domain.value && domainOf(id) !== domain.value) return false;
      if (state.value && stateOf(id).peek()?.state !== state.value) return false;
      const text = texts.value.get(id) ?? "";
      return words.every((word) => text.includes(word));
    });
  });
  if (houseFailed.value && !houseKnown.value) return <Failure error={houseFailed.value} again={() => void loadHouse()} />;
  if (!statesKnown.value) return <Loading />;
  return (
    <>
      <PageHead title={t("nav.entities")} lead={t("entities.count", { count: found.value.length })}>
        <SearchBox value={search} label={t("entities.search")} />
        <div class="narrow"><Choice label={t("entities.domain")} value={domain.value} options={[["", t("filter.all")], ...domains.value.map((one): [string, string] => [one, one])]} onValue={(value) => { domain.value = value; }} /></div>
        <div class="narrow"><Choice label={t("entities.state")} value={state.value} options={[["", t("filter.all")], ["unavailable", t("state.unavailable")], ["unknown", t("state.unknown")], ["on", t("state.on")], ["off", t("state.off")]]} onValue={(value) => { state.value = value; }} /></div>
      </PageHead>
      {found.value.length ? (
        <section class="card">
          <Virtual items={found.value} rowHeight={60} keyOf={(id) => id} label={t("nav.entities")} height="calc(100dvh - 190px)" onShown={(ids) => { shown.value = ids; }}>
            {(id) => <Row id={id} />}
          </Virtual>
        </section>
      ) : <Empty icon="search" title={t("search.none")}><p>{t("entities.none")}</p></Empty>}
    </>
  );
}

function Row({ id }: { id: string }) {
  const state = stateOf(id).value;
  const now = useNow(60);
  const name = nameOf(state, id);
  const control = state && SmallControl({ entityId: id, state, name });
  return (
    <>
      <span class={`face small-face ${isOn(id, state) ? "on" : ""}`}><Icon name={iconOf(id, state)} size={18} /></span>
      <button type="button" class="row-open grow" onClick={() => { opened.value = id; }}>
        <span class="one-line name">{name}</span>
        <span class="one-line small muted">{[areaOf(id)?.name, id].filter(Boolean).join(" · ")}</span>
      </button>
      <span class="row-end"><span class="one-line">{stateText(id, state)}</span><span class="small muted nowrap">{ago(state?.last_changed, now)}</span></span>
      <span class="row-control">{control}</span>
    </>
  );
}
