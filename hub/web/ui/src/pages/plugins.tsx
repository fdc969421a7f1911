// What the house is made of: plugins, what each offers, and which are broken.
import { useComputed, useSignal } from "@preact/signals";
import { Badge, Card, Failure, Loading, Notice, PageHead, SearchBox } from "../components/basics";
import { t } from "../i18n";
import { useFetch, useTitle } from "../use";

interface Plugin { name: string; version?: string | null; description?: string; origin?: string; offers?: Record<string, string[]>; error?: string | null }

export default function Plugins() {
  useTitle(t("nav.plugins"));
  const list = useFetch<Plugin[]>("/api/plugins");
  const search = useSignal("");
  const shown = useComputed(() => (list.data.value ?? []).filter((one) => JSON.stringify(one).toLowerCase().includes(search.value.toLowerCase())));
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  return (
    <>
      <PageHead title={t("nav.plugins")} lead={t("plugins.lead")}><SearchBox value={search} label={t("plugins.search")} /></PageHead>
      <div class="cards">
        {shown.value.map((one) => (
          <Card key={one.name} title={one.name} actions={<Badge>{one.origin ?? one.version}</Badge>}>
            {one.error && <Notice kind="bad" title={t("plugins.broken")}>{one.error}</Notice>}
            {one.description && <p>{one.description}</p>}
            <dl class="facts small">{Object.entries(one.offers ?? {}).filter(([, names]) => names.length).map(([hook, names]) => <><dt key={hook}>{hook.replaceAll("_", " ")}</dt><dd class="mono">{names.join(", ")}</dd></>)}</dl>
          </Card>
        ))}
      </div>
      <p class="small muted">{t("plugins.how")} <code>hub plugin new NAME</code></p>
    </>
  );
}
