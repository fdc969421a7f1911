"""Every route × every role: what is open is written down here, and nothing else is open."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import httpx
import pytest

from hub.registry.accounts import Role, Scope
from hub.web.need import route_of

PUBLIC = {
    *("POST /api/login", "POST /api/setup", "WS /api/websocket", "WS /mqtt"),
    *("GET HEAD POST PUT /api/webhook/{webhook_id}", "GET HEAD /{path:path}"),
    *("GET HEAD /metrics", "GET HEAD /api/prometheus"),
}
"""All that answers without a log-in. The two sockets have a log-in of their own, a webhook a secret name;
numbers are for viewers unless the YAML opens them to the network at home (plugins/prometheus)."""
SESSION = re.compile(r"\w+ /api/(logout|account/.*)")
ADMIN_SESSION = re.compile(r"\w+ /api/(users.*|backups/download)")
# With a token or as viewer: what is read that shows no more than states do.
PERSON = re.compile(
    r"[A-Z ]*(GET|WS)[A-Z ]* /(api|iot-devices|iot-broker)/({path:path}|session|config|components|states.*"
    r"|services|automations.*|entities|devices.*|areas.*|history.*|logbook.*|live"
    r"|openapi.json|v1/openapi.json|plugin/.*|pages|dashboards.*|past/(states|statistics|logbook|changes))?"
    r"|GET HEAD /plugin/{name}(/{path:path})?"
)
# Whether somebody may is asked of the entities that are meant.
OPERATE = re.compile(r"POST /api/(services/.*|automations/{name}/(run|enable|disable))")
VIEWER = re.compile(
    r"GET /api/(status|events|mqtt|notifications|past/(energy|standby|peaks|streams|telemetry))"
)
IOT_READ = re.compile(r"GET /(iot-(devices|broker)/v1/(registries|devices|brokers).*|operations/.*)")
IOT_SAY = re.compile(r"POST /iot-.*/(registries|brokers)/{id}[:/]publish")
DEVICE_SAY = re.compile(r"POST /iot-.*/devices/{id}[:/]publish")
IOT_WRITE = re.compile(r"(POST|PATCH|DELETE) /iot-.*")


def expected(name: str) -> str:
    """Return what a route should need. Whatever is not listed is for admins."""
    if name in PUBLIC:
        return "public"
    rules = (
        (SESSION, "session"),
        (ADMIN_SESSION, "admin session"),
        (IOT_READ, "iot.viewer"),
        (IOT_SAY, "iot.registries.writer"),
        (DEVICE_SAY, "iot.devices.writer"),
        (IOT_WRITE, "iot.editor"),
        (OPERATE, "person"),
        (VIEWER, "viewer"),
        (PERSON, "person"),
    )
    return next((need for rule, need in rules if rule.fullmatch(name)), "admin")


def routes(site: Any) -> list[Any]:
    return list(site.app._pages._server._server.config.app._app.router.routes)


def name_of(route: Any) -> str:
    return f"{' '.join(sorted(getattr(route, 'methods', None) or ['WS']))} {route.path}"


async def test_every_route_needs_what_is_written_here(site: Any) -> None:
    found = {name_of(route): route_of(route.endpoint) for route in routes(site)}
    assert {name: route and route.need.what for name, route in found.items()} == {
        name: expected(name) for name in found
    }
    assert len(found) > 100


# --- and the gate keeps to it ----------------------------------------------------------------------

OPEN: dict[str, set[str]] = {
    "nobody": set(),
    "guest": {"person", "session"},
    "viewer": {"person", "session", "viewer", "iot.viewer"},
    "operator": {"person", "session", "viewer", "iot.viewer"},
    "admin": {
        *("person", "session", "viewer", "admin", "admin session"),
        *("iot.viewer", "iot.editor", "iot.devices.writer", "iot.registries.writer"),
    },
    "token viewer": {"person", "viewer", "iot.viewer"},
    "token admin": {
        *("person", "viewer", "admin"),
        *("iot.viewer", "iot.editor", "iot.devices.writer", "iot.registries.writer"),
    },
    "token iot.editor": {"person", "iot.viewer", "iot.editor"},
    "token of a viewer": {"person", "viewer", "iot.viewer"},
}


async def visitor(site: Any, who: str) -> httpx.AsyncClient:
    if who == "nobody":
        return site.client()
    if who == "token of a viewer":
        return await site.program(Scope.ADMIN, Scope.IOT_ADMIN, name="bob", role=Role.VIEWER)
    if who.startswith("token "):
        return await site.program(Scope(who.removeprefix("token ")))
    return await site.browser("eve", Role.named(who))


@pytest.mark.parametrize("who", OPEN)
async def test_the_gate_opens_what_a_role_may_have(site: Any, who: str) -> None:
    client = await visitor(site, who)
    outcomes: Counter[str] = Counter()
    for route in routes(site):
        declared = route_of(route.endpoint)
        # A log-out would end what the others are tried with.
        for method in sorted((getattr(route, "methods", None) or set()) - {"HEAD"}):
            if declared.need.public or route.path == "/api/logout":
                continue
            path = re.sub(r"{\w+(:path)?}", "1", route.path)
            answer = await client.request(method, path, json={})
            refused = answer.status_code == 401 or (answer.status_code == 403 and "this needs" in answer.text)
            assert refused == (declared.need.what not in OPEN[who]), f"{method} {path}: {answer.text}"
            assert answer.status_code < 500, f"{method} {path}: {answer.text}"
            outcomes["refused" if refused else "open"] += 1
    assert outcomes.total() > 100
