"""Put the application together from its parts, with every route behind the gate."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from hub import __version__
from hub.core.errors import HubError
from hub.web.answers import Json, of_http, of_hub_error, of_invalid, trouble
from hub.web.automations import AutomationsApi
from hub.web.backups import BackupsApi
from hub.web.commands import CommandsApi
from hub.web.core import CoreApi
from hub.web.dashboards import DashboardsApi
from hub.web.description import Description
from hub.web.devices import DevicesApi
from hub.web.discovery import DiscoveryApi
from hub.web.editing import EditingApi
from hub.web.gate import Gate
from hub.web.history import HistoryApi
from hub.web.house import HouseApi
from hub.web.iot.api import iot_api
from hub.web.live.socket import LiveApi
from hub.web.login import LogInApi, Setup
from hub.web.logs import LogBook
from hub.web.mqtt import MqttApi
from hub.web.mqtt_socket import MqttSocketApi
from hub.web.naming import NamingApi
from hub.web.need import endpoints
from hub.web.parts import Parts
from hub.web.past import PastApi
from hub.web.people import PeopleApi
from hub.web.plugin_pages import PluginPagesApi
from hub.web.services import ServicesApi
from hub.web.states import StatesApi
from hub.web.static import File, NothingHere, Pages
from hub.web.webhooks import MetricsApi, WebhooksApi
from hub.web.websocket.commands import WebSocketApi

log = logging.getLogger(__name__)
TITLE = "Hearth"


def build(parts: Parts, setup: Setup, log_book: LogBook, files: dict[str, File]) -> tuple[FastAPI, Gate]:
    """Return the application, and the gate in front of it."""
    app = FastAPI(
        title=TITLE,
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for part in api_parts(app, parts, setup, log_book, files):
        attach(app, part)
    app.add_exception_handler(HubError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _failed)
    gate = Gate(app, lambda: app.router.routes, parts.accounts, parts.house)
    gate.model = parts.model
    return app, gate


def api_parts(
    app: FastAPI, parts: Parts, setup: Setup, log_book: LogBook, files: dict[str, File]
) -> Iterable[object]:
    """Return everything that has endpoints, the pages last: they take what is left."""
    return [
        LogInApi(parts, setup),
        PeopleApi(parts),
        CoreApi(parts, log_book),
        StatesApi(parts),
        ServicesApi(parts),
        AutomationsApi(parts),
        MqttApi(parts),
        HouseApi(parts),
        HistoryApi(parts),
        LiveApi(parts, log_book),
        WebSocketApi(parts),
        MqttSocketApi(parts),
        WebhooksApi(parts),
        PluginPagesApi(parts),
        MetricsApi(parts),
        *iot_api(parts),
        Description(lambda: app),
        EditingApi(parts),
        DashboardsApi(parts),
        CommandsApi(parts),
        DevicesApi(parts),
        NamingApi(parts),
        DiscoveryApi(parts),
        BackupsApi(parts),
        PastApi(parts),
        NothingHere(),
        Pages(files),
    ]


def attach(app: FastAPI, part: object) -> None:
    """Add the endpoints of a part."""
    for route, function in endpoints(part):
        if route.methods:
            app.add_api_route(
                route.path, function, methods=list(route.methods), response_class=Json, **route.options
            )
        else:
            app.add_api_websocket_route(route.path, function)


# One signature for all: the framework asks for it.


async def _refused(request: Request, error: Any) -> Json:
    return of_hub_error(error).at(request.url.path)


async def _invalid(request: Request, error: Any) -> Json:
    return of_invalid(error).at(request.url.path)


async def _http(request: Request, error: Any) -> Json:
    return of_http(error).at(request.url.path)


async def _failed(request: Request, error: Any) -> Json:
    log.error("%s %s failed: %s", request.method, request.url.path, error, exc_info=error)
    return trouble(500, "the hub could not do this", "Its log says why.").at(request.url.path)
