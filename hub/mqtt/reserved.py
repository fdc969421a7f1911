"""Keep a listener for the clients of one broker: nobody else logs in there."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping

from hub.broker import Access, Authenticator, Credentials
from hub.core.errors import HubError
from hub.registry import Directory


class ReservedListeners:
    """An authenticator in front of another one. `brokers` are names or ids by the listeners kept for them."""

    def __init__(self, others: Authenticator, brokers: Mapping[str, str], directory: Directory) -> None:
        self._others = others
        self._brokers = brokers
        self._directory = directory

    def authenticate(self, credentials: Credentials) -> Access | Awaitable[Access | None] | None:
        verdict = self._others.authenticate(credentials)
        broker = self._brokers.get(credentials.listener)
        if broker is None:
            return verdict
        if verdict is None or isinstance(verdict, Access):
            return self._admitted(verdict, broker)
        return self._later(verdict, broker)

    async def _later(self, verdict: Awaitable[Access | None], broker: str) -> Access | None:
        return self._admitted(await verdict, broker)

    def _admitted(self, access: Access | None, broker: str) -> Access | None:
        try:
            space = self._directory.find("broker", broker).login
        except HubError:  # it is not there, or not there yet
            return None
        return access if access is not None and access.space == space else None
