// One's own account, the language of the pages, and how the hub itself is doing.
import { useSignal } from "@preact/signals";
import { del, post, url } from "../api";
import { Badge, Button, Card, Check, Choice, Confirmed, Dialog, Failure, Input, Notice, PageHead, save, Secret } from "../components/basics";
import { Problems } from "../components/problems";
import type { Problem } from "../api";
import { LANGUAGES, language, t, useLanguage, type Language } from "../i18n";
import { isAdmin, loadSession, session } from "../session";
import { attempt } from "../toast";
import { useFetch, useTitle } from "../use";
import { type Access, AccessList } from "./users";

export default function Settings() {
  useTitle(t("nav.settings"));
  return (
    <>
      <PageHead title={t("nav.settings")} />
      <div class="two">
        <div class="stack">
          <Look />
          {isAdmin() && <Hub />}
        </div>
        <div class="stack" id="me">
          <Password />
          <SecondFactor />
          <Sessions />
        </div>
      </div>
    </>
  );
}

function Look() {
  const choose = (value: string) => { localStorage.setItem("language", value); void useLanguage(value as Language); };
  return (
    <Card title={t("settings.look")}>
      <Choice label={t("settings.language")} value={language.value} options={Object.entries(LANGUAGES)} onValue={choose} />
      <p class="small muted">{t("settings.scheme")}</p>
    </Card>
  );
}

interface Status { version: string; config: string; mqtt: string[]; devices: number; entities: number; automations: number }

function Hub() {
  const status = useFetch<Status>("/api/status");
  const problems = useSignal<Problem[] | null>(null);
  const check = () => attempt(async () => { problems.value = await post<Problem[]>("/api/config/problems"); });
  const reload = () => attempt(() => post("/api/services/homeassistant/reload_all"), t("settings.reloaded"));
  const now = status.data.value;
  return (
    <Card title={t("settings.hub")}>
      {status.error.value ? <Failure error={status.error.value} /> : null}
      {now && (
        <dl class="facts">
          <dt>{t("settings.version")}</dt><dd>Hearth {now.version}</dd>
          <dt>{t("settings.config")}</dt><dd><code>{now.config}</code></dd>
          <dt>{t("settings.zone")}</dt><dd>{session.value?.house.time_zone}</dd>
          <dt>MQTT</dt><dd>{now.mqtt.map((line, i) => <div key={i}>{line}</div>)}</dd>
          <dt>{t("settings.things")}</dt><dd>{t("settings.counts", { devices: now.devices, entities: now.entities, automations: now.automations })}</dd>
        </dl>
      )}
      <div class="row gap-above">
        <Button icon="check" onClick={() => void check()}>{t("settings.check")}</Button>
        <Button icon="refresh" onClick={() => void reload()}>{t("settings.reload")}</Button>
        <Confirmed title={t("settings.stop.title")} text={t("settings.stop.text")} action={t("settings.stop")} onConfirm={() => attempt(() => post("/api/services/homeassistant/stop"))}>{(ask) => <Button kind="danger" icon="power" onClick={ask}>{t("settings.stop")}</Button>}</Confirmed>
      </div>
      {problems.value && (problems.value.length ? <Problems problems={problems.value} /> : <Notice kind="good">{t("settings.valid")}</Notice>)}
    </Card>
  );
}

function Password() {
  const current = useSignal("");
  const fresh = useSignal("");
  const again = useSignal("");
  const differ = again.value !== "" && fresh.value !== again.value;
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(() => post("/api/account/password", { current: current.value, password: fresh.value }), t("account.changed")).then((well) => { if (well) current.value = fresh.value = again.value = ""; });
  };
  return (
    <Card title={t("account.password")}>
      <form class="form" onSubmit={send}>
        <input type="text" autocomplete="username" value={session.value?.user.name} readOnly class="hidden-visually" tabIndex={-1} aria-label={t("login.name")} />
        <Input label={t("account.current")} type="password" autocomplete="current-password" required value={current.value} onValue={(value) => { current.value = value; }} />
        <Input label={t("account.new")} type="password" autocomplete="new-password" required minLength={10} hint={t("setup.password.hint")} value={fresh.value} onValue={(value) => { fresh.value = value; }} />
        <Input label={t("setup.again")} type="password" autocomplete="new-password" required value={again.value} hint={differ ? t("setup.differ") : undefined} onValue={(value) => { again.value = value; }} />
        <div class="row end"><Button type="submit" kind="primary" disabled={differ}>{t("account.change")}</Button></div>
      </form>
    </Card>
  );
}

interface Proposal { secret: string; address?: string }

