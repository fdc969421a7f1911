// Names, icons, rooms and labels that people give to devices and entities.
import { useSignal } from "@preact/signals";
import { del, patch, url } from "../api";
import { nameOf } from "../entity";
import { deviceName, entitiesById, house, loadHouse, type Device } from "../house";
import { t } from "../i18n";
import { ICONS } from "../mdi";
import { stateOf } from "../live";
import { navigate } from "../router";
import { attempt } from "../toast";
import { Button, Check, Choice, Confirmed, Dialog, Input } from "./basics";

const areas = (): [string, string][] => [["", "–"], ...house.value.areas.map((one): [string, string] => [one.id, one.name])];

function Labels({ chosen, onChoose }: { chosen: string[]; onChoose: (labels: string[]) => void }) {
  if (!house.value.labels.length) return null;
  return (
    <fieldset class="parts"><legend>{t("rooms.labels")}</legend>
      {house.value.labels.map((label) => (
        <Check key={label.id} label={label.name} value={chosen.includes(label.id)} onValue={(on) => onChoose(on ? [...chosen, label.id] : chosen.filter((one) => one !== label.id))} />
      ))}
    </fieldset>
  );
}

export function EditDevice({ device, onClose }: { device: Device; onClose: () => void }) {
  const name = useSignal(device.name_by_user ?? device.name ?? "");
  const area = useSignal(device.area_id ?? "");
  const labels = useSignal(device.labels ?? []);
  const disabled = useSignal(Boolean(device.disabled_by));
  const send = (event: Event) => {
    event.preventDefault();
    const changes = {
      name_by_user: name.value === device.name ? null : name.value, area_id: area.value || null, labels: labels.value,
      ...(disabled.value === Boolean(device.disabled_by) ? {} : { disabled: disabled.value }),
    };
    void attempt(() => patch(url`/api/devices/${device.id}`, changes).then(loadHouse), t("action.saved")).then((well) => { if (well) onClose(); });
  };
  const forget = () => attempt(() => del(url`/api/devices/${device.id}`).then(loadHouse), t("device.forgotten")).then((well) => { if (well) navigate("/devices"); });
  return (
    <Dialog title={deviceName(device)} onClose={onClose}>
      <form class="form" onSubmit={send}>
        <Input label={t("users.name")} value={name.value} hint={t("naming.name")} autocomplete="off" onValue={(value) => { name.value = value; }} />
        <Choice label={t("device.area")} value={area.value} options={areas()} onValue={(value) => { area.value = value; }} />
        <Labels chosen={labels.value} onChoose={(value) => { labels.value = value; }} />
        <Check label={t("naming.disabled")} value={disabled.value} onValue={(value) => { disabled.value = value; }} />
        <div class="row end">
          <Confirmed title={t("device.forget.title", { name: deviceName(device) })} text={t("device.forget.text")} action={t("device.forget")} onConfirm={forget}>{(ask) => <Button kind="danger" icon="trash" onClick={ask}>{t("device.forget")}</Button>}</Confirmed>
          <span class="grow" />
          <Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.save")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

export default function EditEntity({ entityId, onClose }: { entityId: string; onClose: () => void }) {
  const entry = entitiesById.value.get(entityId);
  const state = stateOf(entityId).peek();
  const name = useSignal(entry?.name ?? nameOf(state, entityId));
  const icon = useSignal(String(state?.attributes.icon ?? ""));
  const area = useSignal(entry?.area_id ?? "");
  const labels = useSignal(entry?.labels ?? []);
  const hidden = useSignal(entry?.hidden ?? false);
  const disabled = useSignal(entry?.disabled ?? false);
  const id = useSignal(entityId);
  const first = { name: name.peek(), icon: icon.peek(), area: area.peek() };
  const send = (event: Event) => {
    event.preventDefault();
    const changes = {
      ...(name.value === first.name ? {} : { name: name.value || null }), ...(icon.value === first.icon ? {} : { icon: icon.value || null }),
      ...(area.value === first.area ? {} : { area: area.value || null }), labels: labels.value, hidden: hidden.value, disabled: disabled.value,
      ...(id.value === entityId ? {} : { new_id: id.value }),
    };
    void attempt(() => patch(url`/api/entities/${entityId}`, changes).then(loadHouse), t("action.saved")).then((well) => { if (well) onClose(); });
  };
  if (!entry?.unique_id) return <p class="muted">{t("naming.yaml")}</p>;
  const icons: [string, string][] = [["", t("naming.icon.own")], ...Object.keys(ICONS).map((one): [string, string] => [one, one.slice(4).replaceAll("-", " ")])];
  if (icon.value && !(icon.value in ICONS)) icons.push([icon.value, icon.value]);
  return (
    <form class="form" onSubmit={send}>
      <Input label={t("users.name")} value={name.value} hint={t("naming.name")} autocomplete="off" onValue={(value) => { name.value = value; }} />
      <div class="pair">
        <Choice label={t("naming.icon")} value={icon.value} options={icons} onValue={(value) => { icon.value = value; }} />
        <Choice label={t("device.area")} value={area.value} options={areas()} onValue={(value) => { area.value = value; }} />
      </div>
      <Labels chosen={labels.value} onChoose={(value) => { labels.value = value; }} />
      <Input label={t("detail.entity")} value={id.value} hint={t("naming.id")} autocomplete="off" autocapitalize="none" spellcheck={false} onValue={(value) => { id.value = value; }} />
      <Check label={t("naming.hidden")} value={hidden.value} onValue={(value) => { hidden.value = value; }} />
      <Check label={t("naming.disabled")} value={disabled.value} onValue={(value) => { disabled.value = value; }} />
      <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.save")}</Button></div>
    </form>
  );
}
