"""Send records to a web address, and to no address that the name should not lead to."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import socket
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from hub.api import HubError
from plugins.iot_export.record import Record
from plugins.iot_export.targets import Never, NotNow

if TYPE_CHECKING:
    import httpx

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Body = Literal["event", "lines"]
_AGAIN = (408, 425, 429)


class WebhookTarget:
    """POSTs records as the original's trigger does, or as JSON lines. It follows no redirection."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str],
        *,
        body: Body,
        most: int,
        seconds: float,
        allow_private: bool,
    ) -> None:
        self.most = most
        self._url = url
        self._headers = headers
        self._body = body
        self._seconds = seconds
        self._allow_private = allow_private
        self._client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        self._client = await asyncio.to_thread(_client, self._seconds)

    async def send(self, records: Sequence[Record]) -> None:
        from httpx import URL, HTTPError

        assert self._client is not None
        url = URL(self._url)
        address = await self._address(url)
        headers = {"content-type": "application/json", **self._headers, "host": _authority(url)}
        try:
            # To the address that was looked at: asked a second time the name might lead elsewhere.
            async with self._client.stream(
                "POST",
                url.copy_with(host=str(address)),
                content=self._content(records),
                headers=headers,
                extensions={"sni_hostname": url.host},
            ) as response:
                status = response.status_code
        except HTTPError as error:
            raise NotNow(f"{url.host}: {str(error) or type(error).__name__}") from error
        if status in _AGAIN or status >= 500:
            raise NotNow(f"{url.host} answers {status}", counts=True)
        if not 200 <= status < 300:
            raise Never(f"{url.host} answers {status}")

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    def __str__(self) -> str:
        return self._url.partition("?")[0]

    def _content(self, records: Sequence[Record]) -> bytes:
        if self._body == "lines":
            return b"".join(json.dumps(one.as_line()).encode() + b"\n" for one in records)
        return json.dumps({"messages": [one.as_event() for one in records]}).encode()

    async def _address(self, url: httpx.URL) -> Address:
        """Return where the name leads, if all that it leads to may be asked."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise NotNow(f"{url.host} can't be found: {error}") from error
        addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        for address in addresses:
            problem = forbidden(address, allow_private=self._allow_private)
            if problem:
                raise NotNow(f"{url.host} leads to {address}, {problem}")
        return addresses[0]


def forbidden(address: Address, *, allow_private: bool) -> str:
    """Say why an address is not to be asked, an empty text if it may be."""
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    is_odd = address.is_reserved and not address.is_loopback
    if is_odd or address.is_link_local or address.is_multicast or address.is_unspecified:
        return "which is no address of a web server"
    if not address.is_global and not allow_private:
        return "an address inside: allow it with `allow_private: true`"
    return ""


def _authority(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _client(seconds: float) -> Any:
    try:
        import httpx
    except ImportError:
        raise HubError(
            "a webhook needs httpx, which is not installed", remedy="Install hearth-hub[webhook]."
        ) from None
    # Whatever the environment says of proxies: it would be they who choose the address.
    return httpx.AsyncClient(timeout=seconds, follow_redirects=False, trust_env=False)
