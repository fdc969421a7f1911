// A part that is fetched when it is first shown.
import { useSignal } from "@preact/signals";
import type { ComponentType, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../i18n";
import { Button, Loading, Notice } from "./basics";

type Module<P> = { default: ComponentType<P> };
const kept = new Map<string, ComponentType<never>>();

export function Lazy<P extends object>({ load, ...props }: { load: () => Promise<Module<P>> } & P): JSX.Element {
  const key = String(load);
  const part = useSignal<ComponentType<P> | null>((kept.get(key) as ComponentType<P> | undefined) ?? null);
  const failed = useSignal(false);
  const fetchPart = () => {
    failed.value = false;
    load().then((module) => { kept.set(key, module.default as ComponentType<never>); part.value = module.default; }, () => { failed.value = true; });
  };
  useEffect(() => { if (!part.value) fetchPart(); }, [key]);
  const Part = part.value;
  if (Part) return <Part {...(props as unknown as P)} />;
  if (failed.value)
    return (
      <Notice kind="bad" title={t("error.part")}>
        <p>{t("error.part.text")}</p>
        <p><Button small icon="refresh" onClick={() => location.reload()}>{t("action.reload")}</Button></p>
      </Notice>
    );
  return <Loading />;
}
