// The thermostat's dial: turn it, or use the arrow keys.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { number } from "../format";
import { t } from "../i18n";

const START = 135;
const SWEEP = 270;
const RADIUS = 100;

function point(share: number, radius: number): [number, number] {
  const angle = ((START + share * SWEEP) * Math.PI) / 180;
  return [130 + radius * Math.cos(angle), 130 + radius * Math.sin(angle)];
}

function arc(from: number, to: number): string {
  const [x1, y1] = point(from, RADIUS);
  const [x2, y2] = point(to, RADIUS);
  return `M${x1} ${y1} A${RADIUS} ${RADIUS} 0 ${(to - from) * SWEEP > 180 ? 1 : 0} 1 ${x2} ${y2}`;
}

export interface DialProps {
  label: string;
  target: number | null;
  now: number | null;
  min: number;
  max: number;
  step: number;
  unit: string;
  mood: "heat" | "cool" | "idle";
  caption: string;
  onTarget: (value: number) => void;
}

export function Dial({ label, target, now, min, max, step, unit, mood, caption, onTarget }: DialProps) {
  const svg = useRef<SVGSVGElement>(null);
  const drawn = useSignal<number | null>(null);
  const timer = useRef(0);
  const shown = drawn.value ?? target;
  const share = (value: number) => Math.min(1, Math.max(0, (value - min) / (max - min || 1)));
  const round = (value: number) => Math.min(max, Math.max(min, Math.round(value / step) * step));

  const propose = (value: number, wait: number) => {
    drawn.value = Number(round(value).toFixed(2));
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      if (drawn.value !== null) onTarget(drawn.value);
      timer.current = window.setTimeout(() => { drawn.value = null; }, 2500);
    }, wait);
  };

  const drag = (event: PointerEvent) => {
    const box = svg.current!.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 260 - 130;
    const y = ((event.clientY - box.top) / box.height) * 260 - 130;
    let angle = (Math.atan2(y, x) * 180) / Math.PI - START;
    angle = ((angle % 360) + 360) % 360;
    if (angle > SWEEP) angle = angle > SWEEP + (360 - SWEEP) / 2 ? 0 : SWEEP;
    propose(min + (angle / SWEEP) * (max - min), 350);
  };

  const key = (event: KeyboardEvent) => {
    const by = { ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step, PageUp: step * 5, PageDown: -step * 5 }[event.key];
    if (!by) return;
    event.preventDefault();
    propose((shown ?? now ?? min) + by, 500);
  };

  const knob = shown === null ? null : point(share(shown), RADIUS);
  const cool = mood === "cool" ? "cool" : "";
  return (
    <svg ref={svg} class="dial" viewBox="0 0 260 240"
      onPointerDown={(event) => { (event.currentTarget as Element).setPointerCapture(event.pointerId); drag(event); }}
      onPointerMove={(event) => { if (event.buttons) drag(event); }}>
      <path class="track" d={arc(0, 1)} />
      {shown !== null && <path class={`arc ${mood}`} d={arc(0, Math.max(0.001, share(shown)))} />}
      {now !== null && (() => {
        const [x1, y1] = point(share(now), RADIUS - 16);
        const [x2, y2] = point(share(now), RADIUS + 16);
        return <line class="now" x1={x1} y1={y1} x2={x2} y2={y2} />;
      })()}
      {knob && shown !== null && (
        <g tabindex={0} role="slider" aria-label={label} aria-valuemin={min} aria-valuemax={max} aria-valuenow={shown}
          aria-valuetext={`${number(shown, 1)} ${unit}`} onKeyDown={key}>
          <circle class={`knob ${cool}`} cx={knob[0]} cy={knob[1]} r="13" />
        </g>
      )}
      <text class="little" x="130" y="92">{caption}</text>
      <text class="big" x="130" y="140">{shown === null ? "–" : number(shown, 1)}</text>
      <text class="little" x="130" y="168">{now === null ? unit : t("climate.now", { value: `${number(now, 1)} ${unit}` })}</text>
    </svg>
  );
}
