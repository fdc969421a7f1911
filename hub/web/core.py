"""What the hub is and how it is, under Home Assistant's addresses: settings, checks, templates, log."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from hub import __version__
from hub.building import build_house
from hub.config.problems import Problem
from hub.configuration import read_files
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.settings import Settings
from hub.mqtt.closed import ClosedMqtt
from hub.rendering import render
from hub.web.answers import Json, mapping_of
from hub.web.bodies import body, mapping, text
from hub.web.logs import LogBook
from hub.web.need import ADMIN, PERSON, VIEWER, http
from hub.web.parts import Parts

HOME_ASSISTANT = "2025.12.0"
"""The version of Home Assistant whose API this is: clients look at it to know what they may ask."""
AT_ONCE = 2
"""Templates that are rendered at the same time, each in a process of its own."""
_METRIC = {
    "length": "km", "accumulated_precipitation": "mm", "area": "m²", "mass": "g", "pressure": "Pa",
    "temperature": "°C", "volume": "L", "wind_speed": "m/s",
}  # fmt: skip
_CUSTOMARY = {
    "length": "mi", "accumulated_precipitation": "in", "area": "ft²", "mass": "lb", "pressure": "psi",
    "temperature": "°F", "volume": "gal", "wind_speed": "mph",
}  # fmt: skip


class CoreApi:
    """The hub as a whole."""

    def __init__(self, parts: Parts, log: LogBook) -> None:
        self._parts = parts
        self._house: House = parts.house
        self._log = log
        self._room = asyncio.Semaphore(AT_ONCE)

    @http("GET", "/api/", PERSON, summary="Is the API there?", tags=["hub"])
    async def hello(self) -> Any:
        return Json({"message": "API running."})

    @http("GET", "/api/config", PERSON, summary="Where the house stands and how it measures", tags=["hub"])
    async def config(self) -> Any:
        return Json(told_of(self._house))

    @http("GET", "/api/components", PERSON, summary="Names of what is loaded", tags=["hub"])
    async def components(self) -> Any:
        return Json(_components(self._house))

    @http("POST", "/api/config/core/check_config", ADMIN, summary="Check the files", tags=["configuration"])
    async def check_config(self) -> Any:
        """Check the files as they are now; nothing changes."""
        problems = await self._problems()
        errors = [str(problem) for problem in problems if problem.is_error]
        warnings = [str(problem) for problem in problems if not problem.is_error]
        return Json(
            {
                "result": "invalid" if errors else "valid",
                "errors": "\n".join(errors) or None,
                "warnings": "\n".join(warnings) or None,
            }
        )

    @http("GET", "/api/check", ADMIN, summary="Check the files, with places", tags=["configuration"])
    async def check(self) -> Any:
        """Check the files as they are now; each problem with file, line and column."""
        return Json([_about(problem) for problem in await self._problems()])

    async def _problems(self) -> list[Problem]:
        return await asyncio.to_thread(problems_of, self._parts)

    @http("POST", "/api/reload", ADMIN, summary="Read the files again", tags=["configuration"])
    async def reload(self) -> Any:
        """Take over what changed in the files. With a mistake in them nothing changes, and it says where."""
        return Json(await self._parts.command("reload"))

    @http("GET", "/api/status", VIEWER, summary="How the hub is", tags=["hub"])
    async def status(self) -> Any:
        return Json(await self._parts.command("status"))

    @http("GET", "/api/plugins", ADMIN, summary="All plugins", tags=["hub"])
    async def plugins(self) -> Any:
        """All plugins that were found, what they offer, how often each failed, and why one is not in use."""
        return Json(
            [
                {**plugin.told(), "error": plugin.error or plugin.disabled or None}
                for plugin in self._parts.plugins.found
            ]
        )

    @http(
        "POST",
        "/api/template",
        ADMIN,
        summary="Render a template",
        tags=["templates"],
        openapi_extra=body(
            {"template": text("Such as {{ states('sensor.x') }}"), "variables": mapping("Seen by it")},
            required=["template"],
        ),
    )
    async def template(self, request: Request) -> Any:
        """Render a template with the states as they are, in a process of its own that may use little."""
        data = await mapping_of(request)
        answer = await self._rendered(data)
        return PlainTextResponse(answer["text"])

    @http(
        "POST",
        "/api/template/explain",
        ADMIN,
        summary="Render a template, with the type of its result",
        tags=["templates"],
        openapi_extra=body({"template": text("The template")}, required=["template"]),
    )
    async def template_explained(self, request: Request) -> Any:
        return Json(await self._rendered(await mapping_of(request)))

    async def _rendered(self, data: dict[str, Any]) -> dict[str, Any]:
        source, variables = data.get("template"), data.get("variables") or {}
        if not isinstance(source, str):
            raise HubError("there is no template", remedy='Send {"template": "{{ 1 + 1 }}"}.')
        if not isinstance(variables, dict):
            raise HubError("the variables should be a JSON object")
        states = await self._parts.command("states")
        request = {"template": source, "variables": variables, "config": str(self._parts.path), **states}
        async with self._room:
            answer = await asyncio.to_thread(render, request)
        if "error" in answer:
            raise HubError(answer["error"], remedy=answer["remedy"])
        return answer

    @http("GET", "/api/error_log", ADMIN, summary="The log since the start, as text", tags=["hub"])
    async def error_log(self) -> Any:
        return PlainTextResponse("\n".join(self._log.lines()))

    @http("GET", "/api/logs", ADMIN, summary="The log since the start", tags=["hub"])
    async def logs(self, level: str = "debug", limit: int = 200, contains: str = "") -> Any:
        """Return the latest records of the log, oldest first."""
        return Json(self._log.records(level, limit, contains))


def problems_of(parts: Parts) -> list[Problem]:
    """Read the files into a house of their own, in whatever thread this is; the real one stays as it is."""
    now = parts.house.settings
    settings = Settings(config_dir=now.config_dir, data_dir=now.data_dir)
    house = build_house(SystemClock(), settings, parts.plugins.catalogs, ClosedMqtt())
    return read_files(parts.path, house).problems


def _about(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity,
        "problem": problem.text,
        "remedy": problem.hint,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "path": [str(step) for step in problem.path],
        "message": str(problem),
    }


def told_of(house: House) -> dict[str, Any]:
    """Return the settings as Home Assistant's API tells them."""
    settings = house.settings
    return {
        "components": _components(house),
        "config_dir": str(settings.config_dir),
        "config_source": "yaml",
        "country": settings.country,
        "currency": settings.currency,
        "debug": False,
        "elevation": settings.elevation,
        "external_url": settings.external_url,
        "internal_url": settings.internal_url,
        "language": settings.language,
        "latitude": settings.latitude,
        "longitude": settings.longitude,
        "location_name": settings.name,
        "radius": settings.radius,
        "recovery_mode": False,
        "safe_mode": False,
        "state": "RUNNING" if house.started else "STARTING",
        "time_zone": settings.time_zone.key,
        "unit_system": dict(_METRIC if settings.unit_system == "metric" else _CUSTOMARY),
        "version": HOME_ASSISTANT,
        "hub_version": __version__,
        "allowlist_external_dirs": [],
        "allowlist_external_urls": [],
        "whitelist_external_dirs": [],
    }


def _components(house: House) -> list[str]:
    kinds = house.kinds
    names = {name.partition(".")[0] for name in (*kinds.platforms, *kinds.integrations)}
    return sorted({*names, *house.states.domains(), *(name for name, _ in kinds.domains.items()), "api"})
