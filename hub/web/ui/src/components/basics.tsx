// Small parts that every page is made of.
import { useSignal, type Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { ApiError } from "../api";
import { t } from "../i18n";
import { Icon, type IconName } from "../icons";

type Children = { children?: ComponentChildren };

export function Button({
  icon, kind = "", small, children, label, busy, ...rest
}: {
  icon?: IconName;
  kind?: "" | "primary" | "danger" | "quiet";
  small?: boolean;
  label?: string;
  busy?: boolean;
} & Children & Record<string, unknown>) {
  const only = icon && !children ? "icon" : "";
  return (
    <button type="button" {...rest} disabled={busy || Boolean(rest.disabled)} aria-label={label} title={label}
      class={`button ${kind} ${small ? "small" : ""} ${only}`}>
      {icon && <Icon name={icon} size={small ? 16 : 18} />}
      {children}
    </button>
  );
}

export function Badge({ kind = "", icon, children }: { kind?: string; icon?: IconName } & Children) {
  return <span class={`badge ${kind}`}>{icon && <Icon name={icon} size={13} />}{children}</span>;
}

export function Notice({ kind = "", title, children }: { kind?: "" | "bad" | "warn" | "good"; title?: ComponentChildren } & Children) {
  const icon = kind === "good" ? "good" : kind === "bad" ? "alert" : kind === "warn" ? "warning" : "info";
  return (
    <div class={`notice ${kind}`} role={kind === "bad" ? "alert" : undefined}>
      <Icon name={icon} />
      <div class="grow">{title && <strong>{title}</strong>}{children}</div>
    </div>
  );
}

export function Failure({ error, again }: { error: unknown; again?: () => void }) {
  const known = error instanceof ApiError;
  return (
    <Notice kind="bad" title={known ? error.problem : t("error.unexpected")}>
      <p>{known ? error.remedy : String(error)}</p>
      {again && <p><Button small icon="refresh" onClick={again}>{t("action.again")}</Button></p>}
    </Notice>
  );
}

export function Empty({ icon, title, children, actions }: { icon: IconName; title: string; actions?: ComponentChildren } & Children) {
  return (
    <div class="empty">
      <Icon name={icon} size={44} />
      <h2>{title}</h2>
      {children}
      {actions && <div class="row">{actions}</div>}
    </div>
  );
}

export function Loading() {
  return <div class="loading" role="status" aria-label={t("loading")}><div class="bone" /><div class="bone" /><div class="bone" /></div>;
}

export function PageHead({ title, back, children, lead }: { title: ComponentChildren; back?: [string, string]; lead?: ComponentChildren } & Children) {
  return (
    <header class="page-head">
      <div class="grow">
        {back && <a class="back" href={back[0]}><Icon name="back" size={15} />{back[1]}</a>}
        <h1>{title}</h1>
        {lead && <p class="muted">{lead}</p>}
      </div>
      {children}
    </header>
  );
}

export function Card({ title, actions, children, flush }: { title?: ComponentChildren; actions?: ComponentChildren; flush?: boolean } & Children) {
  return (
    <section class="card">
      {title && <div class="card-head"><h2 class="grow">{title}</h2>{actions}</div>}
      <div class={flush ? "flush" : "card-body"}>{children}</div>
    </section>
  );
}

export function Field({ label, hint, children }: { label: string; hint?: ComponentChildren; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {hint && <span class="hint">{hint}</span>}
    </div>
  );
}

export function Input({
  label, hint, value, onValue, ...rest
}: {
  label: string;
  hint?: ComponentChildren;
  value: string;
  onValue: (value: string) => void;
} & Record<string, unknown>) {
  return (
    <Field label={label} hint={hint}>
      {(id) => <input {...(rest as object)} id={id} value={value} onInput={(event) => onValue((event.currentTarget as HTMLInputElement).value)} />}
    </Field>
  );
}

export function Choice({ label, value, options, onValue, hint }: {
  label: string;
  value: string;
  options: [value: string, text: string][];
  onValue: (value: string) => void;
  hint?: ComponentChildren;
}) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
        </select>
      )}
    </Field>
  );
}

export function Check({ label, value, onValue }: { label: string; value: boolean; onValue: (value: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={value} onChange={(event) => onValue(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

export function Switch({ on, label, onToggle, disabled }: { on: boolean; label: string; onToggle: (on: boolean) => void; disabled?: boolean }) {
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} aria-label={label} disabled={disabled}
      onClick={() => onToggle(!on)} />
  );
}

export function SearchBox({ value, label }: { value: Signal<string>; label: string }) {
  return (
    <div class="search">
      <Icon name="search" size={18} />
      <input type="search" aria-label={label} placeholder={label} value={value.value}
        onInput={(event) => { value.value = event.currentTarget.value; }} />
    </div>
  );
}

export function Tabs({ tabs, chosen, onChoose, label }: { tabs: [key: string, text: string][]; chosen: string; onChoose: (key: string) => void; label: string }) {
  const move = (event: KeyboardEvent, at: number) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const next = (at + step + tabs.length) % tabs.length;
    onChoose(tabs[next]![0]);
    ((event.currentTarget as HTMLElement).parentElement!.children[next] as HTMLElement).focus();
  };
  return (
    <div class="tabbar" role="tablist" aria-label={label}>
      {tabs.map(([key, text], i) => (
        <button type="button" role="tab" key={key} aria-selected={key === chosen} tabIndex={key === chosen ? 0 : -1}
          onClick={() => onChoose(key)} onKeyDown={(event) => move(event, i)}>{text}</button>
      ))}
    </div>
  );
}

export function Dialog({ title, onClose, wide, children, actions }: { title: ComponentChildren; onClose: () => void; wide?: boolean; actions?: ComponentChildren } & Children) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current!;
    if (!dialog.open) dialog.showModal();
  }, []);
  return (
    <dialog ref={box} class={wide ? "wide" : ""} aria-labelledby={id} onClose={onClose}
      onClick={(event) => { if (event.target === box.current) box.current?.close(); }}>
      <div class="dialog-head">
        <h2 id={id} class="grow">{title}</h2>
        {actions}
        <Button kind="quiet" icon="close" label={t("action.close")} onClick={() => box.current?.close()} />
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}

/** A button that asks once more before it does something that can't be taken back. */
export function Confirmed({ title, text, action, onConfirm, children }: {
  title: string;
  text: ComponentChildren;
  action: string;
  onConfirm: () => unknown;
  children: (ask: () => void) => ComponentChildren;
}) {
  const asking = useSignal(false);
  return (
    <>
      {children(() => { asking.value = true; })}
      {asking.value && (
        <Dialog title={title} onClose={() => { asking.value = false; }}>
          <div>{text}</div>
          <div class="row end">
            <Button onClick={() => { asking.value = false; }}>{t("action.cancel")}</Button>
            <Button kind="danger" onClick={() => { asking.value = false; void onConfirm(); }}>{action}</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Something shown once: a password, a key. */
export function Secret({ label, value }: { label: string; value: string }) {
  const copied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(value).catch(() => undefined);
    copied.value = true;
  };
  return (
    <div class="field">
      <span class="label">{label}</span>
      <div class="secret">
        <code>{value}</code>
        <Button icon={copied.value ? "check" : "copy"} label={t("action.copy")} onClick={copy} />
      </div>
    </div>
  );
}

/** Let the browser save a text as a file. */
export function save(name: string, text: string, type = "text/plain"): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
