// Every page: its address, its place in the menu, and how it is fetched.
import type { ComponentType } from "preact";
import type { Key } from "./i18n";
import type { IconName } from "./icons";
import type { Params } from "./router";

export interface Page {
  pattern: string;
  load: () => Promise<{ default: ComponentType<Params> }>;
  /** In the menu under this text. */
  text?: Key;
  icon?: IconName;
  group?: "house" | "devices" | "hub";
  /** Who may see it; everybody if nothing is said. */
  role?: "viewer" | "operator" | "admin";
  /** Whether it is among the tabs of a phone. */
  tab?: boolean;
}

export const PAGES: Page[] = [
  { pattern: "/", load: () => import("./pages/overview"), text: "nav.overview", icon: "dashboard", group: "house", tab: true },
  { pattern: "/dashboards/:id", load: () => import("./pages/overview") },
  { pattern: "/automations", load: () => import("./pages/automations"), text: "nav.automations", icon: "bot", group: "house", role: "viewer", tab: true },
  { pattern: "/automations/show", load: () => import("./pages/automation"), role: "viewer" },
  { pattern: "/automations/edit", load: () => import("./pages/automation_edit"), role: "admin" },
  { pattern: "/history", load: () => import("./pages/history"), text: "nav.history", icon: "history", group: "house", tab: true },
  { pattern: "/energy", load: () => import("./pages/energy"), text: "nav.energy", icon: "energy", group: "house" },
  { pattern: "/logbook", load: () => import("./pages/logbook"), text: "nav.logbook", icon: "log", group: "house" },
  { pattern: "/devices", load: () => import("./pages/devices"), text: "nav.devices", icon: "device", group: "devices" },
  { pattern: "/devices/:id", load: () => import("./pages/device") },
  { pattern: "/entities", load: () => import("./pages/entities"), text: "nav.entities", icon: "toggle", group: "devices" },
  { pattern: "/rooms", load: () => import("./pages/rooms"), text: "nav.rooms", icon: "house", group: "devices", role: "admin" },
  { pattern: "/discovery", load: () => import("./pages/discovery"), text: "nav.discovery", icon: "radio", group: "devices", role: "admin" },
  { pattern: "/topics", load: () => import("./pages/mqtt"), text: "nav.mqtt", icon: "tree", group: "devices", role: "admin", tab: true },
  { pattern: "/iot", load: () => import("./pages/iot"), text: "nav.iot", icon: "network", group: "devices", role: "admin" },
  { pattern: "/iot/:kind/:id", load: () => import("./pages/iot_owner"), role: "admin" },
  { pattern: "/notifications", load: () => import("./pages/notifications"), text: "nav.notifications", icon: "bell", group: "hub" },
  { pattern: "/files", load: () => import("./pages/files"), text: "nav.files", icon: "file", group: "hub", role: "admin" },
  { pattern: "/plugins", load: () => import("./pages/plugins"), text: "nav.plugins", icon: "plugin", group: "hub", role: "admin" },
  { pattern: "/users", load: () => import("./pages/users"), text: "nav.users", icon: "users", group: "hub", role: "admin" },
  { pattern: "/backups", load: () => import("./pages/backups"), text: "nav.backups", icon: "archive", group: "hub", role: "admin" },
  { pattern: "/log", load: () => import("./pages/log"), text: "nav.log", icon: "bug", group: "hub", role: "admin" },
  { pattern: "/settings", load: () => import("./pages/settings"), text: "nav.settings", icon: "settings", group: "hub" },
];
