"""The one way in: every request and every WebSocket passes here, and what is not declared open is closed."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Sequence
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.config.web import WebModel
from hub.core.errors import HubError
from hub.core.ports import House
from hub.registry.accounts import Accounts
from hub.registry.accounts.proof import csrf_of
from hub.web.addresses import Caller, caller_of, is_plain_path, is_same_origin
from hub.web.answers import TooLarge, TooSlow, Trouble, of_hub_error, trouble
from hub.web.need import Need, route_of
from hub.web.who import Who

log = logging.getLogger(__name__)

COOKIE = "hub_session"
CSRF_HEADER = "x-csrf-token"
WHO, CALLER, SECRET, WRONG_METHOD = "hub.who", "hub.caller", "hub.secret", "hub.wrong_method"
"""Where in a request's scope stands what the gate found out."""
LARGEST_BODY = 1 << 20
PATIENCE = 30.0
"""Seconds that a piece of a body may take."""
_SAFE = ("GET", "HEAD", "OPTIONS")
_SCHEMES = ("bearer", "api-key")
REFUSED = 1008
"""How a WebSocket is closed that is not let in (RFC 6455, 7.4.1)."""

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'{nonce}; img-src 'self' data: blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Closed(Exception):
    """This request goes no further; `answer` says why."""

    def __init__(self, answer: Trouble) -> None:
        super().__init__()
        self.answer = answer


class Gate:
    """Wraps the application. It finds the route itself, so that nothing below can forget to ask."""

    def __init__(
        self, app: ASGIApp, routes: Callable[[], Sequence[BaseRoute]], accounts: Accounts, house: House
    ) -> None:
        self._app = app
        self._routes = routes
        self._accounts = accounts
        self._house = house
        self.model = WebModel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_http = scope["type"] == "http"
        if is_http:
            send = _Dressed(send, scope, headers).send
        try:
            await self._let_in(scope, headers)
        except Closed as closed:
            if is_http:
                await closed.answer.at(scope["path"])(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": REFUSED})
            return
        except HubError as error:
            if is_http:
                await of_hub_error(error).at(scope["path"])(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": REFUSED})
            return
        await self._app(scope, _Bounded(receive).receive if is_http else receive, send)

    async def _let_in(self, scope: Scope, headers: Headers) -> None:
        """Raise `Closed` unless this request is allowed; leave in the scope who asks."""
        raw = scope.get("raw_path") or scope["path"].encode()
        if not is_plain_path(raw):
            raise Closed(trouble(400, "this address has more than one reading", "Write it plainly."))
        caller = scope[CALLER] = self._caller(scope, headers)
        need = self._need(scope)
        is_public = need is not None and need.public
        who = scope[WHO] = await self._who(scope, headers, caller, strict=not is_public)
        if is_public:
            self._check_origin(scope, headers, caller, who, strict=False)
            return
        if who is None:
            raise Closed(_log_in_first())
        self._check_origin(scope, headers, caller, who, strict=True)
        if need is None:  # no such address, or one that declares nothing: the same answer for both
            raise Closed(trouble(404, "there is nothing here"))
        if not who.meets(need):
            raise Closed(trouble(403, f"this needs {need.what}", "Ask somebody who is admin."))

    def _caller(self, scope: Scope, headers: Headers) -> Caller:
        peer = scope["client"][0] if scope.get("client") else ""
        return caller_of(peer, scope["scheme"], headers, self.model.trusted_proxies)

    def _need(self, scope: Scope) -> Need | None:
        """Return what the route needs that would answer, None if there is none or it says nothing."""
        partial: Need | None = None
        for route in self._routes():
            match, _ = route.matches(scope)
            if match is Match.NONE:
                continue
            declared = route_of(getattr(route, "endpoint", None))
            if match is Match.FULL:
                return declared.need if declared is not None else None
            scope[WRONG_METHOD] = True  # another method of it is served
            if partial is None and declared is not None:
                partial = declared.need
        return partial

    # Who asks.

    async def _who(self, scope: Scope, headers: Headers, caller: Caller, *, strict: bool) -> Who | None:
        told = headers.get("authorization")
        if told is not None:
            scheme, _, secret = told.partition(" ")
            who = self._known(secret.strip(), caller) if scheme.lower() in _SCHEMES else None
            if who is None and strict:
                raise Closed(_log_in_first())
        else:
            secret = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
            who = self._known(secret, caller) if secret else None
            if who is not None:
                scope[SECRET] = secret
        if who is not None:
            await self._accounts.saw(who.proof)
        return who

    def _known(self, secret: str, caller: Caller) -> Who | None:
        proof = self._accounts.proof(secret)
        return None if proof is None else Who(proof, self._accounts, self._house, address=caller.address)

    # Whose page asks.

    def _check_origin(
        self, scope: Scope, headers: Headers, caller: Caller, who: Who | None, *, strict: bool
    ) -> None:
        """Refuse what a stranger's page makes a browser do: it would bring the cookie along."""
        is_socket = scope["type"] == "websocket"
        if not is_socket and scope["method"] in _SAFE:
            return
        with_cookie = SECRET in scope
        origin = headers.get("origin")
        if origin is None:
            if is_socket and with_cookie:
                raise Closed(trouble(403, "a WebSocket of a browser says whose page it is"))
        elif (with_cookie or is_socket or who is None) and not self._is_ours(
            origin, headers, caller, is_socket=is_socket
        ):
            raise Closed(trouble(403, "this comes from the page of another site"))
        if with_cookie and not is_socket and strict:
            shown = headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(shown.encode(), csrf_of(scope[SECRET]).encode()):
                raise Closed(
                    trouble(403, f"the header {CSRF_HEADER} is missing or wrong", "Load the page again.")
                )

    def _is_ours(self, origin: str, headers: Headers, caller: Caller, *, is_socket: bool) -> bool:
        external = self.model.external_url or ""
        known = [*self.model.allowed_origins] if is_socket else []
        if external:
            known.append("/".join(external.split("/")[:3]))
        return origin.lower() in [one.lower() for one in known] or is_same_origin(
            origin, headers.get("host", ""), caller.scheme
        )


def _log_in_first() -> Trouble:
    return trouble(
        401, "this needs a log-in", "Log in, or send a token.", headers={"WWW-Authenticate": "Bearer"}
    )


class _Bounded:
    """Hands on a body, as long as it is not too long and does not drip."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._size = 0
        self._is_whole = False

    async def receive(self) -> Message:
        try:
            async with asyncio.timeout(None if self._is_whole else PATIENCE):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow("the rest of the request did not come", remedy="Send it again.") from None
        if message["type"] == "http.request":
            self._is_whole = not message.get("more_body", False)
            self._size += len(message.get("body", b""))
            if self._size > LARGEST_BODY:
                raise TooLarge(f"a body of more than {LARGEST_BODY >> 20} MiB", remedy="Send less at once.")
        return message


class _Dressed:
    """Adds to every answer the headers that keep browsers from harm."""

    def __init__(self, send: Send, scope: Scope, headers: Headers) -> None:
        self._send = send
        self._scope = scope

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", CSP.format(nonce=""))
            headers.setdefault("Cache-Control", "no-store")
            caller: Any = self._scope.get(CALLER)
            if isinstance(caller, Caller) and caller.scheme == "https":
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await self._send(message)
