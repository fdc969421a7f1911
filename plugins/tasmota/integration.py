"""The section `tasmota:`: devices that announce themselves in Tasmota's own way."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator

from hub.api import Detach, House, Integration, Text, refuse
from plugins.tasmota.discoverer import Discoverer


def _topic(value: str) -> str:
    if not value or value.endswith("/") or {"+", "#", "\0"} & set(value):
        raise refuse(
            f"{value!r} can't begin a topic", "Write levels, such as tasmota/discovery, without wildcards."
        )
    return value


class TasmotaIntegration(Integration):
    """Let devices announce themselves on `<discovery_prefix>/<MAC>/config` and `/sensors`."""

    always: ClassVar[bool] = True

    discovery_prefix: Annotated[Text, AfterValidator(_topic)] = "tasmota/discovery"

    def start(self, house: House) -> Detach:
        return Discoverer(house, self.discovery_prefix).stop
