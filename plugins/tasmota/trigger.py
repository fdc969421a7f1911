"""The tasmota trigger: fire when somebody presses a button or a switch of a device."""

from __future__ import annotations

from hub.api import Attachment, Detach, Event, House, Text, Trigger
from plugins.tasmota.buttons import HAPPENED


class TasmotaTrigger(Trigger):
    """Fire when a button or switch of a device is pressed; what is left out may be anything.

    `source` is which one (`button_1`, `switch_2`), `type` what was done (`button_short_press`), `event`
    the device's own word for it (`SINGLE`).
    """

    device_id: Text | None = None
    mac: Text | None = None
    source: Text | None = None
    type: Text | None = None
    event: Text | None = None

    def attach(self, attachment: Attachment) -> Detach:
        wanted = self._wanted()

        def happened(event: Event) -> None:
            told = event.data
            if any(told.get(name) != value for name, value in wanted.items()):
                return
            description = f"{told.get('type')} of {told.get('source')} of tasmota {told.get('mac')}"
            attachment.fire({**told, "description": description}, event.cause)

        return attachment.house.bus.listen(HAPPENED, happened)

    def waits_for(self, house: House) -> str:
        return " ".join(["tasmota", *(f"{name} {value}" for name, value in self._wanted().items())])

    def _wanted(self) -> dict[str, str]:
        given = {
            "device_id": self.device_id,
            "mac": self.mac.replace(":", "").upper() if self.mac else None,
            "source": self.source,
            "type": self.type,
            "event": self.event,
        }
        return {name: value for name, value in given.items() if value is not None}
