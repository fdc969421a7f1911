// What is wrong in the YAML: where, what, and how to mend it.
import type { Problem } from "../api";
import { t } from "../i18n";
import { Icon } from "../icons";

export function Problems({ problems, onGo }: { problems: Problem[]; onGo?: (problem: Problem) => void }) {
  if (!problems.length) return null;
  return (
    <ul class="plain problems">
      {problems.map((one, i) => (
        <li key={i} class={one.error === false ? "warn" : "bad"}>
          <Icon name={one.error === false ? "warning" : "alert"} size={17} />
          <div class="grow">
            {one.message}{one.remedy && <span class="muted"> {one.remedy}</span>}
            {one.line ? <div class="small">{onGo ? <button type="button" class="button quiet small" onClick={() => onGo(one)}>{place(one)}</button> : <code>{place(one)}</code>}</div> : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

const place = (one: Problem): string =>
  one.file && one.file !== "text" ? [one.file, one.line, one.column].filter(Boolean).join(":") : t("problem.line", { line: one.line ?? 1 });
