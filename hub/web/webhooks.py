"""Webhooks, and the page of numbers."""

from __future__ import annotations

import inspect
import logging
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.core.errors import NotFound
from hub.core.web import WebAnswer, WebHandler, WebRequest
from hub.registry.accounts import Role
from hub.web.addresses import Caller
from hub.web.gate import CALLER, WHO
from hub.web.need import PUBLIC, http
from hub.web.parts import Parts
from hub.web.who import Forbidden, Who

log = logging.getLogger(__name__)
LONGEST_SHOWN = 8


class WebhooksApi:
    """The secret is in the address. What nobody waits for is answered as if it was taken."""

    def __init__(self, parts: Parts) -> None:
        self._web = parts.house.web

    @http(
        "GET HEAD PUT POST",
        "/api/webhook/{webhook_id}",
        PUBLIC,
        summary="Call a webhook",
        tags=["webhooks"],
        include_in_schema=False,
    )
    async def webhook(self, webhook_id: str, request: Request) -> Any:
        caller: Caller = request.scope[CALLER]
        hooks = self._web.webhooks(webhook_id)
        here = [hook for hook in hooks if caller.is_local or not hook.local_only]
        if not here:
            shown = webhook_id[:LONGEST_SHOWN]
            reason = "is for the network at home only" if hooks else "is unknown"
            log.warning("a webhook (%s…) that %s was called from %s", shown, reason, caller.address)
            return Response()
        taking = [hook for hook in here if request.method in hook.methods]
        if not taking:
            methods = sorted({method for hook in here for method in hook.methods})
            raise HTTPException(405, headers={"Allow": ", ".join(methods)})
        asked = await request_of(request, caller)
        answers = [await answered(hook.handler, asked) for hook in taking]
        return response_of(next((one for one in answers if one is not None), None))


class MetricsApi:
    """The page of numbers where those who collect them look for it: ours, and Home Assistant's address."""

    def __init__(self, parts: Parts) -> None:
        self._web = parts.house.web

    @http("GET HEAD", "/metrics", PUBLIC, include_in_schema=False)
    async def metrics(self, request: Request) -> Any:
        return await self._answer(request)

    @http("GET HEAD", "/api/prometheus", PUBLIC, include_in_schema=False)
    async def of_home_assistant(self, request: Request) -> Any:
        return await self._answer(request)

    async def _answer(self, request: Request) -> Any:
        """Answer whoever may; without a log-in all is refused alike, whether there is such a page or not."""
        page = self._web.page_at("metrics")
        caller: Caller = request.scope[CALLER]
        who: Who | None = request.scope[WHO]
        is_open = page is not None and page.open_at_home and caller.is_local
        if who is None and not is_open:
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        if page is None:
            raise NotFound("there is nothing here", remedy="Write `prometheus:` into the configuration.")
        if who is not None and not is_open and who.role < Role.named(page.role):
            raise Forbidden(f"this needs {page.role}", remedy="Ask somebody who is admin.")
        return response_of(await answered(page.handler, await request_of(request, caller)))


async def request_of(request: Request, caller: Caller) -> WebRequest:
    return WebRequest(
        method=request.method,
        path=request.url.path,
        query=dict(request.query_params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.body(),
        address=caller.address,
        is_local=caller.is_local,
    )


async def answered(handler: WebHandler, asked: WebRequest) -> WebAnswer | None:
    outcome = handler(asked)
    if inspect.isawaitable(outcome):
        return await outcome
    return outcome


def response_of(answer: WebAnswer | None) -> Response:
    if answer is None:
        return Response()
    return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))
