"""The platform apprise: one address (`tgram://…`, `mailto://…`) for each of Apprise's services."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
from typing import Any

from hub.api import Detach, House, HubError, OneOrMany, Text
from plugins.notify.manners import Message
from plugins.notify.options import NotifyPlatform

log = logging.getLogger(__name__)
INSTALLED = importlib.util.find_spec("apprise") is not None


class AppriseNotify(NotifyPlatform):
    """People who are reached over Apprise; `url` takes one address or several (from secrets.yaml)."""

    url: OneOrMany[Text]

    def add(self, house: House) -> Detach:
        if not INSTALLED:
            raise HubError(
                "notify with Apprise needs its library",
                remedy="Install it with: pip install 'hearth-hub[notify]'",
            )
        house.tasks.spawn(self._look(), f"looking at the addresses of notify.{self.name}")
        return super().add(house)

    def send(self, house: House, message: Message) -> Any:
        return self._sent(message)

    async def _look(self) -> None:
        """Name a wrong address at the start, and not only when somebody is to be reached."""
        try:
            await asyncio.to_thread(self._target)
        except HubError as error:
            log.error("%s", error)

    async def _sent(self, message: Message) -> None:
        target = await asyncio.to_thread(self._target)
        if not await asyncio.to_thread(target.notify, body=message.message, title=message.title):
            raise HubError(
                f"notify.{self.name}: the message could not be sent",
                remedy="The address may be wrong, or the service is not there; the log says more.",
            )

    def _target(self) -> Any:
        # It reads many files when it is first used: never in the loop. Its log tells whole addresses.
        logging.getLogger("apprise").setLevel(logging.CRITICAL)
        target = importlib.import_module("apprise").Apprise()
        for number, url in enumerate(self.url, start=1):
            if not target.add(url):  # the address has secrets in it, so it is not said
                raise HubError(
                    f"notify.{self.name}: address {number} is none that Apprise knows",
                    remedy="See https://github.com/caronc/apprise/wiki for how they are written.",
                )
        return target
