// Who is logged in.
import { signal } from "@preact/signals";
import { ApiError, csrf, get, loggedOut, post } from "./api";
import { disconnect, connect } from "./live";

export interface User {
  id: string;
  name: string;
  role: string;
  totp?: boolean;
  recovery_codes?: number;
  grants?: Record<string, string>;
}

export interface Session {
  user: User;
  role: string;
  csrf: string | null;
  house: { name: string; language: string; time_zone: string; version?: string };
}

/** Undefined until it is known; null if nobody is logged in. */
export const session = signal<Session | null | undefined>(undefined);
export const unreachable = signal<ApiError | null>(null);

const RANKS = ["guest", "viewer", "operator", "admin"];

export function mayAs(role: "viewer" | "operator" | "admin"): boolean {
  return RANKS.indexOf(session.value?.role ?? "guest") >= RANKS.indexOf(role);
}

export const isAdmin = (): boolean => mayAs("admin");

/** Whether somebody logged in here before: else there is nothing to ask the hub. */
const KNOWN = "known";

export async function loadSession(): Promise<void> {
  if (!localStorage.getItem(KNOWN)) {
    session.value = null;
    return;
  }
  try {
    const found = await get<Session>("/api/session");
    csrf.value = found.csrf ?? "";
    unreachable.value = null;
    session.value = found;
    connect();
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) forget();
    else unreachable.value = error as ApiError;
  }
}

export async function logIn(name: string, password: string, code: string): Promise<void> {
  await post("/api/login", { name, password, ...(code ? { code } : {}) });
  localStorage.setItem(KNOWN, "yes");
  await loadSession();
}

export async function setUp(token: string, name: string, password: string): Promise<void> {
  await post("/api/setup", { token, name, password });
  localStorage.setItem(KNOWN, "yes");
  await loadSession();
}

export async function logOut(): Promise<void> {
  await post("/api/logout").catch(() => undefined);
  disconnect();
  csrf.value = "";
  forget();
}

function forget(): void {
  localStorage.removeItem(KNOWN);
  session.value = null;
}

loggedOut.subscribe((times) => {
  if (!times || !session.peek()) return;
  disconnect();
  forget();
});
