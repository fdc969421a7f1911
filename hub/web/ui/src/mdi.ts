// Names of Material Design's icons, as Home Assistant's users write them, for those that the pages can draw.
import type { IconName } from "./icons";

export const ICONS: Record<string, IconName> = {
  "mdi:lightbulb": "light", "mdi:lamp": "light", "mdi:power": "power", "mdi:power-plug": "plug", "mdi:fan": "fan", "mdi:radiator": "flame",
  "mdi:fire": "flame", "mdi:thermometer": "thermometer", "mdi:water": "water", "mdi:water-percent": "water", "mdi:snowflake": "cold",
  "mdi:air-conditioner": "air", "mdi:blinds": "blinds", "mdi:window-shutter": "blinds", "mdi:door": "door", "mdi:garage": "door", "mdi:lock": "lock",
  "mdi:shield": "shield", "mdi:motion-sensor": "motion", "mdi:weather-sunny": "sun", "mdi:weather-windy": "wind", "mdi:flash": "energy",
  "mdi:battery": "battery", "mdi:gauge": "gauge", "mdi:television": "tv", "mdi:robot-vacuum": "wind", "mdi:bell": "bell", "mdi:timer": "timer",
  "mdi:calendar": "calendar", "mdi:account": "user", "mdi:home": "house", "mdi:food": "food", "mdi:star": "star", "mdi:cog": "settings",
  "mdi:map-marker": "map", "mdi:message": "message", "mdi:eye": "eye", "mdi:waves": "waves",
};
