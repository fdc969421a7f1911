// The last hours of some entities, wherever there is room for a plot.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fetchHistory, type Drawn } from "../history";
import { t } from "../i18n";
import Plot from "./plot";
import { Timeline } from "./timeline";

export default function SmallPlot({ entityIds, hours, height = 170 }: { entityIds: string[]; hours: number; height?: number }) {
  const drawn = useSignal<Drawn | null>(null);
  const failed = useSignal(false);
  const to = useSignal(Date.now() / 1000);
  const from = to.value - hours * 3600;
  useEffect(() => {
    to.value = Date.now() / 1000;
    fetchHistory(entityIds, to.value - hours * 3600, to.value).then((found) => { drawn.value = found; }, () => { failed.value = true; });
  }, [entityIds.join(), hours]);
  if (failed.value) return null;
  if (!drawn.value) return <div class="bone" style={{ height: `${height}px` }} role="status" aria-label={t("loading")} />;
  const { plots, timelines } = drawn.value;
  if (!plots.some((one) => one.times.length) && !timelines.length) return <p class="small muted">{t("history.none")}</p>;
  return (
    <>
      {plots.length > 0 && <Plot series={plots} from={from} to={to.value} height={height} label={t("history.plot", { hours })} tools={false} />}
      {timelines.length > 0 && <Timeline lines={timelines} from={from} to={to.value} />}
    </>
  );
}
