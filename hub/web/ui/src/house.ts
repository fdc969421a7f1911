// Areas, floors, devices and entities: what the house is made of, besides the states.
import { computed, signal } from "@preact/signals";
import { get } from "./api";
import { loadStates, watch } from "./live";

export interface Area { id: string; name: string; floor_id: string | null; icon: string | null }
export interface Floor { id: string; name: string; level: number | null }
export interface Label { id: string; name: string; description: string | null; color: string | null }
export interface Device {
  id: string; name: string | null; name_by_user: string | null; manufacturer: string | null; model: string | null;
  sw_version: string | null; hw_version: string | null; serial_number: string | null; configuration_url: string | null;
  area_id: string | null; via_device_id: string | null; disabled_by: string | null; labels?: string[]; identifiers?: [string, string][];
}
export interface Entity {
  entity_id: string; platform: string | null; unique_id: string | null; device_id: string | null; area_id: string | null;
  name: string | null; labels?: string[]; hidden: boolean; disabled: boolean; category: string | null;
}
interface Areas { areas: (Omit<Area, "id"> & { area_id: string })[]; floors: (Omit<Floor, "id"> & { floor_id: string })[]; labels: (Omit<Label, "id"> & { label_id: string })[] }

export interface House { floors: Floor[]; labels: Label[]; areas: Area[]; devices: Device[]; entities: Entity[] }

export const house = signal<House>({ floors: [], labels: [], areas: [], devices: [], entities: [] });
export const houseKnown = signal(false);
export const houseFailed = signal<unknown>(null);

export const areasById = computed(() => new Map(house.value.areas.map((one) => [one.id, one])));
export const devicesById = computed(() => new Map(house.value.devices.map((one) => [one.id, one])));
export const entitiesById = computed(() => new Map(house.value.entities.map((one) => [one.entity_id, one])));

export const deviceName = (device: Device | undefined): string => device?.name_by_user || device?.name || device?.id || "";

export function areaOf(entityId: string): Area | undefined {
  const entity = entitiesById.value.get(entityId);
  const device = entity?.device_id ? devicesById.value.get(entity.device_id) : undefined;
  return areasById.value.get(entity?.area_id ?? device?.area_id ?? "");
}

export function deviceOf(entityId: string): Device | undefined {
  return devicesById.value.get(entitiesById.value.get(entityId)?.device_id ?? "");
}

export async function loadHouse(): Promise<void> {
  try {
    const [entities, devices, areas] = await Promise.all([get<Entity[]>("/api/entities"), get<Device[]>("/api/devices"), get<Areas>("/api/areas"), loadStates()]);
    house.value = {
      entities, devices,
      areas: areas.areas.map((one) => ({ ...one, id: one.area_id })),
      labels: areas.labels.map((one) => ({ ...one, id: one.label_id })),
      floors: areas.floors.map((one) => ({ ...one, id: one.floor_id })),
    };
    houseKnown.value = true;
    houseFailed.value = null;
  } catch (error) {
    houseFailed.value = error;
  }
}

const CHANGES = ["entity_registry_updated", "device_registry_updated", "area_registry_updated", "floor_registry_updated", "label_registry_updated", "homeassistant_started"];

let stop: (() => void) | null = null;
let later = 0;

/** Keep it up to date from now on. */
export function followHouse(): void {
  if (stop) return;
  void loadHouse();
  stop = watch("events", { types: CHANGES }, () => {
    clearTimeout(later);
    later = window.setTimeout(() => void loadHouse(), 300);
  });
}
