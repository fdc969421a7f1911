// The whole control of a domain, for the detail dialog and device pages: all that it can do.
import { useSignal } from "@preact/signals";
import { command, domainOf, gone, isOn, numeric, supports, texts, word } from "../entity";
import { t } from "../i18n";
import type { EntityState } from "../live";
import { Button, Choice, Field, Input, Switch } from "./basics";
import { OpenClose, Slider, SmallControl, TileSlider, temperatureStep, type ControlProps } from "./controls";
import { Dial } from "./dial";

function Row({ label, children }: { label: string; children: preact.ComponentChildren }) {
  return <div class="field"><span class="label">{label}</span>{children}</div>;
}

function Choices({ label, options, chosen, onChoose }: { label: string; options: string[]; chosen: unknown; onChoose: (option: string) => void }) {
  if (!options.length) return null;
  return (
    <Row label={label}>
      <div class="choices" role="group" aria-label={label}>
        {options.map((option) => (
          <button type="button" key={option} aria-pressed={option === chosen} onClick={() => onChoose(option)}>{word(option)}</button>
        ))}
      </div>
    </Row>
  );
}

function Climate({ entityId, state, name }: ControlProps) {
  const a = state.attributes;
  const action = String(a.hvac_action ?? "");
  const mood = action === "cooling" || state.state === "cool" ? "cool" : state.state === "off" || action === "idle" || action === "off" ? "idle" : "heat";
  const low = numeric(a.target_temp_low);
  const high = numeric(a.target_temp_high);
  const unit = String(a.temperature_unit ?? "°C");
  const set = (data: Record<string, unknown>) => command(entityId, "set_temperature", data);
  const limits = { min: numeric(a.min_temp) ?? 7, max: numeric(a.max_temp) ?? 35, step: temperatureStep(state), unit, mood } as const;
  return (
    <>
      {low !== null && high !== null && numeric(a.temperature) === null ? (
        <>
          <Dial {...limits} label={t("climate.low", { name })} target={low} now={numeric(a.current_temperature)} caption={t("climate.from")} mood="heat" onTarget={(value) => set({ target_temp_low: value, target_temp_high: high })} />
          <Dial {...limits} label={t("climate.high", { name })} target={high} now={numeric(a.current_temperature)} caption={t("climate.to")} mood="cool" onTarget={(value) => set({ target_temp_low: low, target_temp_high: value })} />
        </>
      ) : (
        <Dial {...limits} label={t("climate.target", { name })} target={numeric(a.temperature)} now={numeric(a.current_temperature)}
          caption={word(action || state.state)} onTarget={(value) => set({ temperature: value })} />
      )}
      <Choices label={t("climate.mode")} options={texts(a.hvac_modes ?? a.operation_list)} chosen={domainOf(entityId) === "climate" ? state.state : a.operation_mode ?? state.state}
        onChoose={(mode) => domainOf(entityId) === "climate" ? command(entityId, "set_hvac_mode", { hvac_mode: mode }) : command(entityId, "set_operation_mode", { operation_mode: mode })} />
      <Choices label={t("climate.preset")} options={texts(a.preset_modes)} chosen={a.preset_mode} onChoose={(preset_mode) => command(entityId, "set_preset_mode", { preset_mode })} />
      <Choices label={t("climate.fan")} options={texts(a.fan_modes)} chosen={a.fan_mode} onChoose={(fan_mode) => command(entityId, "set_fan_mode", { fan_mode })} />
      <Choices label={t("climate.swing")} options={texts(a.swing_modes)} chosen={a.swing_mode} onChoose={(swing_mode) => command(entityId, "set_swing_mode", { swing_mode })} />
    </>
  );
}

const hex = (rgb: unknown): string => Array.isArray(rgb) ? `#${rgb.slice(0, 3).map((part) => Math.round(Number(part)).toString(16).padStart(2, "0")).join("")}` : "#ffffff";
const COLOURED = new Set(["hs", "rgb", "rgbw", "rgbww", "xy"]);

