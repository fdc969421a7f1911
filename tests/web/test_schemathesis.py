"""Whatever is sent to the API, it neither fails nor lets anybody in."""

from __future__ import annotations

import asyncio
import itertools
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

schemathesis = pytest.importorskip("schemathesis", reason="needs the extra dev")

import httpx  # noqa: E402  # after the check for the extra
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402

from hub.app import App  # noqa: E402
from hub.registry.accounts import Role, Scope  # noqa: E402
from tests.web.conftest import CONFIG, PASSWORD, free_port  # noqa: E402

EXAMPLES = 4
# Each begins a process or reads all files anew.
SLOW = re.compile(r"/api/(template.*|check|reload|config/.*|schema)")
# They would end what the others are tried with.
LEFT_OUT = ("/api/logout", "/api/account/password")


class Served:
    """A hub in a thread of its own, and the headers of an admin's token and of an admin's browser."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.token: dict[str, str] = {}
        self.browser: dict[str, str] = {}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    port = free_port()
    (folder / "config.yaml").write_text(CONFIG.format(web=port, mqtt=free_port(), more=""))
    ready: Future[Served] = Future()
    over: list[Any] = []

    async def serve() -> None:
        app = App(folder / "config.yaml", watch=False)
        try:
            await app.start()
            accounts = app._accounts
            assert accounts is not None
            ann = await accounts.add("ann", PASSWORD, Role.ADMIN)
            _, token = await accounts.make_token(ann, "test", [Scope.ADMIN, Scope.IOT_ADMIN])
            site = Served(port)
            site.token = {"Authorization": f"Bearer {token}"}
            stop = asyncio.Event()
            over.extend([asyncio.get_running_loop(), stop])
            ready.set_result(site)
            await stop.wait()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise
        finally:
            await app.stop()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    site = ready.result(30)
    with httpx.Client(base_url=site.url) as client:
        told = client.post("/api/login", json={"name": "ann", "password": PASSWORD})
        cookie = f"hub_session={client.cookies['hub_session']}"
        site.browser = {"Cookie": cookie, "X-CSRF-Token": told.json()["csrf"]}
    yield site
    loop, stop = over
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)


def operations(served: Served, path: str) -> list[Any]:
    document = httpx.get(f"{served.url}{path}", headers=served.token).json()
    schema = schemathesis.openapi.from_dict(document)
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("document", ["/api/openapi.json", "/iot-devices/v1/openapi.json"])
def test_nothing_that_is_sent_makes_it_fail(served: Served, document: str) -> None:
    found = [one for one in operations(served, document) if one.path not in LEFT_OUT]
    assert len(found) > 40
    with httpx.Client(base_url=served.url, timeout=30) as client:
        for operation in found:
            _try(operation, client, served)


def _try(operation: Any, client: httpx.Client, served: Served) -> None:
    visitors = itertools.cycle([served.token, served.browser, {}])

    @settings(
        max_examples=1 if SLOW.fullmatch(operation.path) else EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        given = case.as_transport_kwargs(base_url=served.url)
        url, method = given.pop("url"), given.pop("method")
        mine = {str(key): str(value) for key, value in (given.pop("headers", None) or {}).items()}
        mine = {key: value for key, value in mine.items() if key.lower() not in _OURS}
        kwargs = {key: value for key, value in given.items() if key in ("params", "json", "data", "content")}
        if isinstance(kwargs.get("data"), bytes):
            kwargs["content"] = kwargs.pop("data")
        headers = next(visitors)
        answer = client.request(method, url, headers={**mine, **headers}, **kwargs)
        assert answer.status_code < 500, f"{method} {url} {kwargs}: {answer.text}"
        if not headers and case.operation.definition.raw.get("security"):
            assert answer.status_code in (400, 401), f"{method} {url}: {answer.status_code}"

    send()


_OURS = (
    *("authorization", "cookie", "x-csrf-token", "content-length", "host", "origin"),
    *("x-forwarded-for", "forwarded"),
)
