// Who may log in, and what each may do where.
import { useSignal } from "@preact/signals";
import { del, patch, post, url } from "../api";
import { Badge, Button, Choice, Confirmed, Dialog, Failure, Input, Loading, PageHead, Secret } from "../components/basics";
import { ago, dateTime } from "../format";
import { house } from "../house";
import { t } from "../i18n";
import { session } from "../session";
import { attempt } from "../toast";
import { useFetch, useTitle } from "../use";

export interface Person { id: string; name: string; role: string; grants?: Record<string, string>; totp?: boolean; created_at?: string; seen_at?: string; password?: string }
export interface Access { id: string; kind?: string; name?: string; agent?: string; address?: string; created_at?: string; seen_at?: string; ends_at?: string; scopes?: string[]; current?: boolean }

const ROLES = ["guest", "viewer", "operator", "admin"] as const;

export default function Users() {
  useTitle(t("nav.users"));
  const list = useFetch<Person[]>("/api/users");
  const making = useSignal(false);
  const opened = useSignal<Person | null>(null);
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  return (
    <>
      <PageHead title={t("nav.users")} lead={t("users.lead")}><Button kind="primary" icon="plus" onClick={() => { making.value = true; }}>{t("users.new")}</Button></PageHead>
      <section class="card"><div class="flush">
        <table>
          <thead><tr><th scope="col">{t("users.name")}</th><th scope="col">{t("users.role")}</th><th scope="col">{t("users.areas")}</th><th scope="col">{t("users.factor")}</th><th scope="col">{t("iot.created")}</th></tr></thead>
          <tbody>
            {list.data.value.map((one) => (
              <tr key={one.id}>
                <td><button type="button" class="log-name" onClick={() => { opened.value = one; }}>{one.name}</button> {one.id === session.value?.user.id && <Badge>{t("users.you")}</Badge>}</td>
                <td><Badge kind={one.role === "admin" ? "accent" : ""}>{t(`role.${one.role as "admin"}`)}</Badge></td>
                <td>{Object.entries(one.grants ?? {}).map(([area, role]) => <Badge key={area}>{area}: {t(`role.${role as "admin"}`)}</Badge>)}</td>
                <td>{one.totp ? t("users.factor.on") : <span class="muted">–</span>}</td>
                <td class="muted" title={dateTime(one.created_at)}>{ago(one.created_at)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div></section>
      {making.value && <NewUser onClose={() => { making.value = false; void list.again(); }} />}
      {opened.value && <UserView key={opened.value.id} person={opened.value} onClose={() => { opened.value = null; void list.again(); }} />}
    </>
  );
}

function NewUser({ onClose }: { onClose: () => void }) {
  const name = useSignal("");
  const role = useSignal("viewer");
  const made = useSignal<Person | null>(null);
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(async () => { made.value = await post<Person>("/api/users", { name: name.value, role: role.value }); });
  };
  return (
    <Dialog title={made.value ? t("users.made", { name: made.value.name }) : t("users.new")} onClose={onClose}>
      {made.value ? (
        <><Secret label={t("login.password")} value={made.value.password ?? ""} /><p class="muted">{t("users.once")}</p><div class="row end"><Button kind="primary" onClick={onClose}>{t("action.done")}</Button></div></>
      ) : (
        <form class="form" onSubmit={send}>
          <Input label={t("users.name")} value={name.value} required autocomplete="off" autocapitalize="none" onValue={(value) => { name.value = value; }} />
          <RoleChoice value={role.value} onValue={(value) => { role.value = value; }} />
          <div class="row end"><Button onClick={onClose}>{t("action.cancel")}</Button><Button type="submit" kind="primary">{t("action.create")}</Button></div>
        </form>
      )}
    </Dialog>
  );
}

function RoleChoice({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  return <Choice label={t("users.role")} hint={t(`role.${value as "admin"}.text`)} value={value} options={ROLES.map((role) => [role, t(`role.${role}`)])} onValue={onValue} />;
}

function UserView({ person, onClose }: { person: Person; onClose: () => void }) {
  const whole = useFetch<Person & { access: Access[] }>(url`/api/users/${person.id}`);
  const role = useSignal(person.role);
  const grants = useSignal<Record<string, string>>(person.grants ?? {});
  const password = useSignal("");
  const change = (more: Record<string, unknown>, said: string) => attempt(async () => {
    const found = await patch<Person>(url`/api/users/${person.id}`, more);
    if (found.password) password.value = found.password;
    await whole.again();
  }, said);
  return (
    <Dialog title={person.name} onClose={onClose}>
      <form class="form" onSubmit={(event) => { event.preventDefault(); void change({ role: role.value, grants: grants.value }, t("action.saved")); }}>
        <RoleChoice value={role.value} onValue={(value) => { role.value = value; }} />
        {role.value !== "admin" && house.value.areas.length > 0 && (
          <fieldset class="parts"><legend>{t("users.grants")}</legend>
            <p class="small muted">{t("users.grants.text")}</p>
            {house.value.areas.map((area) => (
              <Choice key={area.id} label={area.name} value={grants.value[area.id] ?? ""} options={[["", t("users.as_role")], ["viewer", t("role.viewer")], ["operator", t("role.operator")]]}
                onValue={(value) => { const next = { ...grants.value }; if (value) next[area.id] = value; else delete next[area.id]; grants.value = next; }} />
            ))}
          </fieldset>
        )}
        <div class="row end"><Button type="submit" kind="primary">{t("action.save")}</Button></div>
      </form>
      {password.value ? <><Secret label={t("login.password")} value={password.value} /><p class="muted">{t("users.once")}</p></> : (
        <div class="row">
          <Confirmed title={t("users.password.title")} text={t("users.password.text")} action={t("users.password")} onConfirm={() => change({ new_password: true }, t("action.saved"))}>{(ask) => <Button icon="key" onClick={ask}>{t("users.password")}</Button>}</Confirmed>
          {whole.data.value?.totp && <Button onClick={() => void change({ totp: false }, t("action.saved"))}>{t("users.factor.remove")}</Button>}
          <Confirmed title={t("users.delete.title", { name: person.name })} text={t("users.delete.text")} action={t("action.delete")} onConfirm={() => attempt(() => del(url`/api/users/${person.id}`).then(onClose))}>{(ask) => <Button kind="danger" icon="trash" onClick={ask}>{t("action.delete")}</Button>}</Confirmed>
        </div>
      )}
      {whole.data.value && <AccessList list={whole.data.value.access} onEnd={(id) => attempt(() => del(`/api/users/${person.id}/access/${id}`).then(whole.again), t("account.ended"))} />}
    </Dialog>
  );
}

const BROWSERS: [RegExp, string][] = [[/Edg\//, "Edge"], [/Firefox\//, "Firefox"], [/Chrom(e|ium)\//, "Chrome"], [/Safari\//, "Safari"], [/^curl/, "curl"]];
const SYSTEMS: [RegExp, string][] = [[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS/, "macOS"], [/Linux/, "Linux"]];

/** "Firefox · Linux" of what a browser says of itself. */
function browserOf(agent: string): string {
  const found = [BROWSERS, SYSTEMS].map((names) => names.find(([pattern]) => pattern.test(agent))?.[1]);
  return found.filter(Boolean).join(" · ") || agent.slice(0, 60);
}

export function AccessList({ list, onEnd }: { list: Access[]; onEnd: (id: string) => unknown }) {
  if (!list.length) return <p class="muted">{t("account.none")}</p>;
  return (
    <ul class="plain access">
      {list.map((one) => (
        <li class="row" key={one.id}>
          <div class="grow">
            <strong title={one.agent}>{one.name || (one.agent && browserOf(one.agent)) || one.kind || one.id}</strong> {one.current && <Badge kind="good">{t("account.this")}</Badge>} {one.scopes?.map((scope) => <Badge key={scope}>{scope}</Badge>)}
            <div class="small muted">{[one.address, one.seen_at && ago(one.seen_at), one.ends_at && t("account.until", { date: dateTime(one.ends_at) })].filter(Boolean).join(" · ")}</div>
          </div>
          {!one.current && <Button small kind="quiet" icon="close" onClick={() => void onEnd(one.id)}>{t("account.end")}</Button>}
        </li>
      ))}
    </ul>
  );
}

