"""The device condition: a state or numeric_state condition on the device's entity, in the editor's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from hub.api import Condition, ConditionField, Scope, Text
from plugins.device.states import attribute_of, beyond, picked, state_of

_COMMON = ("condition", "alias", "enabled")
# The types that compare with a value of their own: the key that has it, and the attribute.
_COMPARED: Mapping[tuple[str, str], tuple[str, str | None]] = {
    ("climate", "is_hvac_mode"): ("hvac_mode", None),
    ("climate", "is_preset_mode"): ("preset_mode", "preset_mode"),
    ("humidifier", "is_mode"): ("mode", "mode"),
    ("select", "selected_option"): ("option", None),
}


class DeviceCondition(Condition):
    """Hold while a device's entity is what `type` says, such as `is_on` or `is_open`."""

    model_config = ConfigDict(extra="allow")

    domain: Text
    type: Text
    behind: SkipJsonSchema[ConditionField] = Field(exclude=True)

    @classmethod
    def beyond(cls, data: Mapping[str, Any]) -> str:
        return beyond("condition", data, known=_translated(data) is not None)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return {**picked(data, *_COMMON, "domain", "type"), "behind": _translated(data)}

    def test(self, scope: Scope) -> bool:
        return self.behind.test(scope)

    def why(self, scope: Scope) -> str:
        return self.behind.why(scope)


def _translated(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the condition that does it, None if the type means nothing here."""
    domain, kind = str(data.get("domain")), str(data.get("type"))
    common = picked(data, "entity_id")
    if domain == "sensor":
        return {"condition": "numeric_state", **common, **picked(data, "above", "below")}
    attribute = attribute_of(domain, kind)
    if attribute is not None:
        limits = picked(data, "above", "below")
        return {"condition": "numeric_state", "attribute": attribute, **common, **limits}
    common |= picked(data, "for")
    if (domain, kind) in _COMPARED:
        key, attribute = _COMPARED[domain, kind]
        named = {} if attribute is None else {"attribute": attribute}
        return {"condition": "state", "state": data.get(key), **named, **common}
    state = state_of(domain, kind)
    return None if state is None else {"condition": "state", "state": state, **common}
