"""Hold all automations and scripts, and change only what a reload really changed."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from hub.automation.automation import Automation
from hub.automation.bookmark import Page
from hub.automation.model import AutomationModel, ScriptModel
from hub.automation.resume import resume
from hub.automation.script import Script
from hub.automation.trace import Trace, Traces
from hub.core.agenda import Agenda
from hub.core.entities import Entity, EntityInfo
from hub.core.errors import HubError, NotFound
from hub.core.events import AUTOMATION_RELOADED
from hub.core.ports import House

log = logging.getLogger("hub.automation")


@dataclass(frozen=True, slots=True)
class Declared:
    """An automation as the YAML declares it; `model` is None where it was refused for `problem`.

    `source` is the YAML data, by which a reload tells what changed.
    """

    source: Any
    model: AutomationModel | None
    problem: str = ""

    @property
    def key(self) -> str:
        data = self.source if isinstance(self.source, Mapping) else {}
        return str(data.get("id") or data.get("alias") or "")


@dataclass(frozen=True, slots=True)
class Changes:
    """What a reload did, by name."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0

    def __str__(self) -> str:
        told = [
            f"{len(names)} {what} ({', '.join(names)})"
            for what, names in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
            if names
        ]
        return "; ".join([*told, f"{self.unchanged} unchanged"])


_Pair = tuple[Declared, Automation | Entity]


class Engine:
    """The automations and scripts of a house."""

    def __init__(self, house: House, agenda: Agenda | None = None) -> None:
        self._house = house
        self._book = house.book
        if agenda is not None:
            house.book.agenda = agenda
        self.traces = Traces()
        house.figures.add(self.traces.figures)
        self._automations: list[_Pair] = []
        self._scripts: dict[str, Script] = {}

    @property
    def agenda(self) -> Agenda:
        """Where it is kept what waits; to be set before anything is loaded."""
        return self._book.agenda

    @agenda.setter
    def agenda(self, agenda: Agenda) -> None:
        self._book.agenda = agenda

    def remember(self, last: int) -> None:
        """Let traces be written elsewhere (`traces.drain`), and number them from `last` on."""
        left = [told["trace"]["number"] for told in self.agenda.left.values() if "trace" in told]
        self.traces.numbers = itertools.count(max([last, *left]) + 1)
        self.traces.archived = True

    @property
    def automations(self) -> list[Automation]:
        return [living for _, living in self._automations if isinstance(living, Automation)]

    @property
    def refused(self) -> int:
        return len(self._automations) - len(self.automations)

    @property
    def scripts(self) -> list[Script]:
        return list(self._scripts.values())

    def automation(self, name: str) -> Automation:
        """Find an automation by entity id, object id, id or alias."""
        for living in self.automations:
            object_id = living.entity_id.partition(".")[2]
            if name in (living.entity_id, object_id, living.model.id, living.model.alias):
                return living
        known = ", ".join(sorted(living.entity_id.partition(".")[2] for living in self.automations))
        raise NotFound(f"no automation is called {name!r}", remedy=f"There are: {known}." if known else "")

    def source_of(self, automation: Automation) -> Any:
        """Return the YAML data of an automation."""
        return next((declared.source for declared, one in self._automations if one is automation), None)

    def traces_of(self, name: str) -> list[Trace]:
        return self.traces.of(self.automation(name).entity_id)

    def item(self, name: str) -> Automation | Script:
        """Find an automation as `automation` does, or a script by its entity id."""
        for script in self.scripts:
            if name == script.entity_id:
                return script
        return self.automation(name)

    def load_scripts(
        self, scripts: Mapping[str, ScriptModel], sources: Mapping[str, Any] | None = None
    ) -> Changes:
        """Replace the scripts whose YAML changed; `sources` are their YAML data."""
        gone = []
        for name, script in list(self._scripts.items()):
            same = sources.get(name) == script.source if sources else scripts.get(name) == script.model
            if name not in scripts or not same:
                script.stop()
                del self._scripts[name]
                gone.append(name)
        fresh = [name for name in scripts if name not in self._scripts]
        kept = len(self._scripts)
        for name, model in scripts.items():
            if name not in self._scripts:
                page = Page(self._book, (sources or {}).get(name))
                self._scripts[name] = Script(self._house, name, model, self.traces, page)
                self._scripts[name].start()
        return changes_between(gone, fresh, kept)

    def load(self, declared: Sequence[Declared]) -> Changes:
        """Take the automations of the YAML. Those whose YAML is as before go on undisturbed."""
        known: dict[str, list[_Pair]] = {}
        for pair in self._automations:
            known.setdefault(pair[0].key, []).append(pair)
        kept: list[_Pair] = []
        fresh: list[tuple[int, Declared]] = []
        for number, item in enumerate(declared):
            same = next((pair for pair in known.get(item.key, ()) if pair[0].source == item.source), None)
            if same is None:
                fresh.append((number, item))
            else:
                known[item.key].remove(same)
                kept.append(same)
        gone = [pair for pairs in known.values() for pair in pairs]
        for _, living in gone:
            _take_out(living)
        made = [(item, self._make(item, number)) for number, item in fresh]
        self._automations = [*kept, *made]
        for _, living in made:
            if isinstance(living, Automation):
                living.start()
        self._house.bus.emit(AUTOMATION_RELOADED)
        return changes_between([item.key for item, _ in gone], [item.key for _, item in fresh], len(kept))

    def forget(self, stale: Callable[[BaseModel], bool]) -> None:
        """End automations and scripts whose model is `stale`; the next load makes them anew."""
        left: list[_Pair] = []
        for declared, living in self._automations:
            if declared.model is not None and stale(declared.model):
                _take_out(living)
            else:
                left.append((declared, living))
        self._automations = left
        for name, script in list(self._scripts.items()):
            if stale(script.model):
                script.stop()
                del self._scripts[name]

    def resume(self) -> None:
        """Go on with the runs that waited when the hub last ended."""
        count = resume(self._house)
        if count:
            log.info("%s waiting %s taken up again", count, "run is" if count == 1 else "runs are")

    def stop(self) -> None:
        """Take everything out. Runs that wait are kept for the next start, and cancelled here."""
        self._book.agenda.seal()
        for _, living in self._automations:
            _take_out(living)
        for script in self._scripts.values():
            script.stop()
        self._automations.clear()
        self._scripts.clear()

    def _make(self, item: Declared, number: int) -> Automation | Entity:
        if item.model is not None:
            try:
                page = Page(self._book, item.source)
                return Automation(self._house, item.model, self.traces, number, page)
            except HubError as error:
                log.error("automation %s is left out: %s", item.key or number, error)
        name = item.key or f"automation {number}"
        entity = self._house.entities.add(EntityInfo("automation", "automation", name=name))
        entity.set_available(False)
        return entity


def _take_out(living: Automation | Entity) -> None:
    if isinstance(living, Automation):
        living.stop()
    else:
        living.remove()


def changes_between(gone: Iterable[str], fresh: Iterable[str], kept: int) -> Changes:
    """Tell by name what is new, what is gone, and what is both and so has changed."""
    old, new = set(gone), set(fresh)
    return Changes(tuple(sorted(new - old)), tuple(sorted(new & old)), tuple(sorted(old - new)), kept)
