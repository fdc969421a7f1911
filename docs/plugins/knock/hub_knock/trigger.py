"""The knock trigger."""

from __future__ import annotations

from pydantic import Field

from hub.api import Attachment, Detach, House, Message, Trigger


class KnockTrigger(Trigger):
    """Fire when somebody knocks so many times at a door."""

    door: str
    times: int = Field(3, ge=1)

    def attach(self, attachment: Attachment) -> Detach:
        def came(message: Message) -> None:
            if message.text() == str(self.times):
                attachment.fire({"description": f"{self.times} knocks at the {self.door}"}, None)

        return attachment.house.mqtt.subscribe(f"doors/{self.door}/knocks", came)

    def waits_for(self, house: House) -> str:
        return f"{self.times} knocks at the {self.door}"
