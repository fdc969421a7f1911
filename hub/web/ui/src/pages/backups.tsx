// Copies of everything: made, checked, downloaded, put back.
import { useSignal } from "@preact/signals";
import { post } from "../api";
import { Badge, Button, Confirmed, Empty, Failure, Loading, PageHead } from "../components/basics";
import { ago, bytes, dateTime } from "../format";
import { t } from "../i18n";
import { attempt } from "../toast";
import { useFetch, useTitle } from "../use";

interface Backup { name: string; bytes: number; created?: string; encrypted?: boolean; kind?: string; version?: string; history?: boolean; problem?: string }

export default function Backups() {
  useTitle(t("nav.backups"));
  const list = useFetch<Backup[]>("/api/backups");
  const busy = useSignal(false);
  const make = async () => {
    busy.value = true;
    await attempt(() => post("/api/backups").then(list.again), t("backups.made"));
    busy.value = false;
  };
  const verify = (one: Backup) => attempt(() => post("/api/backups/verify", { name: one.name }), t("backups.good"));
  if (list.error.value && !list.data.value) return <Failure error={list.error.value} again={() => void list.again()} />;
  if (!list.data.value) return <Loading />;
  const button = <Button kind="primary" icon="archive" busy={busy.value} onClick={() => void make()}>{t("backups.make")}</Button>;
  return (
    <>
      <PageHead title={t("nav.backups")} lead={t("backups.lead")}>{button}</PageHead>
      {!list.data.value.length ? <Empty icon="archive" title={t("backups.none")} actions={button}><p>{t("backups.none.text")}</p></Empty> : (
        <section class="card"><div class="flush">
          <table>
            <thead><tr><th scope="col">{t("backups.name")}</th><th scope="col">{t("backups.when")}</th><th scope="col" class="number">{t("backups.size")}</th><th /></tr></thead>
            <tbody>
              {list.data.value.map((one) => {
                const at = one.created;
                return (
                  <tr key={one.name}>
                    <td><code>{one.name}</code> {one.kind && <Badge>{one.kind}</Badge>} {one.encrypted && <Badge icon="lock">{t("backups.sealed")}</Badge>} {one.problem && <Badge kind="bad">{one.problem}</Badge>}</td><td class="nowrap" title={dateTime(at)}>{ago(at)}</td><td class="number">{bytes(one.bytes)}</td>
                    <td class="row-buttons">
                      <Button small onClick={() => void verify(one)}>{t("backups.verify")}</Button>
                      <a class="button small" href={`/api/backups/download?name=${encodeURIComponent(one.name)}`} download={one.name}>{t("action.download")}</a>
                      <Confirmed title={t("backups.restore.title")} text={<><p>{t("backups.restore.text")}</p><pre class="code">hub backup restore {one.name}</pre></>} action={t("action.close")} onConfirm={() => undefined}>{(ask) => <Button small kind="quiet" onClick={ask}>{t("backups.restore")}</Button>}</Confirmed>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div></section>
      )}
    </>
  );
}
