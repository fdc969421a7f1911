"""Ask an address over HTTP, but not where nobody should: the machine itself, and what clouds have around it.

A name is looked up once, every address it has is judged, and the connection goes to the one that was judged:
a name that changes between looking and asking leads nowhere else. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from hub.api import HubError

LONGEST = 1 << 20
_WAIT = 0.5


class Forbidden(HubError):
    """An address that is not to be asked."""


async def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes | None,
    auth: httpx.Auth | None,
    timeout: float,
    verify: bool,
    retries: int,
    allow_local: bool,
    sleep: Any,
) -> httpx.Response:
    """Return the answer; raises `HubError`. What failed on the way is tried again, `retries` times."""
    target, extensions, named = await judged(url, allow_local=allow_local)
    told = {"host": named, **headers}
    for attempt in range(retries + 1):
        try:
            async with httpx.AsyncClient(
                timeout=timeout, verify=verify, follow_redirects=False, trust_env=False
            ) as client:
                request = client.build_request(
                    method, target, headers=told, content=content, extensions=extensions
                )
                answer = await client.send(request, auth=auth, stream=True)
                try:
                    await _read(answer)
                finally:
                    await answer.aclose()
        except httpx.HTTPError as error:
            if attempt == retries:
                raise HubError(f"{_shown(url)} can't be asked: {error or type(error).__name__}") from error
        else:
            if answer.status_code < 500 or attempt == retries:
                return answer
        await sleep(_WAIT * 2**attempt)
    raise AssertionError("there is always a last attempt")


async def _read(answer: httpx.Response) -> None:
    """Read an answer, unless it is longer than anything that is meant here."""
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        size += len(part)
        if size > LONGEST:
            raise HubError("the answer is longer than 1 MiB")
        parts.append(part)
    answer._content = b"".join(parts)


async def judged(url: str, *, allow_local: bool) -> tuple[str, dict[str, Any], str]:
    """Return an address with a number for its name, what TLS has to know, and the name for the server."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise HubError(f"{_shown(url)} is no address", remedy="Begin it with http:// or https://.")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise HubError(f"nobody knows where {parts.hostname} is: {error}") from error
    numbers = [str(item[4][0]) for item in found]
    for number in numbers:
        if not allow_local and is_local(number):
            raise Forbidden(
                f"{parts.hostname} is this machine or what is only for it ({number})",
                remedy="If that is meant, write allow_local: true.",
            )
    number = f"[{numbers[0]}]" if ":" in numbers[0] else numbers[0]
    target = parts._replace(netloc=f"{number}:{port}").geturl()
    named = parts.netloc.rpartition("@")[2]
    return target, {"sni_hostname": parts.hostname}, named


def is_local(number: str) -> bool:
    """Tell whether an address is the machine itself, or one (169.254.…) where clouds tell secrets."""
    address = ipaddress.ip_address(number.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


def _shown(url: str) -> str:
    """Return an address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
