// The control that fits a domain, small for a tile: what one wants to do at a glance.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { command, domainOf, gone, isOn, numeric, supports, texts, word } from "../entity";
import { number } from "../format";
import { t } from "../i18n";
import type { EntityState } from "../live";
import { Button, Switch } from "./basics";

export interface ControlProps {
  entityId: string;
  state: EntityState;
  name: string;
}

/** A slider that sends while it is drawn, but not more often than a device likes. */
export function Slider({ label, value, min, max, step, onValue, disabled }: {
  label: string;
  value: number | null;
  min: number;
  max: number;
  step: number;
  onValue: (value: number) => void;
  disabled?: boolean;
}) {
  const drawn = useSignal<number | null>(null);
  const timer = useRef(0);
  const change = (amount: number) => {
    drawn.value = amount;
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      onValue(amount);
      timer.current = window.setTimeout(() => { drawn.value = null; }, 2000);
    }, 180);
  };
  return (
    <input type="range" class="slider" aria-label={label} min={min} max={max} step={step} disabled={disabled}
      value={drawn.value ?? value ?? min} onInput={(event) => change(event.currentTarget.valueAsNumber)} />
  );
}

function Toggle({ entityId, state, name }: ControlProps) {
  return <Switch on={state.state === "on" || isOn(entityId, state)} label={name} disabled={gone(state)}
    onToggle={(on) => command(entityId, on ? "turn_on" : "turn_off")} />;
}

function Press({ entityId, state, name }: ControlProps) {
  const domain = domainOf(entityId);
  const runs = domain === "scene" || domain === "script";
  const text = domain === "scene" ? t("control.activate") : domain === "script" ? t("control.run") : t("control.press");
  return <Button small disabled={gone(state)} aria-label={`${text}: ${name}`}
    onClick={() => command(entityId, runs ? "turn_on" : "press")}>{text}</Button>;
}

export function OpenClose({ entityId, state, name }: ControlProps) {
  const valve = domainOf(entityId) === "valve";
  const of = (verb: string) => `${verb}_${valve ? "valve" : "cover"}`;
  const off = gone(state);
  const position = numeric(state.attributes.current_position);
  return (
    <div class="stepper">
      <Button small kind="quiet" icon="up" label={`${t("control.open")}: ${name}`} disabled={off || (state.state === "open" && (position === null || position >= 100))} onClick={() => command(entityId, of("open"))} />
      <Button small kind="quiet" icon="stop" label={`${t("control.stop")}: ${name}`} disabled={off} onClick={() => command(entityId, of("stop"))} />
      <Button small kind="quiet" icon="down" label={`${t("control.close")}: ${name}`} disabled={off || state.state === "closed"} onClick={() => command(entityId, of("close"))} />
    </div>
  );
}

function LockControl({ entityId, state, name }: ControlProps) {
  const locked = state.state === "locked";
  const text = locked ? t("control.unlock") : t("control.lock");
  return <Button small icon={locked ? "unlock" : "lock"} disabled={gone(state)} aria-label={`${text}: ${name}`}
    onClick={() => command(entityId, locked ? "unlock" : "lock")}>{text}</Button>;
}

function Pick({ entityId, state, name }: ControlProps) {
  return (
    <select aria-label={name} disabled={gone(state)} value={state.state}
      onChange={(event) => command(entityId, "select_option", { option: event.currentTarget.value })}>
      {!texts(state.attributes.options).includes(state.state) && <option value={state.state}>{word(state.state)}</option>}
      {texts(state.attributes.options).map((option) => <option key={option} value={option}>{option}</option>)}
    </select>
  );
}

export function temperatureStep(state: EntityState): number {
  return numeric(state.attributes.target_temp_step) ?? 0.5;
}

function Target({ entityId, state, name }: ControlProps) {
  const target = numeric(state.attributes.temperature);
  const step = temperatureStep(state);
  const to = (value: number) => command(entityId, "set_temperature", { temperature: Number(value.toFixed(2)) });
  if (target === null) return null;
  return (
    <div class="stepper">
      <Button small kind="quiet" icon="minus" label={t("climate.cooler", { name })} disabled={gone(state)} onClick={() => to(target - step)} />
      <output aria-label={t("climate.target", { name })}>{number(target, 1)}°</output>
      <Button small kind="quiet" icon="plus" label={t("climate.warmer", { name })} disabled={gone(state)} onClick={() => to(target + step)} />
    </div>
  );
}

function Player({ entityId, state, name }: ControlProps) {
  const plays = state.state === "playing";
  return <Button small kind="quiet" icon={plays ? "pause" : "play"} disabled={gone(state)}
    label={`${plays ? t("control.pause") : t("control.play")}: ${name}`} onClick={() => command(entityId, "media_play_pause")} />;
}

