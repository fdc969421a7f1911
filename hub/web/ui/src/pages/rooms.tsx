// Rooms, floors and labels: made, named, put in order, taken away.
import { useSignal } from "@preact/signals";
import { del, patch, post, url } from "../api";
import { Button, Card, Choice, Confirmed, Dialog, Empty, Failure, Input, Loading, PageHead } from "../components/basics";
import { house, houseFailed, houseKnown, loadHouse } from "../house";
import { type Key, t } from "../i18n";
import { attempt } from "../toast";
import { useTitle } from "../use";

type Kind = "areas" | "floors" | "labels";
interface Thing { id: string; name: string; floor_id?: string | null; level?: number | null }
interface Edited { kind: Kind; thing: Thing | null }

const TITLES: Record<Kind, Key> = { areas: "rooms.rooms", floors: "rooms.floors", labels: "rooms.labels" };
const NEW: Record<Kind, Key> = { areas: "rooms.new_area", floors: "rooms.new_floor", labels: "rooms.new_label" };

export default function Rooms() {
  useTitle(t("nav.rooms"));
  const edited = useSignal<Edited | null>(null);
  if (houseFailed.value && !houseKnown.value) return <Failure error={houseFailed.value} again={() => void loadHouse()} />;
  if (!houseKnown.value) return <Loading />;
  const { areas, floors, labels, devices } = house.value;
  const floorName = (one: Thing) => floors.find((floor) => floor.id === one.floor_id)?.name;
  const list = (kind: Kind, things: Thing[], about: (one: Thing) => string | undefined) => (
    <Card title={t(TITLES[kind])} actions={<Button small icon="plus" onClick={() => { edited.value = { kind, thing: null }; }}>{t(NEW[kind])}</Button>}>
      {things.length ? (
        <ul class="plain named">
          {things.map((one) => (
            <li class="row" key={one.id}>
              <span class="grow"><strong>{one.name}</strong> <span class="small muted">{about(one)}</span></span>
              <Button small kind="quiet" icon="edit" label={`${t("action.edit")}: ${one.name}`} onClick={() => { edited.value = { kind, thing: one }; }} />
              <Confirmed title={t("rooms.delete.title", { name: one.name })} text={t(`rooms.delete.${kind}`)} action={t("action.delete")} onConfirm={() => attempt(() => del(url`/api/${kind}/${one.id}`).then(loadHouse))}>{(ask) => <Button small kind="quiet" icon="trash" label={`${t("action.delete")}: ${one.name}`} onClick={ask} />}</Confirmed>
            </li>
          ))}
        </ul>
      ) : <Empty icon={kind === "labels" ? "star" : "house"} title={t(`rooms.none.${kind}`)}><p>{t(`rooms.none.${kind}.text`)}</p></Empty>}
    </Card>
  );
  return (
    <>
      <PageHead title={t("nav.rooms")} lead={t("rooms.lead")} />
      <div class="two">
        {list("areas", areas, (one) => [floorName(one), t("devices.count", { count: devices.filter((device) => device.area_id === one.id).length })].filter(Boolean).join(" · "))}
        <div class="stack">
          {list("floors", floors, (one) => one.level == null ? undefined : t("rooms.level", { level: one.level }))}
          {list("labels", labels, () => undefined)}
        </div>
      </div>
      {edited.value && <Edit key={edited.value.thing?.id} {...edited.value} onClose={() => { edited.value = null; }} />}
    </>
  );
}

function Edit({ kind, thing, onClose }: Edited & { onClose: () => void }) {
  const name = useSignal(thing?.name ?? "");
  const floor = useSignal(thing?.floor_id ?? "");
  const level = useSignal(thing?.level == null ? "" : String(thing.level));
  const send = (event: Event) => {
    event.preventDefault();
    const given = {
      name: name.value, ...(kind === "areas" ? { floor: floor.value || null } : {}),
      ...(kind === "floors" ? { level: level.value === "" ? null : Number(level.value) } : {}),
    };
    void attempt(() => (thing ? patch(url`/api/${kind}/${thing.id}`, given) : post(`/api/${kind}`, given)).then(loadHouse), t("action.saved")).then((well) => { if (well) onClose(); });
  };
  return (
    <Dialog title={thing?.name ?? t(NEW[kind])} onClose={onClose}>
      <form class="form" onSubmit={send}>
        <Input label={t("users.name")} value={name.value} required autocomplete="off" onValue={(value) => { name.value = value; }} />
        {kind === "areas" && house.value.floors.length > 0 && <Choice label={t("rooms.floor")} value={floor.value} options={[["", "–"], ...house.value.floors.map((one): [string, string] => [one.id, one.name])]} onValue={(value) => { floor.value = value; }} />}
        {kind === "floors" && <Input label={t("rooms.height")} type="number" hint={t("rooms.height.hint")} value={level.value} onValue={(value) => { level.value = value; }} />}
        <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.save")}</Button></div>
      </form>
    </Dialog>
  );
}
