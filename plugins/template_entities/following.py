"""Follow the states that an entity's templates read, and render again those that are concerned."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from hub.api import Detach, HubError, Reads, StateChanged, Template, Watch, is_true, nothing
from plugins.template_entities.live import Failed, Live

log = logging.getLogger(__name__)
_NOTHING_YET = object()


class Following:
    """The templates of one state-based entity."""

    def __init__(self, live: Live[Any]) -> None:
        self._live = live
        self._house = live.house
        self._templates: dict[str, Template] = dict(live.options.templates())
        self._reads: dict[str, Reads] = {}
        self._last: dict[str, Any] = {}
        self._available = True
        self._own_changes = 0
        self._detach: Detach = nothing

    def start(self) -> None:
        """Render everything, and go on when the house has started."""
        self._live.start()
        if self._house.started:
            self._begin()
        else:
            self._detach = self._house.bus.listen("homeassistant_start", lambda _: self._begin())

    def stop(self) -> None:
        self._detach()
        self._live.stop()

    def _begin(self) -> None:
        self._detach()
        self._live.script_variables = self._variables()
        self._render(self._templates, None)
        self._detach = Watch(self._house, self._all_reads(), self._look).stop

    def _variables(self) -> Mapping[str, Any]:
        variables = self._live.options.variables
        if variables is None:
            return {}
        try:
            rendered: Mapping[str, Any] = variables.render({"this": self._live.this()})
        except HubError as error:
            log.error("%s: variables: %s", self._live.entity_id, error)
            return {}
        return rendered

    # --- changes ---

    def _look(self, event: StateChanged | None) -> Reads | None:
        if event is not None and event.entity_id == self._live.entity_id:
            self._own_changes += 1
        else:
            self._own_changes = 0
        if self._own_changes > len(self._templates):
            log.warning("%s: its templates read what they change; stopped the loop", self._live.entity_id)
            return None
        self._render([key for key in self._templates if self._concerns(key, event)], event)
        return self._all_reads()

    def _concerns(self, key: str, event: StateChanged | None) -> bool:
        reads = self._reads.get(key)
        if reads is None:
            return False
        if event is None:
            return reads.time
        if event.entity_id in reads.entities:
            return True
        if reads.every_state or event.entity_id.partition(".")[0] in reads.domains:
            return True
        # A change of one of many may stand for others that came too fast after it.
        return bool(reads.domains) and event.entity_id not in self._all_reads().entities

    def _render(self, keys: Iterable[str], event: StateChanged | None) -> None:
        wanted = list(keys)
        results: dict[str, Any] = {}
        if "availability" in wanted:
            was = self._available
            result = self._one("availability")
            self._available = isinstance(result, Failed) or is_true(result)
            self._keep("availability", result, results)
            if self._available and not was:
                wanted = list(self._templates)
        if not self._available:
            wanted = []
        for key in wanted:
            if key != "availability":
                self._keep(key, self._one(key), results)
        if results:
            self._live.take(results, event.cause if event is not None else None)

    def _keep(self, key: str, result: Any, results: dict[str, Any]) -> None:
        last = self._last.get(key, _NOTHING_YET)
        if type(last) is type(result) and last == result:
            return
        self._last[key] = results[key] = result

    def _one(self, key: str) -> Any:
        template = self._templates[key]
        variables = {"this": self._live.this(), **self._live.script_variables}
        reads = Reads()
        try:
            result, reads = template.track(variables)
        except HubError as error:
            log.error("%s: the template of %s: %s", self._live.entity_id, key, error)
            result, reads = Failed(error), getattr(error, "reads", reads)
        if "this" in template.names:
            reads = Reads(
                reads.entities | {self._live.entity_id}, reads.domains, reads.every_state, reads.time
            )
        self._reads[key] = reads
        return result

    def _all_reads(self) -> Reads:
        each = list(self._reads.values())
        return Reads(
            frozenset().union(*(reads.entities for reads in each)),
            frozenset().union(*(reads.domains for reads in each)),
            any(reads.every_state for reads in each),
            any(reads.time for reads in each),
        )
