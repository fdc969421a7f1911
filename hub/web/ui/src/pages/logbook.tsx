// What happened in the house, and because of what.
import { useSignal } from "@preact/signals";
import { Card, PageHead, SearchBox } from "../components/basics";
import LogLines from "../components/log_lines";
import { nameOf } from "../entity";
import { t } from "../i18n";
import { stateOf } from "../live";
import { place, setQuery } from "../router";
import { useTitle } from "../use";
import { Icon } from "../icons";

const SPANS: [string, number][] = [["1 h", 3600], ["24 h", 86_400], ["7 d", 7 * 86_400]];

export default function Logbook() {
  useTitle(t("nav.logbook"));
  const entity = place.value.query.get("entity") ?? "";
  const span = useSignal(86_400);
  const to = useSignal(Date.now() / 1000);
  const search = useSignal("");
  return (
    <>
      <PageHead title={t("nav.logbook")}>
        <SearchBox value={search} label={t("logbook.search")} />
        <div class="choices" role="group" aria-label={t("history.span")}>
          {SPANS.map(([text, seconds]) => <button type="button" key={text} aria-pressed={span.value === seconds} onClick={() => { to.value = Date.now() / 1000; span.value = seconds; }}>{text}</button>)}
        </div>
      </PageHead>
      {entity && <div class="row picker"><span class="chip">{nameOf(stateOf(entity).value, entity)}<button type="button" aria-label={t("form.remove", { what: entity })} onClick={() => setQuery({ entity: null })}><Icon name="close" size={14} /></button></span></div>}
      <Card><LogLines entityId={entity || undefined} from={to.value - span.value} to={to.value} search={search.value} /></Card>
    </>
  );
}
