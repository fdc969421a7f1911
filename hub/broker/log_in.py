"""Decide about a CONNECT: is it one we serve, who is it, and what may it do."""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
from collections.abc import Callable
from functools import partial

from hub.broker.packets import BAD_CLIENT_ID, Connect
from hub.broker.ports import Access, Authenticator, Credentials
from hub.broker.topics import is_reserved
from hub.broker.wire import ProtocolError

log = logging.getLogger(__name__)


class Refused(Exception):
    """The client is told `code` and sent away."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def check_connect(connect: Connect, longest_id: int, longest_topic: int) -> str:
    """Return the client id to use, or raise: `Refused` with an answer, `ProtocolError` without."""
    if connect.will is not None:
        if is_reserved(connect.will.topic):
            raise ProtocolError("a will in the server's own topics")
        if len(connect.will.topic.encode()) > longest_topic:
            raise ProtocolError("the topic of a will is too long")
    if len(connect.client_id.encode()) > longest_id:
        raise Refused(BAD_CLIENT_ID, f"a client id of more than {longest_id} bytes")
    if connect.client_id:
        return connect.client_id
    if not connect.clean_session or connect.level == 3:
        raise Refused(BAD_CLIENT_ID, "no client id for a session that is to be kept")
    return "auto-" + secrets.token_hex(12)


def ask(
    authenticator: Authenticator, credentials: Credentials, answer: Callable[[Access | None], None]
) -> asyncio.Future[Access | None] | None:
    """Ask who it is; `answer` is called at once, or when the future that is returned is done.

    Whatever goes wrong in there is a refusal.
    """
    try:
        verdict = authenticator.authenticate(credentials)
        if inspect.isawaitable(verdict):
            future = asyncio.ensure_future(verdict)
            future.add_done_callback(partial(_conclude, answer))
            return future
    except Exception:  # fail closed
        log.exception("the check of a log-in failed")
        verdict = None
    answer(verdict if isinstance(verdict, Access) else None)
    return None


def _conclude(answer: Callable[[Access | None], None], future: asyncio.Future[Access | None]) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if error is not None:  # fail closed
        log.error("the check of a log-in failed", exc_info=error)
        answer(None)
        return
    verdict = future.result()
    answer(verdict if isinstance(verdict, Access) else None)
