"""Find what is written well and still can never happen: limits, choices, steps, ids that clash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.cli.walking import as_items, doubt, lists, mappings, texts
from hub.config.layout import Item
from hub.config.problems import KeyPath, Problem
from hub.configuration import Configuration
from hub.core.ports import House

_ALWAYS = ("{{true}}", "{{1}}", "true")


class Sense:
    """Looks for what can't happen."""

    def __init__(self, configuration: Configuration, house: House) -> None:
        self._document = configuration.document
        self._house = house

    def of_rule(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        for container, at in mappings(part, path):
            kind = container.get("trigger", container.get("platform", container.get("condition")))
            if kind == "numeric_state":
                yield from self._limits(container, at)
                yield from self._reach(container, at)
            if kind == "state":
                yield from self._edge(container, at)
            if isinstance(container.get("choose"), list):
                yield from self._choices(container["choose"], (*at, "choose"))
        for steps, at in lists(part, path):
            yield from self._after_stop(steps, at)

    def ids(self, rules: list[Item]) -> Iterator[Problem]:
        """Compare the ids of all automations with each other."""
        seen: dict[str, Any] = {}
        for rule in rules:
            data = rule.data
            if rule.key != "automation" or not isinstance(data, Mapping) or data.get("id") is None:
                continue
            name = str(data["id"])
            if name in seen:
                first = self._document.locate(seen[name], ("id",)).place
                text = f"the id {name} is used twice, first at {first}"
                yield doubt(self._document, data, ("id",), rule.path, text, "Each automation needs its own")
            seen.setdefault(name, data)

    def unique_ids(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        """Compare the unique ids of entities of one kind below a section."""
        seen: dict[tuple[str, str], Any] = {}
        for container, at in mappings(part, path):
            name = container.get("unique_id")
            if not isinstance(name, str | int):
                continue
            kind = next((str(step) for step in reversed(at) if isinstance(step, str)), "")
            known = seen.setdefault((kind, str(name)), container)
            if known is not container:
                first = self._document.locate(known, ("unique_id",)).place
                text = f"the unique_id {name} is used twice for a {kind}, first at {first}"
                yield doubt(self._document, container, ("unique_id",), at, text, "Only the first one lives")

    def echoes(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        """Find entities that hear their own commands."""
        for container, at in mappings(part, path):
            command, told = container.get("command_topic"), container.get("state_topic")
            if isinstance(command, str) and command == told:
                text = f"{told} is the topic of its commands, too: it takes its own command for the answer"
                hint = "Let the device answer on a topic of its own, or leave state_topic out"
                yield doubt(self._document, container, ("state_topic",), at, text, hint)

    def _limits(self, part: Mapping[str, Any], at: KeyPath) -> Iterator[Problem]:
        above, below = _number(part.get("above")), _number(part.get("below"))
        if above is not None and below is not None and above >= below:
            text = f"no number is above {above:g} and below {below:g}"
            yield doubt(self._document, part, ("above",), at, text, "It can never hold")

    def _reach(self, part: Mapping[str, Any], at: KeyPath) -> Iterator[Problem]:
        """Compare the limits with the least and most that an input_number can have."""
        if part.get("attribute") is not None or part.get("value_template") is not None:
            return
        for entity_id, _ in texts(part.get("entity_id"), "entity_id"):
            state = self._house.states.get(entity_id)
            if state is None or not entity_id.startswith(("input_number.", "number.")):
                continue
            low, high = _number(state.attributes.get("min")), _number(state.attributes.get("max"))
            above, below = _number(part.get("above")), _number(part.get("below"))
            if high is not None and above is not None and above >= high:
                text = f"{entity_id} is never above {above:g}: its most is {high:g}"
                yield doubt(self._document, part, ("above",), at, text, "")
            if low is not None and below is not None and below <= low:
                text = f"{entity_id} is never below {below:g}: its least is {low:g}"
                yield doubt(self._document, part, ("below",), at, text, "")

    def _edge(self, part: Mapping[str, Any], at: KeyPath) -> Iterator[Problem]:
        old, new = part.get("from"), part.get("to")
        if isinstance(old, str) and old == new and part.get("attribute") is None:
            text = f"a change from {old} to {new} is none"
            yield doubt(self._document, part, ("to",), at, text, "It never fires")

    def _choices(self, options: list[Any], at: KeyPath) -> Iterator[Problem]:
        for index, option in enumerate(options[:-1]):
            if isinstance(option, Mapping) and _unconditional(option.get("conditions")):
                text = f"it is never chosen: option {index + 1} before it has no condition that can fail"
                yield doubt(self._document, options, (index + 1,), at, text, "Move that one to `default:`")
                return

    def _after_stop(self, steps: list[Any], at: KeyPath) -> Iterator[Problem]:
        for index, step in enumerate(steps[:-1]):
            if isinstance(step, Mapping) and "stop" in step and step.get("enabled", True) is True:
                if at and at[-1] == "parallel":
                    return
                text = "it is never reached: the step before it stops the run"
                yield doubt(self._document, steps, (index + 1,), at, text, "")
                return


def _unconditional(conditions: Any) -> bool:
    """Say whether conditions always hold."""
    if conditions is None:
        return False  # it is missing, which is told elsewhere
    return all(_always(condition) for condition in as_items(conditions))


def _always(condition: Any) -> bool:
    text = condition.get("value_template") if isinstance(condition, Mapping) else condition
    return isinstance(text, str) and text.replace(" ", "").lower() in _ALWAYS


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