function Cleaner({ entityId, state, name }: ControlProps) {
  const mower = domainOf(entityId) === "lawn_mower";
  const works = state.state === "cleaning" || state.state === "mowing";
  return (
    <div class="stepper">
      <Button small kind="quiet" icon={works ? "pause" : "play"} disabled={gone(state)} label={`${works ? t("control.pause") : t("control.start")}: ${name}`}
        onClick={() => command(entityId, works ? "pause" : mower ? "start_mowing" : "start")} />
      <Button small kind="quiet" icon="house" disabled={gone(state)} label={`${t("control.dock")}: ${name}`}
        onClick={() => command(entityId, mower ? "dock" : "return_to_base")} />
    </div>
  );
}

function TimerControl({ entityId, state, name }: ControlProps) {
  const active = state.state === "active";
  return (
    <div class="stepper">
      <Button small kind="quiet" icon={active ? "pause" : "play"} label={`${active ? t("control.pause") : t("control.start")}: ${name}`} onClick={() => command(entityId, active ? "pause" : "start")} />
      <Button small kind="quiet" icon="close" label={`${t("control.cancel")}: ${name}`} disabled={state.state === "idle"} onClick={() => command(entityId, "cancel")} />
    </div>
  );
}

function CounterControl({ entityId, state, name }: ControlProps) {
  return (
    <div class="stepper">
      <Button small kind="quiet" icon="minus" label={`−1: ${name}`} onClick={() => command(entityId, "decrement")} />
      <output aria-label={name}>{state.state}</output>
      <Button small kind="quiet" icon="plus" label={`+1: ${name}`} onClick={() => command(entityId, "increment")} />
    </div>
  );
}

function Install({ entityId, state, name }: ControlProps) {
  if (state.state !== "on") return null;
  return <Button small disabled={Boolean(state.attributes.in_progress)} aria-label={`${t("control.install")}: ${name}`}
    onClick={() => command(entityId, "install")}>{t("control.install")}</Button>;
}

const SMALL: Record<string, (props: ControlProps) => preact.JSX.Element | null> = {
  automation: Toggle, button: Press, climate: Target, counter: CounterControl, cover: OpenClose, fan: Toggle, group: Toggle,
  humidifier: Toggle, input_boolean: Toggle, input_button: Press, input_select: Pick, lawn_mower: Cleaner, light: Toggle,
  lock: LockControl, media_player: Player, remote: Toggle, scene: Press, script: Press, select: Pick, siren: Toggle,
  switch: Toggle, timer: TimerControl, update: Install, vacuum: Cleaner, valve: OpenClose, water_heater: Target,
};

/** The small control; null where a state is only read. */
export function SmallControl(props: ControlProps) {
  const domain = domainOf(props.entityId);
  if (domain === "group" && !["on", "off"].includes(props.state.state)) return null;
  const Small = SMALL[domain];
  return Small ? <Small {...props} /> : null;
}

/** A slider below the name, where one says most: brightness, position, a number. */
export function TileSlider({ entityId, state, name }: ControlProps) {
  const domain = domainOf(entityId);
  if (gone(state)) return null;
  if (domain === "light" && state.state === "on" && numeric(state.attributes.brightness) !== null)
    return <Slider label={t("light.brightness", { name })} min={1} max={100} step={1}
      value={Math.max(1, Math.round((numeric(state.attributes.brightness)! / 255) * 100))}
      onValue={(value) => command(entityId, "turn_on", { brightness_pct: value })} />;
  if (domain === "cover" && supports(state, 4) && numeric(state.attributes.current_position) !== null)
    return <Slider label={t("cover.position", { name })} min={0} max={100} step={1} value={numeric(state.attributes.current_position)}
      onValue={(value) => command(entityId, "set_cover_position", { position: value })} />;
  if (domain === "fan" && state.state === "on" && numeric(state.attributes.percentage) !== null)
    return <Slider label={t("fan.speed", { name })} min={0} max={100} step={numeric(state.attributes.percentage_step) ?? 1} value={numeric(state.attributes.percentage)}
      onValue={(value) => command(entityId, "set_percentage", { percentage: value })} />;
  if ((domain === "number" || domain === "input_number") && numeric(state.attributes.min) !== null)
    return <Slider label={name} min={numeric(state.attributes.min)!} max={numeric(state.attributes.max) ?? 100} step={numeric(state.attributes.step) ?? 1}
      value={numeric(state.state)} onValue={(value) => command(entityId, "set_value", { value })} />;
  return null;
}
