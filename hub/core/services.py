"""Offer services under `domain.name` and call them.

A handler may finish at once (it returns a mapping or None) or return an awaitable. A call therefore
gives back None, a response, or something to wait for; nothing becomes a task unless it has to wait.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from hub.core.bus import Bus
from hub.core.cause import Cause
from hub.core.clock import Detach
from hub.core.errors import ServiceRefused
from hub.core.events import CALL_SERVICE, SERVICE_REGISTERED, Event

Response = Mapping[str, Any] | None
Outcome = Response | Awaitable[Response]
ResponseMode = Literal["none", "optional", "only"]


class ServiceCall:
    """One call: `data` as it was given, `fields` as the service's schema understood it."""

    __slots__ = ("cause", "data", "domain", "fields", "return_response", "service")

    def __init__(
        self,
        domain: str,
        service: str,
        data: Mapping[str, Any],
        fields: Any,
        cause: Cause | None,
        return_response: bool,
    ) -> None:
        self.domain = domain
        self.service = service
        self.data = data
        self.fields = fields
        self.cause = cause
        self.return_response = return_response


Handler = Callable[[ServiceCall], Outcome]
Schema = Callable[[Mapping[str, Any]], Any]


class Service:
    """A service as it was registered. `schema(data)` gives the handler's `fields` or raises `ServiceRefused`.

    `model` is the pydantic class behind the schema, for documentation and checks, or None.
    """

    __slots__ = ("description", "domain", "handler", "model", "name", "response", "schema")

    def __init__(
        self,
        domain: str,
        name: str,
        handler: Handler,
        schema: Schema | None,
        response: ResponseMode,
        description: str,
        model: Any,
    ) -> None:
        self.domain = domain
        self.name = name
        self.handler = handler
        self.schema = schema
        self.response = response
        self.description = description
        self.model = model


class Services:
    """All services, by domain and name."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._services: dict[tuple[str, str], Service] = {}

    def register(
        self,
        domain: str,
        name: str,
        handler: Handler,
        *,
        schema: Schema | None = None,
        response: ResponseMode = "none",
        description: str = "",
        model: Any = None,
    ) -> Detach:
        """Offer `domain.name`; a later registration replaces an earlier one until it is detached."""
        key = (domain.lower(), name.lower())
        before = self._services.get(key)
        service = Service(key[0], key[1], handler, schema, response, description, model)
        self._services[key] = service
        self._bus.emit(SERVICE_REGISTERED, {"domain": key[0], "service": key[1]})

        def detach() -> None:
            if self._services.get(key) is not service:
                return
            if before is None:
                del self._services[key]
            else:
                self._services[key] = before

        return detach

    def find(self, domain: str, name: str) -> Service | None:
        return self._services.get((domain, name))

    def names(self, domain: str | None = None) -> list[str]:
        """Return `domain.name` of all services, or of one domain's, sorted."""
        return sorted(f"{d}.{n}" for d, n in self._services if domain in (None, d))

    def items(self) -> list[Service]:
        return list(self._services.values())

    def call(
        self,
        domain: str,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        cause: Cause | None = None,
        return_response: bool = False,
    ) -> Outcome:
        """Call a service; wait for what comes back if it is awaitable.

        Raises `ServiceRefused` if there is no such service or it does not take this data.
        """
        service = self._services.get((domain, name)) or self._services.get((domain.lower(), name.lower()))
        if service is None:
            raise ServiceRefused(
                f"no service is called {domain}.{name}", remedy=self._hint(f"{domain}.{name}")
            )
        if data is None:
            data = {}
        if return_response and service.response == "none":
            raise ServiceRefused(f"{domain}.{name} gives no response", remedy="Take response_variable away.")
        if not return_response and service.response == "only":
            raise ServiceRefused(f"{domain}.{name} only gives a response", remedy="Add response_variable.")
        fields = service.schema(data) if service.schema is not None else data
        if cause is None:
            cause = Cause()
        if self._bus.has_listeners(CALL_SERVICE):
            told = {"domain": service.domain, "service": service.name, "service_data": data}
            self._bus.fire(Event(CALL_SERVICE, told, cause))
        return service.handler(
            ServiceCall(service.domain, service.name, data, fields, cause, return_response)
        )

    async def wait(
        self,
        domain: str,
        name: str,
        data: Mapping[str, Any] | None = None,
        *,
        cause: Cause | None = None,
        return_response: bool = False,
    ) -> Response:
        """Call a service and wait until it is done."""
        outcome = self.call(domain, name, data, cause=cause, return_response=return_response)
        if inspect.isawaitable(outcome):
            return await outcome
        return outcome

    def _hint(self, full: str) -> str:
        near = difflib.get_close_matches(full, self.names(), 1)
        return f"Did you mean {near[0]}?" if near else ""
