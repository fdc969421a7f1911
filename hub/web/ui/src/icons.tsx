// The icons that the pages use, drawn from Lucide's outlines.
import {
  Activity, AirVent, AlarmClock, Archive, ArrowDown, ArrowLeft, ArrowRight, ArrowUp, BatteryMedium, Bell, Blinds, Bot, Bug, CalendarClock,
  Check, ChevronDown, ChevronRight, CircleAlert, CircleCheck, CircleDot, CircleHelp, CircleX, Clapperboard, ClipboardList, Copy,
  Cpu, DoorOpen, Download, Droplets, Ellipsis, Eye, Fan, FileCog, FileKey, Flame, FlaskConical, Gauge, GitBranch, GripVertical,
  History, House, Info, KeyRound, Lightbulb, ListTree, Lock, LockOpen, LogOut, Map as MapIcon, Menu, MessageSquare, Minus,
  MousePointerClick, Network, PackagePlus, PanelsTopLeft, Pause, Pencil, PersonStanding, Play, Plug, Plus, Power, Puzzle, Radio,
  RefreshCw, Search, Send, Settings, ShieldAlert, ShieldCheck, SlidersHorizontal, Snowflake, Square, Star, Sun, TextCursorInput,
  Thermometer, Timer, ToggleLeft, Trash2, TriangleAlert, Tv, Undo2, User, Users, Utensils, Waves, Wind, X, Zap,
} from "lucide";

type Shape = [tag: string, attributes: Record<string, string | number | undefined>][];

const SHAPES = {
  activity: Activity, air: AirVent, alarm: AlarmClock, archive: Archive, down: ArrowDown, back: ArrowLeft, forward: ArrowRight, up: ArrowUp,
  battery: BatteryMedium, bell: Bell, blinds: Blinds, bot: Bot, bug: Bug, calendar: CalendarClock, check: Check,
  chevronDown: ChevronDown, chevronRight: ChevronRight, alert: CircleAlert, good: CircleCheck, dot: CircleDot, help: CircleHelp,
  failed: CircleX, scene: Clapperboard, log: ClipboardList, copy: Copy, device: Cpu, door: DoorOpen, download: Download,
  water: Droplets, more: Ellipsis, eye: Eye, fan: Fan, file: FileCog, certificate: FileKey, flame: Flame, flask: FlaskConical,
  gauge: Gauge, branch: GitBranch, grip: GripVertical, history: History, house: House, info: Info, key: KeyRound, light: Lightbulb,
  tree: ListTree, lock: Lock, unlock: LockOpen, logout: LogOut, map: MapIcon, menu: Menu, message: MessageSquare, minus: Minus,
  press: MousePointerClick, network: Network, update: PackagePlus, dashboard: PanelsTopLeft, pause: Pause, edit: Pencil,
  motion: PersonStanding, play: Play, plug: Plug, plus: Plus, power: Power, plugin: Puzzle, radio: Radio, refresh: RefreshCw,
  search: Search, send: Send, settings: Settings, shieldAlert: ShieldAlert, shield: ShieldCheck, sliders: SlidersHorizontal,
  cold: Snowflake, stop: Square, star: Star, sun: Sun, text: TextCursorInput, thermometer: Thermometer, timer: Timer,
  toggle: ToggleLeft, trash: Trash2, warning: TriangleAlert, tv: Tv, undo: Undo2, user: User, users: Users, food: Utensils,
  waves: Waves, wind: Wind, close: X, energy: Zap,
} as unknown as Record<string, Shape>;

export type IconName = string;

interface IconProps {
  name: IconName;
  size?: number;
  label?: string;
}

export function Icon({ name, size = 20, label }: IconProps) {
  const hidden = label ? { role: "img" as const, "aria-label": label } : { "aria-hidden": true as const };
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round"
      stroke-linejoin="round" {...hidden}>
      {(SHAPES[name] ?? SHAPES.dot!).map(([Tag, attributes], i) => {
        const Any = Tag as "path";
        return <Any key={i} {...(attributes as object)} />;
      })}
    </svg>
  );
}
