"""Find names in automations, scripts and topics that nothing in the house stands behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hub.broker.topics import matches
from hub.building import reloads
from hub.cli.spelling import Spelling
from hub.cli.walking import doubt, mappings, texts
from hub.config.problems import KeyPath, Problem
from hub.configuration import Configuration
from hub.core.ports import House
from hub.core.state import was_entity_id
from hub.fields import looks_like_template
from hub.storage.registry import known_entities

# Domains whose entities come from outside the file: people, phones, what the hub itself makes.
_FROM_OUTSIDE = frozenset(["person", "device_tracker", "zone", "sun", "weather", "calendar", "tts", "todo"])
# What the hub offers only while it runs.
_WHILE_RUNNING = ("homeassistant.stop", "homeassistant.check_config", "recorder.disable", "recorder.enable",
                  "recorder.purge", "recorder.purge_entities")  # fmt: skip
_TOPIC_KEYS = ("topic", "state_topic", "availability_topic", "json_attributes_topic")
_SPECIAL_TARGETS = ("all", "none")


class Names:
    """The names that the house knows, to compare others with."""

    def __init__(self, configuration: Configuration, house: House) -> None:
        self._document = configuration.document
        reading = (f"{domain}.{name}" for domain, name in reloads(house))
        self._services = {*house.services.names(), *_WHILE_RUNNING, *reading}
        # What announced itself stands in no file of the configuration; the hub remembers it.
        announced = known_entities(house.settings.data_dir / "entities.db")
        self._entities = set(house.states.entity_ids()) | set(house.registry.entries) | announced
        self._services_spelt = Spelling(self._services, across=False)
        self._entities_spelt = Spelling(self._entities)
        self._publishers = list(_publish_filters(configuration))
        self._unknown: dict[str, list[Problem]] = {}

    def of_rule(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        """Look at everything in an automation or script; what nobody has is kept for `unknown`."""
        for container, at in mappings(part, path):
            for key in ("action", "service"):
                if isinstance(container.get(key), str):
                    self._service(container, key, at)
            for value, step in texts(container.get("entity_id"), "entity_id"):
                self._entity(container, value, step, at)
            if container.get("platform", container.get("trigger")) == "mqtt":
                yield from self._topic(container, "topic", at)

    def unknown(self) -> Iterator[Problem]:
        """Yield the services and entities that nobody has: each once, where it stands first."""
        for text, found in self._unknown.items():
            more = f" (it stands {len(found)} times)" if len(found) > 1 else ""
            yield replace(found[0], text=text + more)

    def of_topics(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        """Look at the topics that entities read."""
        for container, at in mappings(part, path):
            for key in _TOPIC_KEYS:
                yield from self._topic(container, key, at)

    def _service(self, container: Mapping[str, Any], key: str, at: KeyPath) -> None:
        name = str(container[key]).strip().lower()
        if looks_like_template(name) or "." not in name or name in self._services:
            return
        text = f"no service is called {name}"
        self._keep(doubt(self._document, container, (key,), at, text, self._services_spelt.hint(name)))

    def _entity(self, container: Mapping[str, Any], value: str, step: KeyPath, at: KeyPath) -> None:
        for entity_id in (part.strip().lower() for part in value.split(",")):
            known = entity_id in self._entities or entity_id in _SPECIAL_TARGETS
            if known or not was_entity_id(entity_id) or entity_id.partition(".")[0] in _FROM_OUTSIDE:
                continue
            text = f"nothing here defines {entity_id}"
            self._keep(doubt(self._document, container, step, at, text, self._entities_spelt.hint(entity_id)))

    def _keep(self, problem: Problem) -> None:
        self._unknown.setdefault(problem.text, []).append(problem)

    def _topic(self, container: Mapping[str, Any], key: str, at: KeyPath) -> Iterator[Problem]:
        topic = container.get(key)
        if not isinstance(topic, str) or looks_like_template(topic) or not self._publishers:
            return
        if any(_meet(filter, topic) for filter in self._publishers):
            return
        text = f"nobody in this configuration may publish to {topic}"
        hint = "Add it to a user's `publish:` under `broker: users:`"
        yield doubt(self._document, container, (key,), at, text, hint)


def _publish_filters(configuration: Configuration) -> Iterator[str]:
    """Yield the filters to which somebody may publish: the users, and the automations themselves."""
    users = getattr(configuration.engine, "users", ())
    for user in users or ():
        yield from (str(each) for each in user.publish)
    if users:
        for container, _ in mappings(configuration.document.data, ()):
            if isinstance(container.get("topic"), str) and "payload" in container:
                yield str(container["topic"])


def _meet(filter: str, topic: str) -> bool:
    """Tell whether `filter`, with its placeholders for names, lets `topic` pass; wildcards are not judged."""
    if "+" in topic or "#" in topic:
        return True
    return matches(filter.replace("%u", "+").replace("%c", "+"), topic)
