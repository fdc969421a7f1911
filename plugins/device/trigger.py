"""The device trigger: a state or numeric_state trigger on the device's entity, in the editor's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from hub.api import Attachment, Detach, House, Text, Trigger, TriggerField
from plugins.device.states import SWITCHED, attribute_of, beyond, picked, state_of

_COMMON = ("platform", "id", "alias", "variables", "enabled")


class DeviceTrigger(Trigger):
    """Fire when a device's entity becomes what `type` says, such as `turned_on` or `opened`."""

    model_config = ConfigDict(extra="allow")

    domain: Text
    type: Text
    behind: SkipJsonSchema[TriggerField] = Field(exclude=True)

    @classmethod
    def beyond(cls, data: Mapping[str, Any]) -> str:
        return beyond("trigger", data, known=_translated(data) is not None)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any) -> Any:
        return {**picked(data, *_COMMON, "domain", "type"), "behind": _translated(data)}

    def attach(self, attachment: Attachment) -> Detach:
        return self.behind.attach(attachment)

    def because(self, facts: Mapping[str, Any]) -> str:
        return self.behind.because(facts)

    def distance(self, house: House) -> str:
        return self.behind.distance(house)

    def waits_for(self, house: House) -> str:
        return self.behind.waits_for(house)


def _translated(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the trigger that does it, None if the type means nothing here."""
    domain, kind = str(data.get("domain")), str(data.get("type"))
    common = picked(data, "entity_id", "for")
    limits = picked(data, "above", "below")
    if domain == "sensor":
        return {"trigger": "numeric_state", **common, **limits}
    attribute = attribute_of(domain, kind)
    if attribute is not None:
        return {"trigger": "numeric_state", "attribute": attribute, **common, **limits}
    if kind == "changed_states" and domain in SWITCHED:
        return {"trigger": "state", "to": None, **common}
    if (domain, kind) in (("climate", "hvac_mode_changed"), ("select", "current_option_changed")):
        return {"trigger": "state", "to": None, **common, **picked(data, "from", "to")}
    if (domain, kind) == ("button", "pressed"):
        return {"trigger": "state", "to": None, **common}
    if domain == "device_tracker" and kind in ("enters", "leaves"):
        return {"trigger": "zone", **common, **picked(data, "zone"), "event": kind.removesuffix("s")}
    state = state_of(domain, kind)
    return None if state is None else {"trigger": "state", "to": state, **common}
