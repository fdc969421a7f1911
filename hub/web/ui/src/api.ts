// Requests to the hub, and its errors: what is wrong, and what to do about it.
import { signal } from "@preact/signals";
import { t } from "./i18n";

export interface Problem {
  file?: string;
  line?: number;
  column?: number;
  path?: string;
  message: string;
  remedy?: string;
  error?: boolean;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: string,
    readonly remedy = "",
    readonly body: Record<string, unknown> = {},
  ) {
    super(problem);
  }

  get problems(): Problem[] {
    return Array.isArray(this.body.problems) ? (this.body.problems as Problem[]) : [];
  }
}

export const csrf = signal("");
export const loggedOut = signal(0);

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export async function request(method: Method, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && csrf.peek()) headers["X-CSRF-Token"] = csrf.peek();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new ApiError(0, t("error.unreachable"), t("error.unreachable.remedy"));
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  if (response.status === 401 && !["/api/session", "/api/login", "/api/setup"].includes(path)) loggedOut.value++;
  throw new ApiError(response.status, textOf(told, response.status), String(told.remedy ?? ""), told);
}

function textOf(told: Record<string, unknown>, status: number): string {
  const text = told.problem ?? told.message ?? told.detail ?? told.error;
  if (typeof text === "string" && text) return text;
  if (status === 403) return t("error.forbidden");
  if (status === 404) return t("error.missing");
  return t("error.status", { status });
}

async function json<T>(method: Method, path: string, body?: unknown): Promise<T> {
  const response = await request(method, path, body);
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

export const get = <T>(path: string): Promise<T> => json<T>("GET", path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => json<T>("POST", path, body);
export const put = <T>(path: string, body: unknown): Promise<T> => json<T>("PUT", path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => json<T>("PATCH", path, body);
export const del = <T>(path: string, body?: unknown): Promise<T> => json<T>("DELETE", path, body);

/** `/api/x/{id}` with each part encoded: url`/api/x/${id}`. */
export function url(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce((made, part, i) => made + (i ? encodeURIComponent(values[i - 1]!) : "") + part, "");
}
