"""The platform rest for switches: an address is told what to be, and asked what it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from hub.api import (
    Command,
    Detach,
    EntityInfo,
    EntityPlatform,
    House,
    HubError,
    ServiceCall,
    TemplateField,
    Text,
)
from plugins.rest.options import Method
from plugins.rest.polling import Poll, Polling


class RestSwitch(EntityPlatform, Polling):
    """A switch that is told by a request, `body_on` or `body_off`, and that an address tells the state of."""

    method: Method = "post"
    name: TemplateField | None = None
    unique_id: Text | None = None
    icon: Text | None = None
    device_class: Literal["outlet", "switch"] | None = None
    body_on: TemplateField | None = None
    body_off: TemplateField | None = None
    state_resource: Text | None = None
    is_on_template: TemplateField | None = None

    def body(self, *, on: bool) -> str:
        template = self.body_on if on else self.body_off
        return template.text() if template is not None else "ON" if on else "OFF"

    def asking(self) -> RestSwitch:
        """Return what asks for the state: the same address, or another."""
        changes = {"method": "get", "payload": None, "payload_template": None}
        if self.state_resource is not None:
            changes |= {"resource": self.state_resource, "resource_template": None}
        return self.model_copy(update=changes)

    def is_on(self, text: str) -> bool | None:
        """Return what an answer says; None if it says neither."""
        if self.is_on_template is not None:
            told = str(self.is_on_template.payload(text, default="")).lower()
            return {"true": True, "false": False, self.body(on=True).lower(): True,
                    self.body(on=False).lower(): False}.get(told)  # fmt: skip
        return {self.body(on=True): True, self.body(on=False): False}.get(text)

    def add(self, house: House) -> Detach:
        live = _LiveSwitch(house, self)
        return Poll(house, self.asking(), [live]).stop


class _LiveSwitch:
    def __init__(self, house: House, options: RestSwitch) -> None:
        self._house = house
        self._options = options
        name = options.name.text() if options.name is not None else "REST Switch"
        info = EntityInfo(
            "switch", "rest", unique_id=options.unique_id, name=name, icon=options.icon,
            device_class=options.device_class,
        )  # fmt: skip
        self._entity = house.entities.add(info, self._commands())
        self._entity.available = False
        self._entity.write(None)

    @property
    def name(self) -> str:
        return self._entity.entity_id

    def stop(self) -> None:
        self._entity.remove()

    def lose(self) -> None:
        self._entity.set_available(False)

    def read(self, text: str) -> None:
        on = self._options.is_on(text)
        self._entity.available = True
        self._entity.write(None if on is None else "on" if on else "off")

    def _commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._command(on=True), "turn_off": self._command(on=False)}

    def _command(self, *, on: bool) -> Command:
        async def run(call: ServiceCall) -> None:
            options = self._options
            answer = await options.sent(self._house, options.body(on=on))
            if answer.status_code >= 400:
                raise HubError(f"{self.name}: the answer is {answer.status_code} {answer.reason_phrase}")
            self.read(await options.asking().answer(self._house))

        return run
