// Everything about one entity, over the page that one came from.
import { signal, useSignal } from "@preact/signals";
import { deviceName, deviceOf } from "../house";
import { nameOf, stateText, gone } from "../entity";
import { ago, dateTime } from "../format";
import { t } from "../i18n";
import { stateOf } from "../live";
import { isAdmin } from "../session";
import { Button, Dialog, Notice } from "./basics";
import { FullControl } from "./full";
import { Lazy } from "./lazy";

/** The entity whose details are open. */
export const opened = signal<string | null>(null);

const QUIET = new Set(["friendly_name", "icon", "supported_features", "entity_picture"]);

export function EntityDetail() {
  return opened.value ? <Detail key={opened.value} entityId={opened.value} /> : null;
}

function Detail({ entityId }: { entityId: string }) {
  const editing = useSignal(false);
  const state = stateOf(entityId).value;
  const name = nameOf(state, entityId);
  const device = deviceOf(entityId);
  return (
    <Dialog title={name} onClose={() => { opened.value = null; }}>
      {!state && <Notice kind="warn" title={t("detail.none")}>{t("detail.none.text")}</Notice>}
      {state && gone(state) && <Notice kind="warn" title={t("detail.gone")}>{t("detail.gone.text")}</Notice>}
      {state && <FullControl entityId={entityId} state={state} name={name} />}
      <Lazy load={() => import("./small_plot")} entityIds={[entityId]} hours={24} />
      {state && (
        <dl class="facts">
          <dt>{t("detail.state")}</dt><dd>{stateText(entityId, state)}</dd>
          <dt>{t("detail.changed")}</dt><dd title={dateTime(state.last_changed)}>{ago(state.last_changed)}</dd>
          <dt>{t("detail.entity")}</dt><dd><code>{entityId}</code></dd>
          {device && <><dt>{t("detail.device")}</dt><dd><a href={`/devices/${device.id}`} onClick={() => { opened.value = null; }}>{deviceName(device)}</a></dd></>}
        </dl>
      )}
      <div class="row">
        <a href={`/history?entity=${entityId}`} onClick={() => { opened.value = null; }}>{t("nav.history")}</a>
        <a href={`/logbook?entity=${entityId}`} onClick={() => { opened.value = null; }}>{t("nav.logbook")}</a>
      </div>
      {isAdmin() && (editing.value
        ? <Lazy load={() => import("./naming")} entityId={entityId} onClose={() => { editing.value = false; }} />
        : <div class="row"><Button small icon="edit" onClick={() => { editing.value = true; }}>{t("naming.edit")}</Button></div>)}
      {state && (
        <details>
          <summary>{t("detail.attributes")}</summary>
          <dl class="facts small">
            {Object.entries(state.attributes).filter(([key]) => !QUIET.has(key)).map(([key, value]) => (
              <><dt key={key}>{key}</dt><dd class="mono">{typeof value === "string" ? value : JSON.stringify(value)}</dd></>
            ))}
          </dl>
        </details>
      )}
    </Dialog>
  );
}
