"""What every way to reach people takes, and the service that it offers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import (
    Detach,
    EntityPlatform,
    House,
    HubError,
    ServiceCall,
    ServiceData,
    TemplateField,
    Text,
    check,
    slugify,
    together,
)
from plugins.notify.manners import Manners, Message, QuietHours, Rate

log = logging.getLogger(__name__)


class Say(ServiceData):
    """Tell people something. `data: {urgent: true}` disturbs them in quiet hours, too."""

    message: Text
    title: Text | None = None
    target: Any = None
    data: Mapping[str, Any] | None = None

    def as_message(self) -> Message:
        data = self.data or {}
        urgent = bool(data.get("urgent"))
        return Message(message=self.message, title=self.title or "", urgent=urgent, data=data)


class NotifyPlatform(EntityPlatform):
    """A way to reach people, offered as `notify.<name>`."""

    partly: ClassVar[bool] = True

    standard: ClassVar[str] = "notify"

    name: Text = "notify"
    quiet_hours: QuietHours | None = None
    rate_limit: Rate | None = None
    title_template: TemplateField | None = None
    message_template: TemplateField | None = None

    def send(self, house: House, message: Message) -> Any:
        """Send; returns what to wait for."""
        raise NotImplementedError

    def worded(self, message: Message) -> Message:
        """Return what is to be said in the words of this way; a template that fails leaves it as it is."""
        seen = {**message.model_dump(), "name": self.name}
        words = {"title": self.title_template, "message": self.message_template}
        changes: dict[str, str] = {}
        for key, template in words.items():
            if template is None:
                continue
            try:
                changes[key] = template.text(seen)
            except HubError as error:  # people must be reached all the same
                log.warning("notify.%s: %s_template: %s", self.name, key, error)
        return message.model_copy(update=changes)

    def add(self, house: House) -> Detach:
        name = slugify(self.name) or self.standard
        manners = Manners(
            house,
            name,
            self.quiet_hours,
            self.rate_limit,
            lambda message: self.send(house, message),
        )

        def handle(call: ServiceCall) -> Any:
            # Now, for what it tells of states is how they are now, also when it is held.
            return manners.say(self.worded(call.fields.as_message()))

        def schema(data: Mapping[str, Any]) -> Any:
            return check(f"notify.{name}", Say, data)

        offered = house.services.register(
            "notify", name, handle, schema=schema, description=f"Tell {self.name} something.", model=Say
        )
        return together([offered, manners.stop])
