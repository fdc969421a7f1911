"""What commands and sensors over HTTP share."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from hub.api import Bool, House, Kind, TemplateField, Text
from plugins.rest.reaching import ask

Method = Literal["get", "post", "put", "patch", "delete", "GET", "POST", "PUT", "PATCH", "DELETE"]


class Asking(Kind):
    """Where and how to ask."""

    partly: ClassVar[bool] = True

    method: Method = "get"
    headers: Mapping[str, TemplateField] = {}
    payload: TemplateField | None = None
    content_type: Text | None = None
    username: Text | None = None
    password: Text | None = Field(default=None, repr=False)
    timeout: Annotated[float, Field(gt=0, le=120)] = 10.0
    verify_ssl: Bool = True
    retries: Annotated[int, Field(ge=0, le=5)] = 0
    allow_local: Bool = False

    async def asked(self, house: House, url: str, variables: Mapping[str, Any]) -> Any:
        """Return the answer; raises `HubError`."""
        headers = {name: value.text(variables) for name, value in self.headers.items()}
        if self.content_type is not None:
            headers["content-type"] = self.content_type
        content = self.payload.text(variables).encode() if self.payload is not None else None
        auth = (self.username, self.password or "") if self.username is not None else None
        return await ask(
            self.method.upper(), url, headers=headers, content=content, auth=auth, timeout=self.timeout,
            verify=self.verify_ssl, retries=self.retries, allow_local=self.allow_local,
            sleep=_Sleep(house),
        )  # fmt: skip


class _Sleep:
    """Waits on the house's clock."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, seconds: float) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        stop = self._house.clock.call_later(seconds, wake)
        try:
            await done
        finally:
            stop()


USUAL_INTERVAL = timedelta(seconds=30)
