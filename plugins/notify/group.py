"""The platform group: several ways to reach people as one."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from hub.api import House, HubError, OneOrMany, Text
from plugins.notify.manners import Message
from plugins.notify.options import NotifyPlatform

log = logging.getLogger(__name__)


class Member(BaseModel):
    """A service `notify.<action>`, and the data that it gets beside the message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Text
    data: Mapping[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"action": data}
        if isinstance(data, dict) and "service" in data:
            return {
                **{key: value for key, value in data.items() if key != "service"},
                "action": data["service"],
            }
        return data


class NotifyGroup(NotifyPlatform):
    """Several ways to reach people; one that fails does not stop the others."""

    services: OneOrMany[Member]

    def send(self, house: House, message: Message) -> Any:
        return self._sent(house, message)

    async def _sent(self, house: House, message: Message) -> None:
        waiting: list[Awaitable[Any]] = []
        failed = [
            member.action for member in self.services if not self._begun(house, message, member, waiting)
        ]
        results = await asyncio.gather(*waiting, return_exceptions=True)
        for error in (result for result in results if isinstance(result, Exception)):
            log.error("notify.%s: %s", self.name, error)
            failed.append(str(error))
        if len(failed) == len(self.services):
            raise HubError(f"notify.{self.name}: nobody could be reached")

    def _begun(self, house: House, message: Message, member: Member, waiting: list[Awaitable[Any]]) -> bool:
        data = {**message.data, **member.data, **({"urgent": True} if message.urgent else {})}
        told = {"message": message.message, "title": message.title or None, "data": data}
        try:
            outcome = house.services.call("notify", member.action.removeprefix("notify."), told)
        except HubError as error:
            log.error("notify.%s: %s", self.name, error)
            return False
        if inspect.isawaitable(outcome):
            waiting.append(outcome)
        return True
