// Lines of the logbook: what happened, and because of what.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api";
import { iconOf, stateText } from "../entity";
import { date, moment, time } from "../format";
import { iso } from "../history";
import { t } from "../i18n";
import { Icon } from "../icons";
import { stateOf } from "../live";
import { Empty, Failure, Loading } from "./basics";
import { opened } from "./detail";

export interface LogLine { when: string | number; name?: string; entity_id?: string; state?: string; message?: string; domain?: string; cause?: string[] | string; context_name?: string; icon?: string; user?: string }

export default function LogLines({ entityId, from, to, search = "" }: { entityId?: string; from: number; to: number; search?: string }) {
  const lines = useSignal<LogLine[] | null>(null);
  const failed = useSignal<unknown>(null);
  const load = async () => {
    const query = new URLSearchParams({ end_time: iso(to) });
    if (entityId) query.set("entity", entityId);
    try {
      lines.value = await get<LogLine[]>(`/api/logbook/${iso(from)}?${query}`);
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
        const now = date(one.when);
        const head = now !== day;
        day = now;
        return (
          <>
            {head && <li class="log-day" key={now}>{now}</li>}
            <li class="log-line" key={i}>
              <span class="small-face face"><Icon name={one.entity_id ? iconOf(one.entity_id, stateOf(one.entity_id).peek()) : "log"} size={16} /></span>
              <div class="grow">
                <div>
                  {one.entity_id ? <button type="button" class="log-name" onClick={() => { opened.value = one.entity_id!; }}>{one.name ?? one.entity_id}</button> : <strong>{one.name}</strong>}
                  {" "}{one.message ?? (one.state !== undefined && one.entity_id ? t("logbook.became", { state: stateText(one.entity_id, { ...(stateOf(one.entity_id).peek() ?? { attributes: {}, last_changed: 0, last_updated: 0, entity_id: one.entity_id }), state: one.state }) }) : "")}
                </div>
                <Because line={one} />
              </div>
              <time class="small muted nowrap" dateTime={moment(one.when)?.toISOString()}>{time(one.when)}</time>
            </li>
          </>
        );
      })}
    </ol>
  );
}

function Because({ line }: { line: LogLine }) {
  const chain = Array.isArray(line.cause) ? line.cause : line.cause ? [line.cause] : line.context_name ? [line.context_name] : [];
  if (!chain.length) return null;
  return <div class="small muted">{t("logbook.because", { what: chain.join(" ← ") })}</div>;
}
