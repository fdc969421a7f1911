"""What `hub demo` shows: sensors, heaters, automations and messages, as a screen or as lines."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from hub.automation.engine import Engine
from hub.automation.trace import FINISHED, Trace
from hub.core.clock import Clock
from hub.core.ports import House, Message

RUNS_SHOWN = 10
_STYLES = {"on": "bold red", "off": "dim", FINISHED: "green"}


class Rate:
    """Messages a second, over the last whole second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[float] = deque()
        self.total = 0

    def count(self, message: Message) -> None:
        self.total += 1
        self._times.append(self._clock.monotonic())

    def now(self) -> int:
        begin = self._clock.monotonic() - 1.0
        while self._times and self._times[0] < begin:
            self._times.popleft()
        return len(self._times)


class Runs:
    """The runs of automations, each told once it is over."""

    def __init__(self, engine: Engine) -> None:
        self._fresh: list[Trace] = []
        self.latest: deque[Trace] = deque(maxlen=RUNS_SHOWN)
        engine.traces.listen(self._fresh.append)

    def fresh(self) -> list[Trace]:
        """Return those that ended since the last call, oldest first."""
        ended, self._fresh[:] = self._fresh.copy(), []
        self.latest.extend(ended)
        return ended


def told(trace: Trace) -> tuple[str, str, str]:
    """Return what is said of a run: its automation, how it ended, and why."""
    data = trace.as_dict()
    trigger = (data["trigger"] or {}).get("description") or "a call"
    reasons = [step["why"] for step in data["steps"] if "why" in step and trace.outcome != FINISHED]
    why = data["error"] or (reasons[-1] if reasons else f"because of {trigger}")
    return trace.item.partition(".")[2], data["outcome"], str(why)


def line(trace: Trace) -> str:
    """Return a run as one line of text."""
    name, outcome, why = told(trace)
    return f"automation {name}: {outcome}, {why}"


class Screen:
    """The whole view, drawn anew from the house each time."""

    def __init__(self, house: House, runs: Runs, rate: Rate, head: list[str]) -> None:
        self._house = house
        self._runs = runs
        self._rate = rate
        self._head = head

    def __rich__(self) -> RenderableType:
        self._runs.fresh()
        return Group(
            Text("\n".join(self._head)),
            Columns([self._states("sensor", "sensors"), self._states("switch", "heaters")], padding=(0, 2)),
            self._latest_runs(),
            Text(f"{self._rate.now()} messages a second, {self._rate.total} in all.  Ctrl-C ends the demo."),
        )

    def _states(self, domain: str, title: str) -> Panel:
        table = Table.grid(padding=(0, 2))
        table.add_column(min_width=24)
        table.add_column(justify="right", min_width=8)
        for name, value in self._rows(domain):
            table.add_row(name, Text(value, style=_STYLES.get(value, "")))
        return Panel(table, title=title, title_align="left")

    def _rows(self, domain: str) -> Iterator[tuple[str, str]]:
        for entity_id in sorted(self._house.states.entity_ids(domain)):
            state = self._house.states.get(entity_id)
            # Those of the file: what announced itself is too much for one screen.
            if state is not None and self._house.registry.get(entity_id) is None:
                unit = str(state.attributes.get("unit_of_measurement") or "")
                yield state.name, f"{state.state} {unit}".strip()

    def _latest_runs(self) -> Panel:
        table = Table.grid(padding=(0, 2))
        for trace in reversed(self._runs.latest):
            name, outcome, why = told(trace)
            table.add_row(name, Text(outcome, style=_STYLES.get(outcome, "yellow")), Text(why, style="dim"))
        return Panel(table, title="automation runs, newest first", title_align="left", height=RUNS_SHOWN + 2)
