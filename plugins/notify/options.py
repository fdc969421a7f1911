"""What every way to reach people takes, and the service that it offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import Detach, EntityPlatform, House, ServiceCall, ServiceData, Text, check, slugify, together
from plugins.notify.manners import Manners, Message, QuietHours, Rate


class Say(ServiceData):
    """Tell people something. `data: {urgent: true}` disturbs them in quiet hours, too."""

    message: Text
    title: Text | None = None
    target: Any = None
    data: Mapping[str, Any] | None = None

    def as_message(self) -> Message:
        urgent = bool((self.data or {}).get("urgent"))
        return Message(message=self.message, title=self.title or "", urgent=urgent)


class NotifyPlatform(EntityPlatform):
    """A way to reach people, offered as `notify.<name>`."""

    partly: ClassVar[bool] = True

    standard: ClassVar[str] = "notify"

    name: Text = "notify"
    quiet_hours: QuietHours | None = None
    rate_limit: Rate | None = None

    def send(self, house: House, fields: Say, message: Message) -> Any:
        """Send; returns what to wait for."""
        raise NotImplementedError

    def add(self, house: House) -> Detach:
        name = slugify(self.name) or self.standard
        last: list[Say] = []
        manners = Manners(
            house,
            name,
            self.quiet_hours,
            self.rate_limit,
            lambda message: self.send(house, last[-1], message),
        )

        def handle(call: ServiceCall) -> Any:
            last[:] = [call.fields]
            return manners.say(call.fields.as_message())

        def schema(data: Mapping[str, Any]) -> Any:
            return check(f"notify.{name}", Say, data)

        offered = house.services.register(
            "notify", name, handle, schema=schema, description=f"Tell {self.name} something.", model=Say
        )
        return together([offered, manners.stop])
