"""Nobody gets past the gate who should not: paths, origins, proxies, headers, sizes."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from hub.registry.accounts import Role
from hub.web.addresses import caller_of, is_plain_path
from hub.web.need import ADMIN, PUBLIC, endpoints, http, route_of
from hub.web.who import Who

PASSWORD = "correct horse battery"


async def raw(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 10)
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    "path",
    [
        "/api/../api/users", "/./api/users", "//api/users", "/api//users", "/api/%2e%2e/users",
        "/api%2fusers",
        "/%2E%2E/etc/passwd", "/static/..%2f..%2fhub.db", "/api/users%00", "/api\\users", "/..", "/api/%252e",
        "/assets/../../gate.py", "/api/%5cusers", "/api/us\x7fers",
    ],
)  # fmt: skip
async def test_a_path_with_two_readings_is_refused(site: Any, path: str) -> None:
    answer = await raw(site.port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert b" 400 " in answer


@pytest.mark.parametrize(
    "path", [b"/", b"/api/", b"/api/states/light.a-b_c", b"/a%20b", b"/...", b"/.well-known/x"]
)
def test_a_plain_path_is_plain(path: bytes) -> None:
    assert is_plain_path(path)


@given(
    st.lists(st.sampled_from([b"a", b".", b"..", b"%2e", b"%2F", b"//", b"\\", b"%25", b"%00"]), max_size=6)
)
def test_what_is_let_through_has_no_way_up(parts: list[bytes]) -> None:
    path = b"/" + b"/".join(parts)
    if is_plain_path(path):
        assert set(path.split(b"/")[1:]) <= {b"a", b""}


async def test_a_route_that_declares_nothing_is_closed_to_everybody(site: Any) -> None:
    app: FastAPI = site.app._pages._server._server.config.app._app

    async def forgotten() -> dict[str, str]:
        return {"a secret": "told"}

    app.add_api_route("/api/forgotten", forgotten)
    app.router.routes.insert(0, app.router.routes.pop())
    admin = await site.browser()
    assert (await site.client().get("/api/forgotten")).status_code == 401
    answer = await admin.get("/api/forgotten")
    assert answer.status_code == 404
    assert "told" not in answer.text


def test_each_endpoint_of_a_part_is_found_once() -> None:
    class Part:
        @http("GET", "/a", ADMIN)
        def one(self) -> None: ...

        @http("GET POST", "/b", PUBLIC)
        def two(self) -> None: ...

        def three(self) -> None: ...

    part = Part()
    assert [(route.path, function.__name__) for route, function in endpoints(part)] == [
        ("/a", "one"),
        ("/b", "two"),
    ]
    assert route_of(part.three) is None


# --- other people's pages --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "token", "status"),
    [
        (None, True, 200),
        ("same", True, 200),
        ("https://evil.example", True, 403),
        ("null", True, 403),
        (None, False, 403),
        ("same", False, 403),
    ],
)
async def test_a_change_with_a_cookie_needs_our_page_and_its_token(
    site: Any, origin: str | None, token: bool, status: int
) -> None:
    client = await site.browser()
    if not token:
        del client.headers["X-CSRF-Token"]
    if origin is not None:
        client.headers["Origin"] = site.url if origin == "same" else origin
    assert (await client.post("/api/account/totp/propose")).status_code == status


async def test_a_form_of_another_site_logs_nobody_in(site: Any) -> None:
    await site.person("ann", Role.ADMIN)
    client = site.client(Origin="https://evil.example")
    answer = await client.post("/api/login", json={"name": "ann", "password": PASSWORD})
    assert answer.status_code == 403
    form = await site.client().post("/api/login", data={"name": "ann", "password": PASSWORD})
    assert form.status_code in (400, 422)


async def test_answers_carry_the_headers_that_browsers_need(site: Any) -> None:
    for path in ("/", "/api/session", "/api/login", "/nothing.js"):
        headers = (await site.client().get(path)).headers
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


async def test_no_answer_leads_elsewhere(site: Any) -> None:
    client = await site.browser()
    for path in ("/?next=https://evil.example", "/login?redirect_uri=//evil.example", "/api/session/"):
        answer = await client.get(path)
        assert not answer.is_redirect
        assert "evil" not in answer.text


# --- proxies ---------------------------------------------------------------------------------------


async def test_a_proxy_that_nobody_declared_is_refused(site: Any) -> None:
    answer = await site.client(**{"X-Forwarded-For": "203.0.113.5"}).get("/")
    assert answer.status_code == 400
    assert "trusted_proxies" in answer.text


async def test_behind_a_trusted_proxy_the_visitor_counts(open_site: Any) -> None:
    site = await open_site(more=", trusted_proxies: 127.0.0.1")
    await site.person("ann", Role.ADMIN)
    client = site.client(**{"X-Forwarded-For": "6.6.6.6, 203.0.113.5", "X-Forwarded-Proto": "https"})
    answer = await client.post("/api/login", json={"name": "ann", "password": PASSWORD})
    assert answer.json()["session"]["address"] == "203.0.113.5"
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_an_address_is_at_home_or_not() -> None:
    assert caller_of("192.168.1.5", "http", {}, []).is_local
    assert caller_of("::ffff:10.0.0.1", "http", {}, []).is_local
    assert not caller_of("203.0.113.5", "http", {}, []).is_local
    assert not caller_of("", "http", {}, []).is_local


# --- TLS and listening -----------------------------------------------------------------------------


async def test_tls_with_the_hubs_own_authority(open_site: Any, tmp_path: Any) -> None:
    site = await open_site(more=", tls: true")
    await site.person("ann", Role.ADMIN)
    authority = ssl.create_default_context(cafile=tmp_path / "data" / "web" / "ca.crt")
    async with httpx.AsyncClient(base_url=f"https://localhost:{site.port}", verify=authority) as client:
        answer = await client.post("/api/login", json={"name": "ann", "password": PASSWORD})
        assert "Secure" in answer.headers["set-cookie"]
        assert (await client.get("/api/session")).status_code == 200
    assert (tmp_path / "data" / "web" / "server.key").stat().st_mode & 0o077 == 0


async def test_a_port_that_is_taken_stops_the_pages_and_not_the_house(
    site: Any, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    from hub.app import App

    other = tmp_path / "other"
    other.mkdir()
    (other / "config.yaml").write_text(f"web: {{port: {site.port}}}\nbroker:\n  listeners: [{{port: 0}}]\n")
    app = App(other / "config.yaml", watch=False)
    await app.start()
    assert "can't listen" in caplog.text
    assert app.house.started
    await app.stop()


async def test_a_body_that_is_too_long_is_refused(site: Any) -> None:
    answer = await site.client().post("/api/login", content=b" " * (2 << 20))
    assert answer.status_code in (400, 413)


# --- who sees what ---------------------------------------------------------------------------------


async def test_a_grant_opens_one_area_only(site: Any) -> None:
    kitchen = site.house.areas.ensure("Kitchen")
    ann = await site.person("ann", Role.GUEST, kitchen=Role.OPERATOR)
    _, secret = await site.accounts.begin_session(ann, "", "")
    who = Who(site.accounts.proof(secret), site.accounts, site.house)
    entry = site.house.registry.get("input_boolean.guests")
    assert entry is not None
    site.house.registry.update("input_boolean.guests", area_id=kitchen.id)
    assert who.operates("input_boolean.guests")
    assert not who.sees("input_boolean.heating")
    assert not who.sees("input_boolean.nothing")
    await site.accounts.set_role(ann, Role.VIEWER, {})
    assert who.sees("input_boolean.heating")
    assert not who.operates("input_boolean.guests")
