"""What commands and sensors over HTTP share."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlencode

import httpx
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
    content_type: TemplateField | None = None
    authentication: Literal["basic", "digest"] = "basic"
    username: Text | None = None
    password: Text | None = Field(default=None, repr=False)
    timeout: Annotated[float, Field(gt=0, le=120)] = 10.0
    verify_ssl: Bool = True
    retries: Annotated[int, Field(ge=0, le=5)] = 0
    allow_local: Bool = False

    async def asked(
        self,
        house: House,
        url: str,
        variables: Mapping[str, Any],
        *,
        params: Mapping[str, str] | None = None,
        payload: str | None = None,
    ) -> httpx.Response:
        """Return the answer; raises `HubError`. `payload` stands in for the one of the options."""
        headers = {name: value.text(variables) for name, value in self.headers.items()}
        if self.content_type is not None:
            headers["content-type"] = self.content_type.text(variables)
        if payload is None and self.payload is not None:
            payload = self.payload.text(variables)
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{urlencode(params)}"
        return await ask(
            self.method.upper(), url, headers=headers,
            content=payload.encode() if payload is not None else None, auth=self._auth(),
            timeout=self.timeout, verify=self.verify_ssl, retries=self.retries,
            allow_local=self.allow_local, sleep=_Sleep(house),
        )  # fmt: skip

    def _auth(self) -> httpx.Auth | None:
        if self.username is None:
            return None
        kind = httpx.DigestAuth if self.authentication == "digest" else httpx.BasicAuth
        return kind(self.username, self.password or "")


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
