// A unified diff, line by line.
import { t } from "../i18n";

export function Diff({ text }: { text: string }) {
  const lines = text.split("\n").filter((line) => !line.startsWith("---") && !line.startsWith("+++"));
  if (!text) return <p class="muted">{t("diff.none")}</p>;
  return (
    <pre class="code diff" aria-label={t("diff.title")} tabIndex={0}>
      {lines.map((line, i) => <span key={i} class={line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : line.startsWith("@@") ? "muted" : ""}>{line || " "}</span>)}
    </pre>
  );
}
