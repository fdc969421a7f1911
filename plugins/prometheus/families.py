"""Make families of metrics of what the house is when somebody asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from hub.api import UNAVAILABLE, Figure, House, State
from plugins.prometheus.values import Named, Sample, samples, usual

LABELS = ("entity", "domain", "friendly_name")
_OURS = "hearth_"
Family = GaugeMetricFamily | CounterMetricFamily


async def families(
    house: House,
    prefix: str,
    chosen: Callable[[str], bool],
    named: Named = usual,
    default: str | None = None,
) -> list[Metric]:
    """Return the families of states (their names begin with `prefix`) and those of the hub itself.

    `named` and `default` say what values of sensors are called, see `values.samples`.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    turn = asyncio.Event()
    loop.call_soon(turn.set)
    await turn.wait()
    delay = Figure(
        "event_loop_delay_seconds", "What a task waits for its turn", loop.time() - began, grows=False
    )
    tasks = Figure("tasks", "Tasks of the event loop", len(asyncio.all_tasks()), grows=False)
    everything = list(house.states)
    entities = Figure("entities", "Entities with a state", len(everything), grows=False)
    states = [state for state in everything if chosen(state.entity_id)]
    return [
        *_of_states(states, prefix, named, default),
        *_of_figures([*house.figures.all(), delay, tasks, entities]),
    ]


def _of_states(states: Iterable[State], prefix: str, named: Named, default: str | None) -> Iterable[Metric]:
    found: dict[str, GaugeMetricFamily] = {}
    for state in states:
        name = state.attributes.get("friendly_name")
        labels = (state.entity_id, state.domain, str(name) if name is not None else state.object_id)
        for sample in (*samples(state, named, default), *_of_any(state)):
            family = found.get(sample.name)
            if family is None:
                family = found[sample.name] = GaugeMetricFamily(
                    prefix + sample.name, sample.help, labels=LABELS
                )
            family.add_metric(labels, sample.value)
    return found.values()


def _of_any(state: State) -> Iterable[Sample]:
    yield Sample("entity_available", "Whether the entity is available", state.state != UNAVAILABLE)
    yield Sample("last_updated_time_seconds", "When the state was written last", state.updated)


def _of_figures(figures: Iterable[Figure]) -> Iterable[Metric]:
    found: dict[str, Family] = {}
    for figure in figures:
        family = found.get(figure.name)
        if family is None:
            kind = CounterMetricFamily if figure.grows else GaugeMetricFamily
            family = found[figure.name] = kind(_OURS + figure.name, figure.help, labels=tuple(figure.labels))
        family.add_metric(tuple(figure.labels.values()), figure.value)
    return found.values()
