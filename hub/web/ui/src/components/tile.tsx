// One entity at a glance: its face, its name, its state, its control.
import { iconOf, isAlarm, isOn, gone, nameOf, shortName, stateText, domainOf } from "../entity";
import { locale } from "../i18n";
import { Icon } from "../icons";
import { stateOf } from "../live";
import { opened } from "./detail";
import { SmallControl, TileSlider } from "./controls";

const BARE = new Set(["sensor", "binary_sensor", "sun", "zone", "person", "device_tracker", "weather", "number", "input_number", "input_text", "text", "date", "time", "datetime", "input_datetime", "event"]);

/** Until the first time there is nothing to say of them. */
const PRESSED = new Set(["button", "input_button", "scene"]);

export function Tile({ entityId, prefixes = [], name }: { entityId: string; prefixes?: (string | null | undefined)[]; name?: string }) {
  const state = stateOf(entityId).value;
  const full = name ?? nameOf(state, entityId);
  const shown = name ?? shortName(full, ...prefixes);
  const bare = BARE.has(domainOf(entityId));
  const tone = isAlarm(entityId, state) ? "alarm" : isOn(entityId, state) ? "on" : "";
  const slider = state && TileSlider({ entityId, state, name: full });
  return (
    <div class={`tile ${tone} ${gone(state) ? "gone" : ""}`} data-entity={entityId}>
      <span class="face"><Icon name={iconOf(entityId, state)} /></span>
      <button type="button" class="open" onClick={() => { opened.value = entityId; }} title={full}>
        <span class="name">{shown}</span>
        {!bare && !(state?.state === "unknown" && PRESSED.has(domainOf(entityId))) && <span class="state">{stateText(entityId, state)}{extra(entityId, state)}</span>}
      </button>
      <div>{bare ? <span class="value">{stateText(entityId, state)}</span> : state && <SmallControl entityId={entityId} state={state} name={full} />}</div>
      {slider && <div class="below">{slider}</div>}
    </div>
  );
}

function extra(entityId: string, state: ReturnType<typeof stateOf>["value"]): string {
  if (!state || gone(state)) return "";
  const { brightness, current_position: position, current_temperature: now, percentage } = state.attributes;
  if (domainOf(entityId) === "light" && state.state === "on" && typeof brightness === "number") return ` · ${Math.max(1, Math.round(brightness / 2.55))}%`;
  if (typeof position === "number") return ` · ${position}%`;
  if (typeof now === "number") return ` · ${now.toLocaleString(locale.value, { maximumFractionDigits: 1 })}°`;
  if (state.state === "on" && typeof percentage === "number") return ` · ${percentage}%`;
  return "";
}
