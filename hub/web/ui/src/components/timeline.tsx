// States that are words, as coloured spans over time.
import { time } from "../format";
import { stateText } from "../entity";
import type { Timeline as Line } from "../history";
import { duration } from "../format";

const HUES = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];
const FIXED: Record<string, string> = { on: "--on", open: "--on", home: "--series-3", off: "--sunken", closed: "--sunken", not_home: "--sunken", unavailable: "--line", unknown: "--line" };

export function Timeline({ lines, from, to }: { lines: Line[]; from: number; to: number }) {
  return (
    <div class="timelines">
      {lines.map((line) => {
        const known = [...new Set(line.spans.map((span) => span.state))];
        return (
          <div class="timeline" key={line.entityId}>
            <div class="small">{line.label}</div>
            <svg class="timeline-bar" viewBox="0 0 1000 24" preserveAspectRatio="none" role="img"
              aria-label={`${line.label}: ${line.spans.slice(-6).map((span) => `${time(span.from)} ${text(line, span.state)}`).join(", ")}`}>
              {line.spans.filter((span) => span.to > from && span.from < to).map((span) => {
                const x = ((Math.max(span.from, from) - from) / (to - from)) * 1000;
                const width = ((Math.min(span.to, to) - Math.max(span.from, from)) / (to - from)) * 1000;
                const colour = FIXED[span.state] ?? HUES[known.indexOf(span.state) % HUES.length]!;
                return (
                  <rect key={span.from} x={x} y={0} width={Math.max(width, 1)} height={24} style={{ fill: `var(${colour})` }}>
                    <title>{`${text(line, span.state)}: ${time(span.from)} – ${time(span.to)} (${duration(span.to - span.from)})`}</title>
                  </rect>
                );
              })}
            </svg>
            <div class="timeline-key small muted">
              {known.slice(0, 6).map((state) => <span key={state}><i style={{ background: `var(${FIXED[state] ?? HUES[known.indexOf(state) % HUES.length]})` }} />{text(line, state)}</span>)}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function text(line: Line, state: string): string {
  return stateText(line.entityId, { entity_id: line.entityId, state, attributes: {}, last_changed: 0, last_updated: 0 });
}
