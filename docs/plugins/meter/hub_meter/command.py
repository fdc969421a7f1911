"""The command: ask a meter once."""

from __future__ import annotations

import httpx

from hub.api import HubError


def ask_meter(url: str) -> None:
    """Print what a meter answers now: `hub meter http://192.168.1.40/reading`."""
    try:
        answer = httpx.get(url, timeout=10, trust_env=False)
        print(answer.raise_for_status().json()["litres"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise HubError(f"{url} does not tell: {error!r}", remedy="Is it the meter's address?") from error
