"""Find what is odd in a configuration but not wrong: names that nothing in it stands behind."""

from __future__ import annotations

import difflib
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.broker.topics import matches
from hub.building import Household, build_house
from hub.config.document import Document
from hub.config.problems import Problem, in_order
from hub.configuration import Configuration, read_files
from hub.core.clock import SimulatedClock, SystemClock
from hub.core.ports import House
from hub.core.settings import Settings
from hub.core.state import is_entity_id
from hub.core.tasks import Tasks
from hub.fields import looks_like_template
from hub.loader import Plugins
from hub.testing.mqtt import SimulatedMqtt

# Domains whose entities come from outside the file: people, phones, what the hub itself makes.
_FROM_OUTSIDE = frozenset(["person", "device_tracker", "zone", "sun", "weather", "calendar", "tts", "todo"])
_TOPIC_KEYS = ("topic", "state_topic", "availability_topic", "json_attributes_topic")
_SPECIAL_TARGETS = ("all", "none")


class _IdleTasks(Tasks):
    """A check starts nothing: what would run in the background is dropped."""

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        work.close()


def check_files(path: Path, plugins: Plugins) -> list[Problem]:
    """Read a configuration as the hub would, set its house up on paper, and return all that is to be said."""
    mqtt = SimulatedMqtt()
    settings = Settings(config_dir=path.parent, data_dir=path.parent / "data")
    house = build_house(SimulatedClock(SystemClock().now()), settings, plugins.catalogs, mqtt)
    house.tasks = _IdleTasks()
    configuration = read_files(path, house)
    household = Household.of(house)
    household.set_up(configuration)
    household.automate(configuration)
    return in_order([*configuration.problems, *doubts(configuration, house)])


def doubts(configuration: Configuration, house: House) -> Iterator[Problem]:
    """Yield a warning for every name in automations and scripts that nothing in the house has."""
    doubter = _Doubter(configuration, house)
    data = configuration.document.data
    if isinstance(data, Mapping):
        for key, value in data.items():
            section = str(key).split()[0]
            if section in ("automation", "script"):
                yield from doubter.actions(value, (key,))
            elif section == "mqtt":
                yield from doubter.topics(value, (key,))


class _Doubter:
    def __init__(self, configuration: Configuration, house: House) -> None:
        self._document: Document = configuration.document
        self._house = house
        self._services = set(house.services.names())
        self._entities = set(house.states.entity_ids()) | set(house.registry.entries)
        self._publishers = list(_publish_filters(configuration))

    def actions(self, part: Any, path: tuple[Any, ...]) -> Iterator[Problem]:
        """Look at everything below an automation or script."""
        for container, at in _containers(part, path):
            for key in ("action", "service"):
                if isinstance(container.get(key), str):
                    yield from self._service(container, key, at)
            for value, step in _texts(container.get("entity_id"), "entity_id"):
                yield from self._entity(container, value, step, at)
            if container.get("platform", container.get("trigger")) == "mqtt":
                yield from self._topic(container, "topic", at)

    def topics(self, part: Any, path: tuple[Any, ...]) -> Iterator[Problem]:
        """Look at the topics that entities read."""
        for container, at in _containers(part, path):
            for key in _TOPIC_KEYS:
                yield from self._topic(container, key, at)

    def _service(self, container: Mapping[str, Any], key: str, at: tuple[Any, ...]) -> Iterator[Problem]:
        name = str(container[key]).strip().lower()
        if looks_like_template(name) or "." not in name or name in self._services:
            return
        yield self._doubt(container, (key,), at, f"no service is called {name}", _near(name, self._services))

    def _entity(
        self, container: Mapping[str, Any], value: str, step: tuple[Any, ...], at: tuple[Any, ...]
    ) -> Iterator[Problem]:
        for entity_id in (part.strip().lower() for part in value.split(",")):
            known = entity_id in self._entities or entity_id in _SPECIAL_TARGETS
            if known or not is_entity_id(entity_id) or entity_id.partition(".")[0] in _FROM_OUTSIDE:
                continue
            hint = _near(entity_id, self._entities)
            yield self._doubt(container, step, at, f"nothing here defines {entity_id}", hint)

    def _topic(self, container: Mapping[str, Any], key: str, at: tuple[Any, ...]) -> Iterator[Problem]:
        topic = container.get(key)
        if not isinstance(topic, str) or looks_like_template(topic) or not self._publishers:
            return
        if any(_meet(filter, topic) for filter in self._publishers):
            return
        text = f"nobody in this configuration may publish to {topic}"
        yield self._doubt(container, (key,), at, text, "Add it to a user's `publish:` under `broker: users:`")

    def _doubt(
        self, container: Any, step: tuple[Any, ...], at: tuple[Any, ...], text: str, hint: str
    ) -> Problem:
        spot = self._document.locate(container, step)
        return self._document.problem(spot, text, hint, path=(*at, *step), severity="warning")


def _containers(part: Any, path: tuple[Any, ...]) -> Iterator[tuple[Mapping[str, Any], tuple[Any, ...]]]:
    if isinstance(part, Mapping):
        yield part, path
        for key, value in part.items():
            yield from _containers(value, (*path, key))
    elif isinstance(part, list):
        for index, value in enumerate(part):
            yield from _containers(value, (*path, index))


def _texts(value: Any, key: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    if isinstance(value, str) and not looks_like_template(value):
        yield value, (key,)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str) and not looks_like_template(item):
                yield item, (key, index)


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.75)
    return f"Did you mean {near[0]}?" if near else ""


def _publish_filters(configuration: Configuration) -> Iterator[str]:
    """Yield the filters to which somebody may publish: the users, and the automations themselves."""
    users = getattr(configuration.engine, "users", ())
    for user in users or ():
        yield from (str(each) for each in user.publish)
    if users:
        for container, _ in _containers(configuration.document.data, ()):
            if isinstance(container.get("topic"), str) and "payload" in container:
                yield str(container["topic"])


def _meet(filter: str, topic: str) -> bool:
    """Tell whether `filter`, with its placeholders for names, lets `topic` pass; wildcards are not judged."""
    if "+" in topic or "#" in topic:
        return True
    return matches(filter.replace("%u", "+").replace("%c", "+"), topic)