function SecondFactor() {
  const proposed = useSignal<Proposal | null>(null);
  const code = useSignal("");
  const password = useSignal("");
  const has = session.value?.user.totp;
  const codes = useSignal<string[]>([]);
  const begin = () => attempt(async () => { proposed.value = await post<Proposal>("/api/account/totp/propose"); });
  const confirm = (event: Event) => {
    event.preventDefault();
    void attempt(() => post<{ codes: string[] }>("/api/account/totp", { password: password.value, secret: proposed.value!.secret, code: code.value }).then((told) => { codes.value = told.codes; return loadSession(); }), t("account.factor.on")).then((well) => { if (well) { proposed.value = null; password.value = code.value = ""; } });
  };
  const remove = (event: Event) => {
    event.preventDefault();
    void attempt(() => post("/api/account/totp/remove", { password: password.value }).then(loadSession), t("account.factor.off")).then(() => { password.value = ""; });
  };
  const renew = () => attempt(async () => {
    codes.value = (await post<{ codes: string[] }>("/api/account/totp/recovery", { password: password.value })).codes;
    password.value = "";
    await loadSession();
  });
  return (
    <Card title={t("account.factor")} actions={has ? <Badge kind="good">{t("users.factor.on")}</Badge> : undefined}>
      {!has && !proposed.value && <><p class="muted">{t("account.factor.text")}</p><Button icon="shield" onClick={() => void begin()}>{t("account.factor.begin")}</Button></>}
      {proposed.value && (
        <form class="form" onSubmit={confirm}>
          <p>{t("account.factor.scan")}</p>
          <Secret label={t("account.factor.secret")} value={proposed.value.secret} />
          {proposed.value.address && <p class="small"><a href={proposed.value.address}>{t("account.factor.open")}</a></p>}
          <Input label={t("login.code")} inputMode="numeric" autocomplete="one-time-code" required value={code.value} onValue={(value) => { code.value = value; }} />
          <Input label={t("account.current")} type="password" autocomplete="current-password" required value={password.value} onValue={(value) => { password.value = value; }} />
          <div class="row end"><Button onClick={() => { proposed.value = null; }}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("account.factor.confirm")}</Button></div>
        </form>
      )}
      {has && (
        <form class="form" onSubmit={remove}>
          <Input label={t("account.current")} type="password" autocomplete="current-password" required value={password.value} onValue={(value) => { password.value = value; }} />
          <p class="small muted">{t("account.recovery.left", { count: session.value?.user.recovery_codes ?? 0 })}</p>
          <div class="row end"><Button onClick={() => void renew()}>{t("account.recovery.renew")}</Button><Button type="submit" kind="danger">{t("users.factor.remove")}</Button></div>
        </form>
      )}
      {codes.value.length > 0 && (
        <Dialog title={t("account.recovery")} onClose={() => { codes.value = []; }}>
          <p>{t("account.recovery.text")}</p>
          <ul class="plain codes mono">{codes.value.map((one) => <li key={one}>{one}</li>)}</ul>
          <div class="row end">
            <Button icon="download" onClick={() => save("hearth-recovery-codes.txt", `${codes.value.join("\n")}\n`, "text/plain")}>{t("action.download")}</Button>
            <Button kind="primary" onClick={() => { codes.value = []; }}>{t("account.recovery.kept")}</Button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}

const SCOPES = ["viewer", "operator", "admin"];

function Sessions() {
  const list = useFetch<Access[]>("/api/account/access");
  const making = useSignal(false);
  return (
    <Card title={t("account.access")} actions={<Button small icon="key" onClick={() => { making.value = true; }}>{t("account.token")}</Button>}>
      {list.error.value ? <Failure error={list.error.value} again={() => void list.again()} /> : null}
      {list.data.value && <AccessList list={list.data.value} onEnd={(id) => attempt(() => del(url`/api/account/access/${id}`).then(list.again), t("account.ended"))} />}
      {making.value && <NewToken onClose={() => { making.value = false; void list.again(); }} />}
    </Card>
  );
}

function NewToken({ onClose }: { onClose: () => void }) {
  const name = useSignal("");
  const days = useSignal("365");
  const password = useSignal("");
  const scopes = useSignal<string[]>(["viewer"]);
  const made = useSignal("");
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(async () => {
      const found = await post<Record<string, string>>("/api/account/tokens", { name: name.value, scopes: scopes.value, days: days.value ? Number(days.value) : null, password: password.value });
      made.value = String(found.token ?? found.secret ?? "");
    });
  };
  return (
    <Dialog title={t("account.token")} onClose={onClose}>
      {made.value ? <><Secret label={t("account.token.one")} value={made.value} /><p class="muted">{t("account.token.once")}</p></> : (
        <form class="form" onSubmit={send}>
          <Input label={t("users.name")} hint={t("account.token.name")} value={name.value} required autocomplete="off" onValue={(value) => { name.value = value; }} />
          <Input label={t("account.token.days")} type="number" min={1} value={days.value} onValue={(value) => { days.value = value; }} />
          <fieldset class="parts"><legend>{t("account.token.scopes")}</legend>{SCOPES.map((scope) => <Check key={scope} label={t(`role.${scope as "viewer"}`)} value={scopes.value.includes(scope)} onValue={(on) => { scopes.value = on ? [...scopes.value, scope] : scopes.value.filter((one) => one !== scope); }} />)}</fieldset>
          <Input label={t("account.current")} type="password" autocomplete="current-password" required value={password.value} onValue={(value) => { password.value = value; }} />
          <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.create")}</Button></div>
        </form>
      )}
    </Dialog>
  );
}

