// Arrange a dashboard by dragging or with the arrows; every step is written into the YAML at once.
import { useSignal } from "@preact/signals";
import { get, post, put } from "../api";
import { type Dashboard, type DashboardCard, loadDashboards } from "../dashboards";
import { nameOf } from "../entity";
import { house } from "../house";
import { t } from "../i18n";
import { Icon } from "../icons";
import { entityIds, stateOf } from "../live";
import { navigate } from "../router";
import { attempt } from "../toast";
import type { Change } from "./form";
import { Button, Card, Choice, Input } from "./basics";

interface Item { text: string; fingerprint: string }
type Move = Change & { move_to?: number };

const KIND = "dashboards";

/** Change the dashboard in its file: read, change there, save; what others wrote meanwhile is not touched. */
async function write(id: string, changes: Move[]): Promise<void> {
  const item = await get<Item>(`/api/config/item?kind=${KIND}&id=${encodeURIComponent(id)}`);
  const changed = await post<Item>("/api/config/item/change", { kind: KIND, text: item.text, changes });
  await put("/api/config/item", { kind: KIND, id, text: changed.text, fingerprint: item.fingerprint });
  await loadDashboards();
}

/** Begin a dashboard with the rooms that there are, and open it. */
export async function begin(title: string): Promise<void> {
  const lines = house.value.areas.map((area) => `  - area: ${area.id}\n`).join("");
  const id = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || `dashboard-${Date.now()}`;
  const text = `id: ${id}\ntitle: ${JSON.stringify(title)}\ncards:${lines ? `\n${lines}` : " []\n"}`;
  await put("/api/config/item", { kind: KIND, text });
  await loadDashboards();
  navigate(`/dashboards/${id}?arrange=yes`);
}

export default function Arrange({ board }: { board: Dashboard }) {
  const dragged = useSignal<number | null>(null);
  const over = useSignal<number | null>(null);
  const busy = useSignal(false);
  const change = async (changes: Move[]) => {
    if (busy.peek()) return;
    busy.value = true;
    await attempt(() => write(board.id, changes));
    busy.value = false;
  };
  const move = (from: number, to: number) => { if (from !== to && to >= 0 && to < board.cards.length) void change([{ path: ["cards", from], move_to: to }]); };
  const drop = () => {
    if (dragged.value !== null && over.value !== null) move(dragged.value, over.value);
    dragged.value = over.value = null;
  };
  return (
    <div class="stack">
      <p class="muted">{t("arrange.text")}</p>
      <ol class="plain arrange">
        {board.cards.map((card, i) => (
          <li key={i} class={`card arranged ${over.value === i ? "over" : ""}`} draggable onDragStart={(event) => { dragged.value = i; event.dataTransfer?.setData("text/plain", String(i)); }}
            onDragOver={(event) => { event.preventDefault(); over.value = i; }} onDragEnd={drop} onDrop={(event) => { event.preventDefault(); drop(); }}>
            <span class="muted"><Icon name="grip" size={18} /></span>
            <span class="grow">{titleOf(card)}</span>
            <Button small kind="quiet" icon="up" label={t("arrange.up", { name: titleOf(card) })} disabled={busy.value || i === 0} onClick={() => move(i, i - 1)} />
            <Button small kind="quiet" icon="down" label={t("arrange.down", { name: titleOf(card) })} disabled={busy.value || i === board.cards.length - 1} onClick={() => move(i, i + 1)} />
            <Button small kind="quiet" icon="trash" label={t("form.remove", { what: titleOf(card) })} disabled={busy.value} onClick={() => void change([{ path: ["cards", i], remove: true }])} />
          </li>
        ))}
      </ol>
      <NewCard onAdd={(card) => void change([{ path: ["cards", board.cards.length], value: card }])} />
    </div>
  );
}

function titleOf(card: DashboardCard): string {
  if (card.title) return card.title;
  if (card.area) return house.value.areas.find((one) => one.id === card.area)?.name ?? card.area;
  if (card.entities) return card.entities.map((id) => nameOf(stateOf(id).peek(), id)).join(", ");
  return card.text ?? card.device ?? "";
}

function NewCard({ onAdd }: { onAdd: (card: Record<string, unknown>) => void }) {
  const area = useSignal("");
  const title = useSignal("");
  const entities = useSignal("");
  const named = entities.value.split(",").map((one) => one.trim()).filter((one) => entityIds.value.includes(one));
  const add = (event: Event) => {
    event.preventDefault();
    onAdd(area.value ? { ...(title.value ? { title: title.value } : {}), area: area.value } : { ...(title.value ? { title: title.value } : {}), entities: named });
    area.value = title.value = entities.value = "";
  };
  return (
    <Card title={t("arrange.new")}>
      <form class="form" onSubmit={add}>
        <div class="pair">
          <Input label={t("arrange.title")} value={title.value} autocomplete="off" onValue={(value) => { title.value = value; }} />
          <Choice label={t("device.area")} value={area.value} options={[["", "–"], ...house.value.areas.map((one): [string, string] => [one.id, one.name])]} onValue={(value) => { area.value = value; }} />
        </div>
        {!area.value && <Input label={t("arrange.entities")} hint={t("arrange.entities.hint")} value={entities.value} autocomplete="off" onValue={(value) => { entities.value = value; }} />}
        <div class="row end"><Button type="submit" icon="plus" disabled={!area.value && !named.length}>{t("action.add")}</Button></div>
      </form>
    </Card>
  );
}
