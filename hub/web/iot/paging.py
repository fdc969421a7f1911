"""Hand out long lists in pages."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from typing import Any

from hub.core.errors import HubError

USUAL = 100
MOST = 1_000


def page(
    found: Iterable[Any], key: Callable[[Any], str], size: int, token: str, most: int = MOST
) -> tuple[list[Any], str]:
    """Return a page and the token of the next one, empty if it was the last. Raises `HubError`.

    A page goes on behind the last key of the one before, so what is added or deleted meanwhile does no harm.
    """
    if not 0 <= size <= most:
        raise HubError(f"a page of {size}", remedy=f"Ask for 1 to {most}, or 0 for {USUAL}.")
    last = _last_of(token) if token else ""
    rest = sorted((one for one in found if key(one) > last), key=key)
    size = size or USUAL
    more = len(rest) > size
    return rest[:size], _token_of(key(rest[size - 1])) if more else ""


def _token_of(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode().rstrip("=")


def _last_of(token: str) -> str:
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:  # also for what is no ASCII
        raise HubError("this pageToken is none that was given out") from None
