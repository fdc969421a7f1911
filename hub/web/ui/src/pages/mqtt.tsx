// The MQTT server from inside: topics as they move, clients with their rights, who came and went.
import { useSignal } from "@preact/signals";
import { Card, PageHead, Tabs } from "../components/basics";
import { Lazy } from "../components/lazy";
import { t } from "../i18n";
import { place, setQuery } from "../router";
import { useTitle } from "../use";

export default function Mqtt() {
  useTitle(t("nav.mqtt"));
  const tab = useSignal(place.value.query.get("tab") ?? "topics");
  const choose = (key: string) => { tab.value = key; setQuery({ tab: key === "topics" ? null : key }); };
  return (
    <>
      <PageHead title={t("nav.mqtt")} />
      <Tabs label={t("nav.mqtt")} chosen={tab.value} onChoose={choose}
        tabs={[["topics", t("mqtt.topics")], ["publish", t("mqtt.publish")], ["clients", t("mqtt.clients")], ["who", t("mqtt.who")], ["log", t("mqtt.log")]]} />
      {tab.value === "topics" && <Lazy load={() => import("../components/topic_browser")} />}
      {tab.value === "publish" && <Card title={t("mqtt.publish")}><Lazy load={() => import("../components/publish")} /></Card>}
      {tab.value === "clients" && <Lazy load={() => import("../components/mqtt_clients")} />}
      {tab.value === "who" && <Lazy load={() => import("../components/who_may")} />}
      {tab.value === "log" && <Lazy load={() => import("../components/connection_log")} />}
    </>
  );
}
