// Lines of the logbook: what happened, and because of what.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api";
import { iconOf, stateText } from "../entity";
import { date, moment, time } from "../format";
import { t } from "../i18n";
import { Icon } from "../icons";
import { stateOf } from "../live";
import { Empty, Failure, Loading } from "./basics";
import { opened } from "./detail";

export interface LogLine { at: number; name: string; message: string; because: string; by: string; entity_id: string | null; state: string | null; context_id: string | null }

export default function LogLines({ entityId, from, to, search = "" }: { entityId?: string; from: number; to: number; search?: string }) {
  const lines = useSignal<LogLine[] | null>(null);
  const failed = useSignal<unknown>(null);
  const load = async () => {
    const query = new URLSearchParams({ since: String(from), until: String(to) });
    if (entityId) query.set("entities", entityId);
    try {
      lines.value = await get<LogLine[]>(`/api/past/logbook?${query}`);
      failed.value = null;
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => { void load(); }, [entityId, Math.round(from), Math.round(to)]);
  if (failed.value) return <Failure error={failed.value} again={() => void load()} />;
  if (!lines.value) return <Loading />;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = [...lines.value].reverse().filter((one) => words.every((word) => JSON.stringify(one).toLowerCase().includes(word)));
  if (!shown.length) return <Empty icon="log" title={t("logbook.none")}><p>{t("logbook.none.text")}</p></Empty>;
  let day = "";
  return (
    <ol class="plain log-lines">
      {shown.slice(0, 500).map((one, i) => {
        const now = date(one.at);
        const head = now !== day;
        day = now;
        return (
          <>
            {head && <li class="log-day" key={now}>{now}</li>}
            <li class="log-line" key={i}>
              <span class="small-face face"><Icon name={one.entity_id ? iconOf(one.entity_id, stateOf(one.entity_id).peek()) : "log"} size={16} /></span>
              <div class="grow">
                <div>
                  {one.entity_id ? <button type="button" class="log-name" onClick={() => { opened.value = one.entity_id; }}>{one.name}</button> : <strong>{one.name}</strong>}
                  {" "}{one.state !== null && one.entity_id ? t("logbook.became", { state: inWords(one.entity_id, one.state) }) : one.message}
                </div>
                <Because line={one} />
              </div>
              <time class="small muted nowrap" dateTime={moment(one.at)?.toISOString()}>{time(one.at)}</time>
            </li>
          </>
        );
      })}
    </ol>
  );
}

function inWords(entityId: string, state: string): string {
  const now = stateOf(entityId).peek();
  return stateText(entityId, { entity_id: entityId, attributes: now?.attributes ?? {}, last_changed: 0, last_updated: 0, state });
}

function Because({ line }: { line: LogLine }) {
  const why = [line.because, line.by && line.by !== line.because ? line.by : ""].filter(Boolean).join(" · ");
  return why ? <div class="small muted">{t("logbook.because", { what: why })}</div> : null;
}
