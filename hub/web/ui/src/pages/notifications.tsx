// What the hub wants somebody to know.
import { Button, Card, Empty, PageHead } from "../components/basics";
import { ago, dateTime } from "../format";
import { t } from "../i18n";
import { loadNotifications, notifications } from "../notices";
import { mayAs } from "../session";
import { post } from "../api";
import { attempt } from "../toast";
import { useTitle } from "../use";

export default function Notifications() {
  useTitle(t("nav.notifications"));
  const dismiss = (id: string) => attempt(() => post("/api/services/persistent_notification/dismiss", { notification_id: id }).then(loadNotifications));
  const all = () => attempt(() => post("/api/services/persistent_notification/dismiss_all").then(loadNotifications));
  const list = notifications.value;
  return (
    <>
      <PageHead title={t("nav.notifications")}>{list.length > 1 && mayAs("operator") && <Button onClick={() => void all()}>{t("notifications.all")}</Button>}</PageHead>
      {!list.length && <Empty icon="bell" title={t("notifications.none")}><p>{t("notifications.none.text")}</p></Empty>}
      <div class="stack">
        {list.map((one) => (
          <Card key={one.notification_id} title={one.title || t("notifications.one")} actions={mayAs("operator") && <Button small kind="quiet" icon="check" onClick={() => void dismiss(one.notification_id)}>{t("notifications.dismiss")}</Button>}>
            <p class="prose">{one.message}</p>
            <p class="small muted" title={dateTime(one.created_at)}>{ago(one.created_at)}</p>
          </Card>
        ))}
      </div>
    </>
  );
}
