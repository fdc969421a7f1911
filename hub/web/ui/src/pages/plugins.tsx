// What the house is made of: plugins, what each offers, and which are broken.
import { useComputed, useSignal } from "@preact/signals";
import { Badge, Card, Empty, Failure, Loading, Notice, PageHead, SearchBox } from "../components/basics";
import { maybe, t } from "../i18n";
import { useFetch, useTitle } from "../use";

interface Plugin { name: string; version?: string | null; description?: string; origin?: string; offers?: Record<string, string[]>; error?: string | null; off?: string; apart?: boolean; faults?: number }

const OURS = "first party";

export default function Plugins() {
  useTitle(t("nav.plugins"));
  const list = useFetch<Plugin[]>("/api/plugins");
  const search = useSignal("");
  const shown = useComputed(() => (list.data.value ?? [])
    .filter((one) => JSON.stringify(one).toLowerCase().includes(search.value.toLowerCase()))
    .sort((a, b) => Number(!a.error) - Number(!b.error) || Number(a.origin === OURS) - Number(b.origin === OURS) || a.name.localeCompare(b.name)));
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  return (
    <>
      <PageHead title={t("nav.plugins")} lead={t("plugins.lead")}><SearchBox value={search} label={t("plugins.search")} /></PageHead>
      <Notice title={t("plugins.where")}>
        <p>{t("plugins.where.text")}</p>
        <pre class="code small">{"hub plugin search WORD\nhub plugin install NAME\nhub plugin upgrade NAME\nhub plugin remove NAME\nhub plugin new NAME"}</pre>
      </Notice>
      {!shown.value.length && <Empty icon="search" title={t("search.none")} />}
      <div class="rooms gap-above">
        {shown.value.map((one) => (
          <Card key={one.name} title={one.name} actions={<>{one.version && <Badge>{one.version}</Badge>}<Badge kind={one.origin === OURS ? "" : "info"}>{maybe(`plugins.origin.${one.origin}`) ?? one.origin}</Badge></>}>
            {one.error && <Notice kind="bad" title={t("plugins.broken")}>{one.error}</Notice>}
            {one.off && <p class="small muted">{t("plugins.off")}: {one.off}</p>}
            {one.apart && <p class="small muted">{t("plugins.apart")}</p>}
            {Boolean(one.faults) && <p class="small muted">{t("plugins.faults", { count: one.faults! })}</p>}
            {one.description && <p>{one.description}</p>}
            <dl class="facts small offers">{Object.entries(one.offers ?? {}).filter(([, names]) => names.length).map(([hook, names]) => <><dt key={hook}>{maybe(`plugins.kind.${hook}`) ?? hook.replaceAll("_", " ")}</dt><dd class="mono">{names.join(", ")}</dd></>)}</dl>
          </Card>
        ))}
      </div>
    </>
  );
}
