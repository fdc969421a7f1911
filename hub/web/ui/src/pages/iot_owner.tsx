// One registry, device or broker: its credentials, aliases, labels, what it last did and its connection log.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Badge, Button, Card, Confirmed, Dialog, Failure, Field, Input, Loading, Notice, PageHead, save, Secret } from "../components/basics";
import { type ConnectionLine, ConnectionLines } from "../components/connection_log";
import { ago, date, dateTime } from "../format";
import { t } from "../i18n";
import { type Certificate, command, type Issued, type Kind, type Owner, type Password } from "../iot";
import { navigate, place } from "../router";
import { attempt } from "../toast";
import { useNow, useTitle } from "../use";

interface Whole { owner: Owner; certificates: Certificate[]; passwords: Password[]; log: ConnectionLine[] }

export default function OwnerPage({ kind: given, id }: { kind?: string; id?: string }) {
  const kind = (given ?? "device") as Kind;
  const registry = place.value.query.get("registry") ?? undefined;
  const who = { kind, who: id, registry };
  const whole = useSignal<Whole | null>(null);
  const failed = useSignal<unknown>(null);
  const load = async () => {
    try {
      const [owner, certificates, passwords, log] = await Promise.all([
        command<Owner>("get", who), command<Certificate[]>("list_certificates", who), command<Password[]>("list_passwords", who), command<ConnectionLine[]>("logs", who),
      ]);
      whole.value = { owner, certificates, passwords, log };
      failed.value = null;
    } catch (error) {
      failed.value = error;
    }
  };
  useEffect(() => { whole.value = null; void load(); }, [kind, id]);
  useTitle(whole.value?.owner.name ?? t("nav.iot"));
  if (failed.value && !whole.value) return <Failure error={failed.value} again={() => void load()} />;
  if (!whole.value) return <Loading />;
  const { owner, certificates, passwords, log } = whole.value;
  const declared = owner.source !== "hub.db";
  const remove = () => attempt(async () => { await command("delete", who); navigate("/iot", { replace: true }); }, t("iot.deleted"));
  const enable = (enabled: boolean) => attempt(() => command("enable", { who: id, enabled }).then(load));
  return (
    <>
      <PageHead back={["/iot", t("nav.iot")]} title={owner.name} lead={<>{t(`iot.kind.${kind}`)} · <code>{owner.id}</code></>}>
        {owner.status !== "ACTIVE" && <Badge kind="warn">{t("iot.disabled")}</Badge>}
        {kind === "registry" && !declared && <Button onClick={() => void enable(owner.status !== "ACTIVE")}>{owner.status === "ACTIVE" ? t("iot.disable") : t("iot.enable")}</Button>}
        {!declared && <Confirmed title={t("iot.delete.title", { name: owner.name })} text={t("iot.delete.text")} action={t("action.delete")} onConfirm={remove}>{(ask) => <Button icon="trash" kind="danger" onClick={ask}>{t("action.delete")}</Button>}</Confirmed>}
      </PageHead>
      <div class="stack">
        {declared && <Notice title={t("iot.declared", { file: owner.source })}>{t("iot.declared.text")}</Notice>}
        <div class="two">
          <About kind={kind} owner={owner} who={who} again={load} locked={declared} />
          {kind === "device" && <Doings owner={owner} />}
        </div>
        <Certificates who={who} owner={owner} list={certificates} again={load} />
        <Passwords who={who} list={passwords} again={load} />
        {kind === "device" && <Pairs title={t("iot.aliases")} hint={t("iot.aliases.hint")} pairs={owner.topic_aliases ?? {}} names={[t("iot.alias"), t("iot.target")]} locked={declared}
          onSave={(aliases) => attempt(() => command("update", { ...who, aliases }).then(load), t("action.saved"))} />}
        <Card title={t("mqtt.log")}>{log.length ? <ConnectionLines lines={[...log].reverse()} /> : <p class="muted">{t("iot.log.none")}</p>}</Card>
      </div>
    </>
  );
}

type Who = { kind: Kind; who?: string; registry?: string };

