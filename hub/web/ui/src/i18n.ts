// Texts in the reader's language. English comes with the pages; another one is fetched when it is needed.
import { signal } from "@preact/signals";
import english from "./messages/en.json";

export type Key = keyof typeof english;
export const LANGUAGES = { en: "English", de: "Deutsch", ru: "Русский" } as const;
export type Language = keyof typeof LANGUAGES;

type Messages = Record<string, string>;

const loaders: Record<Exclude<Language, "en">, () => Promise<{ default: Messages }>> = {
  de: () => import("./messages/de.json"),
  ru: () => import("./messages/ru.json"),
};

export const language = signal<Language>("en");
/** How numbers and times are written: the language as the reader's region has it, such as en-GB. */
export const locale = signal("en");
const messages = signal<Messages>(english);
let plural = new Intl.PluralRules("en");

export async function useLanguage(wanted: Language): Promise<void> {
  try {
    messages.value = wanted === "en" ? english : { ...english, ...(await loaders[wanted]()).default };
    language.value = wanted;
    locale.value = navigator.languages.find((one) => one.slice(0, 2).toLowerCase() === wanted) ?? wanted;
    plural = new Intl.PluralRules(wanted);
    document.documentElement.lang = wanted;
  } catch {
    // The file can't be fetched just now: the page stays in the language that it has.
  }
}

/** The language chosen before in this browser, else the first of the browser's that we have. */
export function preferredLanguage(): Language {
  const wished = [localStorage.getItem("language") ?? "", ...navigator.languages];
  for (const wish of wished) {
    const short = wish.slice(0, 2).toLowerCase();
    if (short in LANGUAGES) return short as Language;
  }
  return "en";
}

export type Values = Record<string, string | number>;

function fill(text: string, values?: Values): string {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : text;
}

/** The text of a key. With `count` the form for that number: the key's `one`, `few`, `many`, `other`. */
export function t(key: Key, values?: Values): string {
  const all = messages.value;
  if (values && typeof values.count === "number") {
    const form = all[`${key}#${plural.select(values.count)}`];
    if (form !== undefined) return fill(form, values);
  }
  return fill(all[key] ?? key, values);
}

/** The text of a key that may not exist, such as that of a state only one plugin knows. */
export function maybe(key: string): string | undefined {
  return messages.value[key];
}
