"""Find automations that may trigger themselves over MQTT: what they command comes to what they wait for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hub.broker.topics import matches
from hub.cli.walking import as_items, doubt, either, mappings, texts
from hub.config.problems import KeyPath, Problem
from hub.configuration import Configuration
from hub.core.slugs import slugify
from hub.fields import looks_like_template


class Loops:
    """Knows the command topics of the entities that the configuration declares."""

    def __init__(self, configuration: Configuration) -> None:
        self._document = configuration.document
        self._commands: dict[str, list[str]] = {}
        data = configuration.document.data
        section = data.get("mqtt") if isinstance(data, Mapping) else None
        for container, at in mappings(section, ()):
            platform = next((str(step) for step in reversed(at) if isinstance(step, str)), "")
            topics = [
                str(value) for key, value in container.items() if str(key).endswith("command_topic") and value
            ]
            name = container.get("default_entity_id") or f"{platform}.{slugify(str(container.get('name')))}"
            if topics:
                self._commands.setdefault(str(name), []).extend(topics)

    def of_rule(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        if not isinstance(part, Mapping):
            return
        filters = list(_filters(either(part, "triggers", "trigger")))
        actions = either(part, "actions", "action")
        if not filters or actions is None:
            return
        key = "actions" if "actions" in part else "action"
        for call, at in mappings(actions, (*path, key)):
            for topic, step in self._published(call):
                heard = next((each for each in filters if matches(each, topic)), None)
                if heard is not None:
                    text = f"this is published to {topic}, and the automation is triggered by {heard}"
                    hint = "It may trigger itself for ever; add a condition, or another topic"
                    yield doubt(self._document, call, step, at, text, hint)

    def _published(self, call: Mapping[str, Any]) -> Iterator[tuple[str, KeyPath]]:
        service = either(call, "action", "service")
        data = call.get("data")
        if not isinstance(service, str):
            return
        if service == "mqtt.publish" and isinstance(data, Mapping):
            for topic, step in texts(data.get("topic"), "topic"):
                yield topic, ("data", *step)
            return
        target = call.get("target")
        for place in (call, data, target):
            for entity_id, _ in texts(place.get("entity_id") if isinstance(place, Mapping) else None, ""):
                if entity_id.partition(".")[0] == service.partition(".")[0]:
                    for topic in self._commands.get(entity_id, ()):
                        yield topic, ("action" if "action" in call else "service",)


def _filters(triggers: Any) -> Iterator[str]:
    for trigger in as_items(triggers):
        if not isinstance(trigger, Mapping) or either(trigger, "trigger", "platform") != "mqtt":
            continue
        topic = trigger.get("topic")
        if trigger.get("payload") is None and isinstance(topic, str) and not looks_like_template(topic):
            yield topic