function About({ owner, who, again, locked }: { kind: Kind; owner: Owner; who: Who; again: () => Promise<void>; locked: boolean }) {
  const name = useSignal(owner.name);
  const description = useSignal(owner.description ?? "");
  const send = (event: Event) => {
    event.preventDefault();
    void attempt(() => command("update", { ...who, name: name.value, description: description.value }).then(again), t("action.saved"));
  };
  return (
    <div class="stack">
      <Card title={t("iot.about")}>
        <form class="form" onSubmit={send}>
          <Input label={t("iot.name")} value={name.value} disabled={locked} onValue={(value) => { name.value = value; }} />
          <Input label={t("iot.description")} value={description.value} disabled={locked} onValue={(value) => { description.value = value; }} />
          <p class="small muted">{t("iot.created")}: {dateTime(owner.created_at)}</p>
          {!locked && <div class="row end"><Button type="submit">{t("action.save")}</Button></div>}
        </form>
      </Card>
      <Pairs title={t("iot.labels")} pairs={owner.labels ?? {}} names={[t("iot.label"), t("iot.value")]} locked={locked} onSave={(labels) => attempt(() => command("update", { ...who, labels }).then(again), t("action.saved"))} />
    </div>
  );
}

function Doings({ owner }: { owner: Owner }) {
  const now = useNow(15);
  const told = Object.entries(owner.monitoring_data ?? {}).filter(([, value]) => value !== null && value !== "");
  return (
    <Card title={t("iot.doings")}>
      {told.length ? (
        <dl class="facts">{told.map(([key, value]) => <><dt key={key}>{t("iot.monitoring." + key as "iot.doings") === "iot.monitoring." + key ? key.replaceAll("_", " ") : t("iot.monitoring." + key as "iot.doings")}</dt><dd>{/time|_at$/.test(key) ? <span title={dateTime(String(value))}>{ago(String(value), now)}</span> : String(value)}</dd></>)}</dl>
      ) : <p class="muted">{t("iot.never")}</p>}
      <p class="small"><a href="/topics">{t("mqtt.topics")}</a></p>
    </Card>
  );
}

function Certificates({ who, owner, list, again }: { who: Who; owner: Owner; list: Certificate[]; again: () => Promise<void> }) {
  const issued = useSignal<Issued | null>(null);
  const adding = useSignal(false);
  const pem = useSignal("");
  const issue = () => attempt(async () => { issued.value = await command<Issued>("issue_certificate", who); });
  const remove = (one: Certificate) => attempt(() => command("delete_certificate", { ...who, fingerprint: one.fingerprint }).then(again), t("iot.deleted"));
  return (
    <Card title={t("iot.certificates")} flush actions={<><Button small icon="certificate" onClick={() => void issue()}>{t("iot.issue")}</Button><Button small icon="plus" onClick={() => { adding.value = true; }}>{t("iot.add_certificate")}</Button></>}>
      {list.length ? (
        <table>
          <thead><tr><th scope="col">{t("iot.fingerprint")}</th><th scope="col">{t("iot.created")}</th><th scope="col">{t("iot.expires")}</th><th /></tr></thead>
          <tbody>
            {list.map((one) => {
              const end = one.expires_at ?? one.not_after;
              const left = end ? (Date.parse(end) - Date.now()) / 86_400_000 : Infinity;
              return (
                <tr key={one.fingerprint}>
                  <td><code class="small">{one.fingerprint}</code></td><td class="nowrap">{date(one.created_at)}</td>
                  <td class="nowrap">{end ? <>{date(end)} {left < 0 ? <Badge kind="bad">{t("iot.expired")}</Badge> : left < 30 ? <Badge kind="warn">{t("iot.days", { count: Math.ceil(left) })}</Badge> : null}</> : "–"}</td>
                  <td class="row-buttons"><Button small kind="quiet" icon="download" label={t("action.download")} onClick={() => save(`${owner.name}.crt`, one.certificate_data, "application/x-pem-file")} />
                    <Confirmed title={t("iot.revoke.title")} text={t("iot.revoke.text")} action={t("action.delete")} onConfirm={() => remove(one)}>{(ask) => <Button small kind="quiet" icon="trash" label={t("iot.revoke.title")} onClick={ask} />}</Confirmed></td>
                </tr>
              );
            })}
          </tbody>
        </table>
      ) : <p class="muted card-note">{t("iot.nocertificates")}</p>}
      {issued.value && <IssuedView name={owner.name} issued={issued.value} onClose={() => { issued.value = null; void again(); }} />}
      {adding.value && (
        <Dialog title={t("iot.add_certificate")} onClose={() => { adding.value = false; }}>
          <form class="form" onSubmit={(event) => { event.preventDefault(); void attempt(() => command("add_certificate", { ...who, certificate: pem.value }).then(again), t("action.saved")).then((well) => { if (well) adding.value = false; }); }}>
            <Field label={t("iot.pem")}>{(id) => <textarea id={id} class="mono" rows={10} required placeholder="-----BEGIN CERTIFICATE-----" value={pem.value} onInput={(event) => { pem.value = event.currentTarget.value; }} />}</Field>
            <div class="row end"><Button type="submit" kind="primary">{t("action.save")}</Button></div>
          </form>
        </Dialog>
      )}
    </Card>
  );
}

