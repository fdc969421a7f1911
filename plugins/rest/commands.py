"""The section `rest_command:`: services that ask an address over HTTP."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import orjson
from pydantic import ConfigDict

from hub.api import Detach, House, HubError, Integration, ServiceCall, TemplateField, together
from plugins.rest.options import Asking

log = logging.getLogger(__name__)


class RestCommand(Asking):
    """One command. What the call's data has stands in the templates of address, headers and payload."""

    url: TemplateField


class RestCommands(Integration):
    """Commands by name; each is a service `rest_command.<name>` that answers with what came back."""

    model_config = ConfigDict(frozen=True, extra="allow")

    __pydantic_extra__: dict[str, RestCommand]

    def start(self, house: House) -> Detach:
        return together([self._offer(house, name, one) for name, one in self.__pydantic_extra__.items()])

    def _offer(self, house: House, name: str, command: RestCommand) -> Detach:
        return house.services.register(
            "rest_command",
            name,
            partial(_send, house, name, command),
            response="optional",
            description="Ask an address over HTTP.",
        )


async def _send(house: House, name: str, command: RestCommand, call: ServiceCall) -> dict[str, Any]:
    answer = await command.asked(house, command.url.text(call.data), call.data)
    if answer.status_code >= 400:
        text = f"rest_command.{name}: the answer is {answer.status_code} {answer.reason_phrase}"
        if not call.return_response:
            raise HubError(text)
        log.warning("%s", text)
    content: Any = answer.text
    if "json" in answer.headers.get("content-type", ""):
        try:
            content = orjson.loads(answer.content)
        except ValueError:
            log.warning("rest_command.%s: the answer says that it is JSON, and is none", name)
    return {"status": answer.status_code, "content": content, "headers": dict(answer.headers)}
