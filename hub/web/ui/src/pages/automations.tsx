// All automations: whether they are on, when they last ran, and why they did not.
import { useComputed, useSignal } from "@preact/signals";
import { post } from "../api";
import { type Automation, iconOf, outcomeText, toneOf } from "../automations";
import { Badge, Button, Empty, Failure, Loading, PageHead, SearchBox, Switch, Tabs } from "../components/basics";
import { Virtual } from "../components/virtual";
import { command } from "../entity";
import { ago, dateTime } from "../format";
import { t } from "../i18n";
import { navigate } from "../router";
import { isAdmin, mayAs } from "../session";
import { attempt } from "../toast";
import { useFetch, useNow, useTitle, useWatch } from "../use";

type Show = "all" | "on" | "off" | "trouble";

export default function Automations() {
  useTitle(t("nav.automations"));
  const list = useFetch<Automation[]>("/api/automations");
  const search = useSignal("");
  const show = useSignal<Show>("all");
  useWatch("traces", {}, () => void list.again());
  useWatch("events", { types: ["automation_reloaded"] }, () => void list.again());
  const shown = useComputed(() => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    return (list.data.value ?? []).filter((one) => {
      if (show.value === "on" && one.state !== "on") return false;
      if (show.value === "off" && one.state !== "off") return false;
      if (show.value === "trouble" && one.state !== "unavailable" && !["bad", "warn"].includes(toneOf(one.last_outcome))) return false;
      const text = `${one.name} ${one.entity_id} ${one.description ?? ""}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }).sort((a, b) => a.name.localeCompare(b.name));
  });
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  const fresh = isAdmin() && <Button kind="primary" icon="plus" onClick={() => navigate("/automations/edit")}>{t("automation.new")}</Button>;
  if (!list.data.value.length)
    return (
      <>
        <PageHead title={t("nav.automations")} />
        <Empty icon="bot" title={t("automation.none")} actions={fresh}><p>{t("automation.none.text")}</p></Empty>
      </>
    );
  return (
    <>
      <PageHead title={t("nav.automations")}><SearchBox value={search} label={t("automation.search")} />{fresh}</PageHead>
      <Tabs label={t("automation.filter")} chosen={show.value} onChoose={(key) => { show.value = key as Show; }}
        tabs={[["all", t("filter.all")], ["on", t("state.on")], ["off", t("state.off")], ["trouble", t("automation.trouble")]]} />
      {shown.value.length ? (
        <section class="card">
          <Virtual items={shown.value} rowHeight={72} keyOf={(one) => one.entity_id} label={t("nav.automations")} height={`min(${shown.value.length * 72 + 2}px, calc(100dvh - 210px))`}>
            {(one) => <Row automation={one} />}
          </Virtual>
        </section>
      ) : <Empty icon="search" title={t("search.none")} />}
    </>
  );
}

function Row({ automation }: { automation: Automation }) {
  const now = useNow(30);
  const { entity_id: id, name, state } = automation;
  const broken = state === "unavailable";
  const show = `/automations/show?id=${id}`;
  return (
    <>
      {broken ? <Badge kind="bad">{t("automation.refused")}</Badge>
        : <Switch on={state === "on"} label={t("automation.enable", { name })} disabled={!mayAs("operator")} onToggle={(on) => void command(id, on ? "turn_on" : "turn_off")} />}
      <div class="grow row-text">
        <a class="list-link" href={show}>{name}</a>
        <div class="small muted one-line">
          {automation.last_why && toneOf(automation.last_outcome) !== "good" ? automation.last_why : automation.description || id}
        </div>
      </div>
      <div class="row-end">
        {automation.last_outcome && <Badge kind={toneOf(automation.last_outcome)} icon={iconOf(automation.last_outcome)}>{outcomeText(automation.last_outcome)}</Badge>}
        <div class="small muted nowrap" title={automation.last_triggered ? dateTime(automation.last_triggered) : undefined}>
          {automation.last_triggered ? ago(automation.last_triggered, now) : t("automation.never")}
        </div>
      </div>
      <div class="row-buttons">
        {mayAs("operator") && !broken && <Button small kind="quiet" icon="play" label={t("automation.run", { name })} onClick={() => void run(id)} />}
        {isAdmin() && <Button small kind="quiet" icon="edit" label={t("automation.edit", { name })} onClick={() => navigate(`/automations/edit?id=${id}`)} />}
      </div>
    </>
  );
}

export const run = (id: string): Promise<boolean> =>
  attempt(() => post("/api/services/automation/trigger", { entity_id: id, skip_condition: true }), t("automation.ran"));

