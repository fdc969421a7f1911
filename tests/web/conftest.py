"""A hub with its web server on a free port, people in it, and clients for them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import argon2
import httpx
import pytest

from hub.app import App
from hub.registry import credentials
from hub.registry.accounts import Account, Accounts, Role, Scope

PASSWORD = "correct horse battery"
CONFIG = """
hub: {{name: Test}}
web: {{port: {web}{more}}}
broker:
  listeners: [{{host: 127.0.0.1, port: {mqtt}}}]
  users: [{{name: someone, password: somebody-is-here, publish: "#", subscribe: "#"}}]
input_boolean:
  guests:
  heating: {{name: Heating}}
input_number:
  limit: {{min: 0, max: 100, initial: 5}}
script:
  greet:
    alias: Greet
    sequence: [{{event: greeted}}]
automation:
  - id: quick
    alias: Quick
    triggers: [{{trigger: event, event_type: go}}]
    actions: [{{event: went}}]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing takes a moment, and not a tenth of a second."""
    monkeypatch.setattr(
        credentials, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )


class Site:
    """The hub as its visitors see it."""

    def __init__(self, app: App, port: int, mqtt: int) -> None:
        self.app = app
        self.house = app.house
        self.port = port
        self.mqtt = mqtt
        self.url = f"http://127.0.0.1:{port}"
        self._clients: list[httpx.AsyncClient] = []

    @property
    def accounts(self) -> Accounts:
        accounts = self.app._accounts
        assert accounts is not None
        return accounts

    def client(self, **headers: str) -> httpx.AsyncClient:
        """Return a client that nobody is logged in with."""
        client = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30)
        self._clients.append(client)
        return client

    async def person(self, name: str, role: Role, **grants: Role) -> Account:
        return await self.accounts.add(name, PASSWORD, role, grants)

    async def browser(self, name: str = "ann", role: Role = Role.ADMIN, **grants: Role) -> httpx.AsyncClient:
        """Return a client with somebody's session; makes the account if there is none."""
        if not any(one.name == name for one in self.accounts.all()):
            await self.person(name, role, **grants)
        client = self.client()
        answer = await client.post("/api/login", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    async def token(self, *scopes: Scope, name: str = "ann", role: Role = Role.ADMIN, **grants: Role) -> str:
        """Return somebody's long-lived token."""
        known = next((one for one in self.accounts.all() if one.name == name), None)
        account = known or await self.person(name, role, **grants)
        return (await self.accounts.make_token(account, "test", scopes or (Scope.ADMIN,)))[1]

    async def program(self, *scopes: Scope, **who: Any) -> httpx.AsyncClient:
        """Return a client with a long-lived token."""
        return self.client(Authorization=f"Bearer {await self.token(*scopes, **who)}")

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()
        await self.app.stop()


@pytest.fixture
async def open_site(tmp_path: Path) -> AsyncIterator[Any]:
    """Open a hub with more keys under `web:`, and more sections."""
    opened: list[Site] = []

    async def open(more: str = "", sections: str = "") -> Site:
        file = tmp_path / "config.yaml"
        port, mqtt = free_port(), free_port()
        file.write_text(CONFIG.format(web=port, mqtt=mqtt, more=more) + sections)
        app = App(file, watch=False)
        await app.start()
        opened.append(Site(app, port, mqtt))
        return opened[-1]

    yield open
    for site in opened:
        await site.close()


@pytest.fixture
async def site(open_site: Any) -> Site:
    return await open_site()
