"""How the API answers: JSON, and for trouble a problem with its remedy."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.automation.trace import plain
from hub.core.errors import Denied, HubError, NotFound, NotNow, Taken
from hub.registry.accounts import Locked
from hub.registry.accounts.accounts import CodeNeeded, Refused
from hub.web.who import Gone

log = logging.getLogger(__name__)


class TooLarge(HubError):
    """More was sent than anybody may send at once."""


class TooSlow(HubError):
    """It took too long to send."""


_STATUS: tuple[tuple[type[HubError], int], ...] = (
    (NotFound, 404),
    (Denied, 403),
    (Taken, 409),
    (Gone, 401),
    (Refused, 401),
    (CodeNeeded, 401),
    (Locked, 429),
    (TooLarge, 413),
    (TooSlow, 408),
)
_WORDS = {404: "there is nothing here", 405: "this method is not for this address"}


def dumps(data: Any) -> bytes:
    """Return data as JSON; what JSON has no form for becomes plain data or text."""
    return orjson.dumps(data, default=plain, option=orjson.OPT_NON_STR_KEYS)


class Json(Response):
    """A JSON answer."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return dumps(content)


class Trouble(Json):
    """What went wrong and how to mend it. `message` is what Home Assistant's clients read."""

    def __init__(
        self,
        status: int,
        problem: str,
        remedy: str = "",
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        content = {"problem": problem, "remedy": remedy, "message": problem, **more}
        super().__init__(content, status_code=status, headers=dict(headers or {}))
        self.problem = problem
        self.remedy = remedy
        self.rpc = _RPC.get(status, 2)

    def at(self, path: str) -> Json:
        """Return it as it is told at an address: below `/iot-` as Google's APIs do."""
        if not path.startswith(RPC_PREFIXES):
            return self
        words = {"@type": _WORDS_TYPE, "locale": "en", "message": self.remedy}
        content = {"code": self.rpc, "message": self.problem, "details": [words] if self.remedy else []}
        kept = ("retry-after", "www-authenticate", "allow")
        headers = {name: value for name, value in self.headers.items() if name in kept}
        return Json(content, status_code=self.status_code, headers=headers)


RPC_PREFIXES = ("/iot-", "/operations/")
_WORDS_TYPE = "type.googleapis.com/google.rpc.LocalizedMessage"
# google.rpc.Code by HTTP status.
_RPC = {400: 3, 401: 16, 403: 7, 404: 5, 405: 12, 409: 6, 413: 3, 429: 8, 500: 13}
FAILED_PRECONDITION = 9


def trouble(
    status: int, problem: str, remedy: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Trouble:
    """Return what went wrong and how to mend it."""
    return Trouble(status, problem, remedy, headers, **more)


def of_hub_error(error: HubError) -> Trouble:
    """Return the answer to a refusal."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    headers = {"Retry-After": str(max(1, round(error.seconds)))} if isinstance(error, Locked) else None
    more = {"code_needed": True} if isinstance(error, CodeNeeded) else {}
    if error.place is not None:
        more["place"] = str(error.place)  # type: ignore[assignment]  # a text beside a truth
    told = trouble(status, error.problem, error.remedy, headers, **more)
    if isinstance(error, NotNow):
        told.rpc = FAILED_PRECONDITION
    return told


def of_invalid(error: RequestValidationError) -> Trouble:
    """Return the answer to data of the wrong shape: 400, and what is wrong where."""
    faults = [
        {"at": ".".join(str(step) for step in fault["loc"]), "problem": str(fault["msg"])}
        for fault in error.errors()
    ]
    first = f"{faults[0]['at']}: {faults[0]['problem']}" if faults else "this can't be read"
    return trouble(400, first, "See /api/openapi.json for what is taken here.", faults=faults)


def of_http(error: HTTPException) -> Trouble:
    problem = _WORDS.get(error.status_code) or str(error.detail)
    return trouble(error.status_code, problem, headers=error.headers)


async def body_of(request: Request) -> Any:
    """Return a request's JSON, None if it is empty. Raises `HubError`."""
    raw = await request.body()
    if not raw.strip():
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise HubError(f"this is no JSON: {error}", remedy="Send JSON in the body.") from None


async def mapping_of(request: Request) -> dict[str, Any]:
    """Return a request's JSON object, an empty one if there is no body. Raises `HubError`."""
    data = await body_of(request)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise HubError("the body should be a JSON object", remedy='Such as {"entity_id": "light.hall"}.')
    return data
