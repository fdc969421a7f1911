"""Virtual components: what people and scripts made up on a device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plugins.shelly.part import Part
from plugins.shelly.wording import NEWS, command, pick

_FARTHEST = 1_000_000


def virtual(topic: str, component: str, content: Mapping[str, Any]) -> Iterator[Part]:
    """Return the entity of a virtual component, if it is one: a switch, a number, a text, a word to read."""
    kind, _, number = component.partition(":")
    if "value" not in content or kind not in ("boolean", "number", "text", "enum"):
        return
    shared = {"name": f"{kind.capitalize()} {number}", "state_topic": f"{topic}/{NEWS}"}
    rpc = {"command_topic": f"{topic}/rpc"}
    if kind == "boolean":
        yield Part("switch", component, {
            **shared, **rpc, "state_on": "on", "state_off": "off",
            "value_template": pick(component, "value", "'on' if {} else 'off'"),
            "payload_on": command(topic, "Boolean.Set", f'{{"id":{number},"value":true}}'),
            "payload_off": command(topic, "Boolean.Set", f'{{"id":{number},"value":false}}'),
        })  # fmt: skip
    elif kind == "number":
        yield Part("number", component, {
            **shared, **rpc, "min": -_FARTHEST, "max": _FARTHEST, "step": 0.001, "mode": "box",
            "value_template": pick(component, "value"),
            "command_template": command(topic, "Number.Set", f'{{"id":{number},"value":{{{{ value }}}}}}'),
        })  # fmt: skip
    elif kind == "text":
        told = f'{{"id":{number},"value":{{{{ value | tojson }}}}}}'
        yield Part("text", component, {
            **shared, **rpc, "value_template": pick(component, "value"),
            "command_template": command(topic, "Text.Set", told),
        })  # fmt: skip
    else:  # which words there are stands in its configuration, not in what it tells
        yield Part("sensor", component, {**shared, "value_template": pick(component, "value")})