function IssuedView({ name, issued, onClose }: { name: string; issued: Issued; onClose: () => void }) {
  return (
    <Dialog title={t("iot.issued")} onClose={onClose}>
      <Notice kind="warn" title={t("iot.key_once")}>{t("iot.key_once.text")}</Notice>
      <p class="small">{t("iot.fingerprint")}: <code>{issued.fingerprint}</code></p>
      <div class="row">
        <Button icon="download" kind="primary" onClick={() => save(`${name}.crt`, issued.certificate, "application/x-pem-file")}>{`${name}.crt`}</Button>
        <Button icon="download" kind="primary" onClick={() => save(`${name}.key`, issued.key, "application/x-pem-file")}>{`${name}.key`}</Button>
        <Button icon="download" onClick={() => save("ca.crt", issued.authority, "application/x-pem-file")}>ca.crt</Button>
      </div>
      <pre class="code small" tabIndex={0} aria-label={t("iot.example")}>{`mosquitto_pub -h ${location.hostname} -p 8883 --cafile ca.crt \\\n  --cert ${name}.crt --key ${name}.key -t '$me/device/events' -m '{}'`}</pre>
      <div class="row end"><Button onClick={onClose}>{t("action.done")}</Button></div>
    </Dialog>
  );
}

function Passwords({ who, list, again }: { who: Who; list: Password[]; again: () => Promise<void> }) {
  const made = useSignal<Password | null>(null);
  const add = () => attempt(async () => { made.value = await command<Password>("add_password", who); });
  const remove = (one: Password) => attempt(() => command("delete_password", { ...who, password_id: one.id }).then(again), t("iot.deleted"));
  return (
    <Card title={t("iot.passwords")} flush actions={<Button small icon="key" onClick={() => void add()}>{t("iot.new_password")}</Button>}>
      {list.length ? (
        <table>
          <thead><tr><th scope="col">{t("iot.id")}</th><th scope="col">{t("iot.created")}</th><th /></tr></thead>
          <tbody>{list.map((one) => <tr key={one.id}><td><code class="small">{one.id}</code></td><td>{dateTime(one.created_at)}</td><td class="row-buttons"><Confirmed title={t("iot.password.delete")} text={t("iot.password.delete.text")} action={t("action.delete")} onConfirm={() => remove(one)}>{(ask) => <Button small kind="quiet" icon="trash" label={t("iot.password.delete")} onClick={ask} />}</Confirmed></td></tr>)}</tbody>
        </table>
      ) : <p class="muted card-note">{t("iot.nopasswords")}</p>}
      {made.value && <Dialog title={t("iot.password.new")} onClose={() => { made.value = null; void again(); }}><Secret label={t("iot.password")} value={made.value.password ?? ""} /><p class="muted">{t("iot.once")}</p></Dialog>}
    </Card>
  );
}

function Pairs({ title, hint, pairs, names, locked, onSave }: { title: string; hint?: string; pairs: Record<string, string>; names: [string, string]; locked: boolean; onSave: (pairs: Record<string, string>) => unknown }) {
  const rows = useSignal(Object.entries(pairs));
  const changed = JSON.stringify(Object.fromEntries(rows.value)) !== JSON.stringify(pairs);
  const set = (i: number, at: 0 | 1, value: string) => { rows.value = rows.value.map((row, n): [string, string] => (n === i ? (at ? [row[0], value] : [value, row[1]]) : row)); };
  return (
    <Card title={title}>
      {hint && <p class="small muted">{hint}</p>}
      <div class="form">
        {rows.value.map((row, i) => (
          <div class="row" key={i}>
            <div class="grow"><Input label={names[0]} value={row[0]} disabled={locked} autocomplete="off" onValue={(value) => set(i, 0, value)} /></div>
            <div class="grow"><Input label={names[1]} value={row[1]} disabled={locked} autocomplete="off" onValue={(value) => set(i, 1, value)} /></div>
            {!locked && <Button small kind="quiet" icon="trash" label={t("form.remove", { what: row[0] })} onClick={() => { rows.value = rows.value.filter((_, n) => n !== i); }} />}
          </div>
        ))}
        {!rows.value.length && <p class="muted small">{t("iot.nopairs")}</p>}
        {!locked && <div class="row"><Button small icon="plus" onClick={() => { rows.value = [...rows.value, ["", ""]]; }}>{t("action.add")}</Button><span class="grow" />{changed && <Button small kind="primary" onClick={() => void onSave(Object.fromEntries(rows.value.filter(([key]) => key)))}>{t("action.save")}</Button>}</div>}
      </div>
    </Card>
  );
}