function Light({ entityId, state, name }: ControlProps) {
  const a = state.attributes;
  const modes = texts(a.supported_color_modes);
  const dims = modes.some((mode) => mode !== "onoff") || numeric(a.brightness) !== null;
  const warm = numeric(a.min_color_temp_kelvin) ?? 2000;
  const cold = numeric(a.max_color_temp_kelvin) ?? 6500;
  return (
    <>
      <div class="row"><Switch on={isOn(entityId, state)} label={name} onToggle={(on) => command(entityId, on ? "turn_on" : "turn_off")} /><span>{word(state.state)}</span></div>
      {dims && <Row label={t("light.brightness.label")}><Slider label={t("light.brightness", { name })} min={0} max={100} step={1} value={Math.round((numeric(a.brightness) ?? 0) / 2.55)}
        onValue={(value) => value ? command(entityId, "turn_on", { brightness_pct: value }) : command(entityId, "turn_off")} /></Row>}
      {modes.includes("color_temp") && <Row label={t("light.temperature")}><Slider label={t("light.temperature")} min={warm} max={cold} step={50} value={numeric(a.color_temp_kelvin)}
        onValue={(value) => command(entityId, "turn_on", { color_temp_kelvin: value })} /></Row>}
      {modes.some((mode) => COLOURED.has(mode)) && <Field label={t("light.colour")}>{(id) => (
        <input type="color" id={id} value={hex(a.rgb_color)} onChange={(event) => {
          const text = event.currentTarget.value;
          void command(entityId, "turn_on", { rgb_color: [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)) });
        }} />
      )}</Field>}
      {texts(a.effect_list).length > 0 && <Choice label={t("light.effect")} value={String(a.effect ?? "")} options={[["", "–"], ...texts(a.effect_list).map((one) => [one, one] as [string, string])]}
        onValue={(effect) => effect && command(entityId, "turn_on", { effect })} />}
    </>
  );
}

function Cover(props: ControlProps) {
  const { entityId, state, name } = props;
  const domain = domainOf(entityId);
  return (
    <>
      <OpenClose {...props} />
      {domain === "cover" && supports(state, 4) && <Row label={t("cover.position.label")}><TileSlider {...props} /></Row>}
      {domain === "valve" && supports(state, 4) && <Row label={t("cover.position.label")}><Slider label={t("cover.position", { name })} min={0} max={100} step={1}
        value={numeric(state.attributes.current_position)} onValue={(position) => command(entityId, "set_valve_position", { position })} /></Row>}
      {domain === "cover" && supports(state, 128) && <Row label={t("cover.tilt")}><Slider label={t("cover.tilt")} min={0} max={100} step={1} value={numeric(state.attributes.current_tilt_position)}
        onValue={(tilt_position) => command(entityId, "set_cover_tilt_position", { tilt_position })} /></Row>}
    </>
  );
}

function FanControl(props: ControlProps) {
  const { entityId, state } = props;
  const a = state.attributes;
  return (
    <>
      <SmallControl {...props} />
      {numeric(a.percentage) !== null && <Row label={t("fan.speed.label")}><Slider label={t("fan.speed.label")} min={0} max={100} step={numeric(a.percentage_step) ?? 1} value={numeric(a.percentage)}
        onValue={(percentage) => command(entityId, "set_percentage", { percentage })} /></Row>}
      <Choices label={t("climate.preset")} options={texts(a.preset_modes)} chosen={a.preset_mode} onChoose={(preset_mode) => command(entityId, "set_preset_mode", { preset_mode })} />
      {typeof a.oscillating === "boolean" && <div class="row"><Switch on={a.oscillating} label={t("fan.oscillate")} onToggle={(oscillating) => command(entityId, "oscillate", { oscillating })} />{t("fan.oscillate")}</div>}
    </>
  );
}

function Humidifier(props: ControlProps) {
  const { entityId, state, name } = props;
  const a = state.attributes;
  return (
    <>
      <Dial label={t("climate.target", { name })} target={numeric(a.humidity)} now={numeric(a.current_humidity)} min={numeric(a.min_humidity) ?? 0} max={numeric(a.max_humidity) ?? 100}
        step={1} unit="%" mood={state.state === "on" ? "cool" : "idle"} caption={word(String(a.action ?? state.state))} onTarget={(humidity) => command(entityId, "set_humidity", { humidity })} />
      <div class="row"><SmallControl {...props} />{word(state.state)}</div>
      <Choices label={t("climate.mode")} options={texts(a.available_modes)} chosen={a.mode} onChoose={(mode) => command(entityId, "set_mode", { mode })} />
    </>
  );
}

