// What the pages know of each domain: its icon, its states in words, when it counts as "on".
import { post } from "./api";
import { number } from "./format";
import { maybe, t } from "./i18n";
import type { IconName } from "./icons";
import type { EntityState } from "./live";
import { ICONS } from "./mdi";
import { complain } from "./toast";

export const domainOf = (entityId: string): string => entityId.slice(0, entityId.indexOf("."));
export const gone = (state?: EntityState): boolean => !state || state.state === "unavailable";

export function nameOf(state: EntityState | undefined, entityId: string): string {
  const name = state?.attributes.friendly_name;
  return typeof name === "string" && name ? name : entityId;
}

/** The name without that of its area or device, as far as something is left. */
export function shortName(name: string, ...prefixes: (string | null | undefined)[]): string {
  for (const prefix of prefixes) {
    if (!prefix || !name.toLowerCase().startsWith(prefix.toLowerCase() + " ")) continue;
    const rest = name.slice(prefix.length + 1);
    return rest.charAt(0).toUpperCase() + rest.slice(1);
  }
  return name;
}

const DOMAIN_ICONS: Record<string, IconName> = {
  alarm_control_panel: "shield", automation: "bot", binary_sensor: "dot", button: "press", calendar: "calendar", camera: "eye",
  climate: "thermometer", counter: "plus", cover: "blinds", date: "calendar", datetime: "calendar", device_tracker: "map",
  event: "radio", fan: "fan", group: "dashboard", humidifier: "water", image: "eye", input_boolean: "toggle",
  input_button: "press", input_datetime: "calendar", input_number: "sliders", input_select: "more", input_text: "text",
  lawn_mower: "wind", light: "light", lock: "lock", media_player: "tv", number: "sliders", person: "user", plant: "sun",
  remote: "tv", scene: "scene", schedule: "calendar", script: "play", select: "more", sensor: "gauge", siren: "bell",
  sun: "sun", switch: "power", text: "text", time: "alarm", timer: "timer", update: "update", vacuum: "wind", valve: "waves",
  water_heater: "flame", weather: "sun", zone: "map",
};

const CLASS_ICONS: Record<string, IconName> = {
  battery: "battery", carbon_dioxide: "wind", carbon_monoxide: "shieldAlert", cold: "cold", current: "energy", door: "door",
  duration: "timer", energy: "energy", garage_door: "door", gas: "flame", heat: "flame", humidity: "water",
  illuminance: "sun", light: "sun", lock: "lock", moisture: "water", motion: "motion", moving: "activity", occupancy: "motion",
  opening: "door", outlet: "plug", plug: "plug", power: "energy", precipitation: "water", presence: "house", pressure: "gauge",
  problem: "warning", safety: "shieldAlert", signal_strength: "radio", smoke: "flame", sound: "activity", tamper: "shieldAlert",
  temperature: "thermometer", timestamp: "calendar", vibration: "activity", voltage: "energy", volume: "water", water: "water",
  wind_speed: "wind", window: "door", connectivity: "network", update: "update",
};

export function iconOf(entityId: string, state?: EntityState): IconName {
  const chosen = ICONS[String(state?.attributes.icon ?? "")];
  if (chosen) return chosen;
  const byClass = CLASS_ICONS[String(state?.attributes.device_class ?? "")];
  if (byClass) return byClass;
  if (domainOf(entityId) === "lock" && state?.state === "unlocked") return "unlock";
  return DOMAIN_ICONS[domainOf(entityId)] ?? "dot";
}

const ON = new Set([
  "on", "open", "opening", "closing", "unlocked", "unlocking", "home", "playing", "heat", "cool", "heat_cool", "auto", "dry",
  "fan_only", "cleaning", "mowing", "returning", "active", "detected", "triggered", "eco", "performance", "electric",
  "high_demand", "heat_pump", "gas",
]);
const WITHOUT_ON = new Set(["sensor", "sun", "zone", "event", "weather", "automation", "select", "input_select", "text"]);
const ALARMS = new Set(["smoke", "gas", "carbon_monoxide", "problem", "safety", "tamper", "moisture"]);

export function isOn(entityId: string, state?: EntityState): boolean {
  return !!state && ON.has(state.state) && !WITHOUT_ON.has(domainOf(entityId));
}

export function isAlarm(entityId: string, state?: EntityState): boolean {
  if (domainOf(entityId) === "alarm_control_panel") return state?.state === "triggered";
  return isOn(entityId, state) && ALARMS.has(String(state!.attributes.device_class ?? ""));
}

/** The state in the reader's words, with its unit. */
export function stateText(entityId: string, state?: EntityState): string {
  if (!state) return t("state.missing");
  const value = state.state;
  if (value === "unknown" || value === "unavailable") return t(`state.${value}`);
  const deviceClass = String(state.attributes.device_class ?? "");
  const domain = domainOf(entityId);
  if (domain === "binary_sensor") {
    const words = maybe(`state.binary_sensor.${deviceClass}.${value}`);
    if (words) return words;
  }
  const unit = state.attributes.unit_of_measurement;
  if (unit !== undefined || domain === "number" || domain === "input_number" || domain === "counter") {
    const amount = Number(value);
    const text = value.trim() !== "" && Number.isFinite(amount) ? number(amount) : value;
    return unit ? `${text}${unit === "%" || unit === "°" ? "" : " "}${unit}` : text;
  }
  if (deviceClass === "timestamp" || ["button", "input_button", "scene", "event"].includes(domain)) {
    const at = new Date(value);
    return Number.isNaN(at.getTime()) ? value : at.toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  }
  return maybe(`state.${domain}.${value}`) ?? maybe(`state.${value}`) ?? value.replaceAll("_", " ");
}

/** A word of an option or mode, such as `heat_cool`. */
export const word = (value: string): string => maybe(`state.${value}`) ?? value.replaceAll("_", " ");

/** Call a service for one entity; what the hub refuses is shown. */
export async function command(entityId: string, service: string, data: Record<string, unknown> = {}): Promise<void> {
  const [domain, name] = service.includes(".") ? service.split(".") : [domainOf(entityId), service];
  try {
    await post(`/api/services/${domain}/${name}`, { entity_id: entityId, ...data });
  } catch (error) {
    complain(error);
  }
}

export function supports(state: EntityState | undefined, feature: number): boolean {
  return (Number(state?.attributes.supported_features ?? 0) & feature) !== 0;
}

export function numeric(value: unknown): number | null {
  const amount = typeof value === "number" ? value : typeof value === "string" && value.trim() ? Number(value) : NaN;
  return Number.isFinite(amount) ? amount : null;
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