function Typed({ entityId, state, name }: ControlProps) {
  const domain = domainOf(entityId);
  const a = state.attributes;
  const kind = domain === "date" || (domain === "input_datetime" && a.has_date && !a.has_time) ? "date"
    : domain === "time" || (domain === "input_datetime" && !a.has_date) ? "time"
    : domain === "datetime" || domain === "input_datetime" ? "datetime-local" : "text";
  const draft = useSignal<string | null>(null);
  const value = draft.value ?? (kind === "datetime-local" ? state.state.replace(" ", "T").slice(0, 16) : state.state);
  const send = () => {
    const text = value;
    draft.value = null;
    if (domain === "date") void command(entityId, "set_value", { date: text });
    else if (domain === "time") void command(entityId, "set_value", { time: text });
    else if (domain === "datetime") void command(entityId, "set_value", { datetime: text.replace("T", " ") });
    else if (domain === "input_datetime") void command(entityId, "set_datetime", kind === "date" ? { date: text } : kind === "time" ? { time: text } : { datetime: text.replace("T", " ") });
    else void command(entityId, "set_value", { value: text });
  };
  return (
    <form class="row" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <div class="grow"><Input label={name} type={a.mode === "password" ? "password" : kind} value={value} autocomplete="off" onValue={(text) => { draft.value = text; }} /></div>
      <Button type="submit" disabled={draft.value === null}>{t("action.set")}</Button>
    </form>
  );
}

const ARMS: [string, number][] = [["arm_home", 1], ["arm_away", 2], ["arm_night", 4], ["arm_custom_bypass", 16], ["arm_vacation", 32]];

function Alarm({ entityId, state }: ControlProps) {
  const code = useSignal("");
  const needs = Boolean(state.attributes.code_format) || state.attributes.code_arm_required === true;
  const say = (service: string) => { void command(entityId, `alarm_${service}`, code.value ? { code: code.value } : {}); code.value = ""; };
  return (
    <>
      {needs && <Input label={t("alarm.code")} type="password" inputMode="numeric" autocomplete="off" value={code.value} onValue={(text) => { code.value = text; }} />}
      <div class="row">
        {state.state !== "disarmed" && <Button kind="primary" onClick={() => say("disarm")}>{t("alarm.disarm")}</Button>}
        {state.state === "disarmed" && ARMS.filter(([, bit]) => supports(state, bit)).map(([service]) => <Button key={service} onClick={() => say(service)}>{word(service)}</Button>)}
      </div>
    </>
  );
}

function Siren(props: ControlProps) {
  const { entityId, state } = props;
  return (
    <>
      <div class="row"><SmallControl {...props} />{word(state.state)}</div>
      <Choices label={t("siren.tone")} options={texts(state.attributes.available_tones)} chosen={null} onChoose={(tone) => command(entityId, "turn_on", { tone })} />
    </>
  );
}

function Vacuum(props: ControlProps) {
  const { entityId, state } = props;
  return (
    <>
      <SmallControl {...props} />
      <Choices label={t("fan.speed.label")} options={texts(state.attributes.fan_speed_list)} chosen={state.attributes.fan_speed} onChoose={(fan_speed) => command(entityId, "set_fan_speed", { fan_speed })} />
    </>
  );
}

function NumberControl(props: ControlProps) {
  const { entityId, state, name } = props;
  const draft = useSignal<string | null>(null);
  return (
    <>
      <TileSlider {...props} />
      <form class="row" onSubmit={(event) => { event.preventDefault(); if (draft.value !== null) void command(entityId, "set_value", { value: Number(draft.value) }); draft.value = null; }}>
        <div class="grow"><Input label={name} type="number" min={numeric(state.attributes.min) ?? undefined} max={numeric(state.attributes.max) ?? undefined} step={numeric(state.attributes.step) ?? "any"}
          value={draft.value ?? state.state} onValue={(text) => { draft.value = text; }} /></div>
        <Button type="submit" disabled={draft.value === null}>{t("action.set")}</Button>
      </form>
    </>
  );
}

const FULL: Record<string, (props: ControlProps) => preact.JSX.Element | null> = {
  alarm_control_panel: Alarm, climate: Climate, cover: Cover, date: Typed, datetime: Typed, fan: FanControl, humidifier: Humidifier,
  input_datetime: Typed, input_number: NumberControl, input_text: Typed, light: Light, number: NumberControl, siren: Siren,
  text: Typed, time: Typed, vacuum: Vacuum, valve: Cover, water_heater: Climate,
};

export function FullControl({ entityId, state, name }: { entityId: string; state: EntityState; name: string }) {
  if (gone(state)) return null;
  const Full = FULL[domainOf(entityId)];
  return Full ? <Full entityId={entityId} state={state} name={name} /> : <SmallControl entityId={entityId} state={state} name={name} />;
}
