"""The endpoints of IoT Core's API: what registries, devices and brokers have each for themselves."""

from __future__ import annotations

from typing import Any

from hub.registry.accounts import Scope
from hub.web.answers import Json
from hub.web.iot.done import Operations
from hub.web.iot.forms import Create, CreateDevice, Publish, Update, UpdateDevice, camel
from hub.web.iot.owners import EDITOR, MOST_DEVICES, VIEWER, OwnersApi, Publishes
from hub.web.iot.paging import USUAL, page
from hub.web.login import Asker
from hub.web.need import http, scoped
from hub.web.parts import Parts


class RegistriesApi(OwnersApi, Publishes):
    """Registries."""

    kind = "registry"
    plural = "registries"

    @http("GET", "<base>", VIEWER, summary="List registries")
    async def list(self, who: Asker, folderId: str = "", pageSize: int = USUAL, pageToken: str = "") -> Any:
        """List all; there is one folder here, so `folderId` does not matter."""
        return self._page(self._desk(who).list_all(self.kind), pageSize, pageToken)

    @http("POST", "<base>", EDITOR, summary="Create a registry")
    async def create(self, given: Create, who: Asker) -> Any:
        return await self._create(given, who)

    @http("PATCH", "<base>/{id}", EDITOR, summary="Update a registry")
    async def update(self, id: str, given: Update, who: Asker) -> Any:
        return await self._update(id, given, who)

    @http("GET", "<base>:getByName", VIEWER, summary="Get a registry by its name")
    async def by_name(self, name: str, who: Asker, folderId: str = "") -> Any:
        return Json(camel(self._desk(who).get(self.kind, name)))

    @http("POST", "<base>/{id}:enable", EDITOR, summary="Enable a registry")
    async def enable(self, id: str, who: Asker) -> Any:
        told = await self._desk(who).enable(id)
        return self._done(who, "Enable{}", told["id"], told)

    @http("POST", "<base>/{id}:disable", EDITOR, summary="Disable a registry")
    async def disable(self, id: str, who: Asker) -> Any:
        """Let it and its devices in no more, and put out who is in."""
        told = await self._desk(who).enable(id, enabled=False)
        return self._done(who, "Disable{}", told["id"], told)

    @http("GET", "<base>/{id}:listDeviceTopicAliases", VIEWER, summary="List the aliases of all devices")
    async def aliases(self, id: str, who: Asker, pageSize: int = USUAL, pageToken: str = "") -> Any:
        found = self._desk(who).list_aliases(id)
        listed, following = page(found, lambda one: str(one["alias"]), pageSize, pageToken)
        return Json({"aliases": camel(listed), **({"nextPageToken": following} if following else {})})

    @http("GET", "<base>/{id}:listDeviceValues", VIEWER, summary="List the last values of all devices")
    async def values(self, id: str, who: Asker) -> Any:
        """Beyond IoT Core: the last message on each permanent topic."""
        return Json({"values": camel(self._desk(who).list_values(self.kind, id))})

    @http("POST", "<base>/{id}/publish", scoped(Scope.REGISTRIES_WRITER), summary="Publish as a registry")
    async def publish(self, id: str, given: Publish, who: Asker) -> Any:
        """Publish commands or configuration, to a device or to all."""
        return self._publish(self._desk(who), id, given)

    @http("POST", "<base>/{id}:publish", scoped(Scope.REGISTRIES_WRITER), summary="Publish as a registry")
    async def publish_too(self, id: str, given: Publish, who: Asker) -> Any:
        return self._publish(self._desk(who), id, given)


class DevicesApi(OwnersApi, Publishes):
    """Devices."""

    kind = "device"
    plural = "devices"
    most = MOST_DEVICES

    @http("GET", "<base>", VIEWER, summary="List devices")
    async def list(
        self,
        who: Asker,
        registryId: str = "",
        folderId: str = "",
        deviceView: str = "BASIC",
        pageSize: int = USUAL,
        pageToken: str = "",
    ) -> Any:
        """List those of a registry, or all; with `deviceView=FULL` when each was heard of last."""
        desk = self._desk(who)
        found = desk.list_all(self.kind, registryId or None)
        if deviceView == "FULL":
            listed, following = page(found, lambda one: str(one["id"]), pageSize, pageToken, self.most)
            full = [camel(desk.get(self.kind, one["id"])) for one in listed]
            return Json({"devices": full, **({"nextPageToken": following} if following else {})})
        return self._page(found, pageSize, pageToken)

    @http("GET", "<base>/{id}", VIEWER, summary="Get a device")
    async def get(self, id: str, who: Asker, deviceView: str = "BASIC") -> Any:
        told = self._desk(who).get(self.kind, id)
        if deviceView != "FULL":
            told.pop("monitoring_data", None)
        return Json(camel(told))

    @http("GET", "<base>:getByName", VIEWER, summary="Get a device by its name")
    async def by_name(self, registryId: str, name: str, who: Asker, deviceView: str = "BASIC") -> Any:
        told = self._desk(who).get(self.kind, name, registryId)
        if deviceView != "FULL":
            told.pop("monitoring_data", None)
        return Json(camel(told))

    @http("POST", "<base>", EDITOR, summary="Create a device")
    async def create(self, given: CreateDevice, who: Asker) -> Any:
        """Create a device; in its aliases `{id}` stands for its id."""
        return await self._create(given, who, given.registry_id)

    @http("PATCH", "<base>/{id}", EDITOR, summary="Update a device")
    async def update(self, id: str, given: UpdateDevice, who: Asker) -> Any:
        return await self._update(id, given, who)

    @http("GET", "<base>/{id}:listValues", VIEWER, summary="List the last values of a device")
    async def values(self, id: str, who: Asker) -> Any:
        """Beyond IoT Core: the last message on each permanent topic."""
        return Json({"values": camel(self._desk(who).list_values(self.kind, id))})

    @http("POST", "<base>/{id}/publish", scoped(Scope.DEVICES_WRITER), summary="Publish as a device")
    async def publish(self, id: str, given: Publish, who: Asker) -> Any:
        """Publish events or state."""
        return self._publish(self._desk(who), id, given)

    @http("POST", "<base>/{id}:publish", scoped(Scope.DEVICES_WRITER), summary="Publish as a device")
    async def publish_too(self, id: str, given: Publish, who: Asker) -> Any:
        return self._publish(self._desk(who), id, given)


class BrokersApi(OwnersApi, Publishes):
    """Brokers."""

    kind = "broker"
    plural = "brokers"
    package = "broker"

    @http("GET", "<base>", VIEWER, summary="List brokers")
    async def list(self, who: Asker, folderId: str = "", pageSize: int = USUAL, pageToken: str = "") -> Any:
        return self._page(self._desk(who).list_all(self.kind), pageSize, pageToken)

    @http("GET", "<base>:getByName", VIEWER, summary="Get a broker by its name")
    async def by_name(self, name: str, who: Asker, folderId: str = "") -> Any:
        """Beyond IoT Core: find a broker by its name."""
        return Json(camel(self._desk(who).get(self.kind, name)))

    @http("POST", "<base>", EDITOR, summary="Create a broker")
    async def create(self, given: Create, who: Asker) -> Any:
        return await self._create(given, who)

    @http("PATCH", "<base>/{id}", EDITOR, summary="Update a broker")
    async def update(self, id: str, given: Update, who: Asker) -> Any:
        return await self._update(id, given, who)

    @http("POST", "<base>/{id}/publish", scoped(Scope.REGISTRIES_WRITER), summary="Publish in a broker")
    async def publish(self, id: str, given: Publish, who: Asker) -> Any:
        return self._publish(self._desk(who), id, given)

    @http("POST", "<base>/{id}:publish", scoped(Scope.REGISTRIES_WRITER), summary="Publish in a broker")
    async def publish_too(self, id: str, given: Publish, who: Asker) -> Any:
        return self._publish(self._desk(who), id, given)


class OperationsApi:
    """Operations by their id."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    @http("GET", "/operations/{operationId}", VIEWER, summary="Get an operation", tags=["operations"])
    async def get(self, operationId: str) -> Any:
        """Get one of the latest: each was done when it was first answered."""
        return Json(self._operations.get(operationId))


def iot_api(parts: Parts) -> list[object]:
    """Return the parts of this API."""
    operations = Operations(parts.house.clock)
    kinds = (RegistriesApi, DevicesApi, BrokersApi)
    return [*(kind(parts, operations) for kind in kinds), OperationsApi(operations)]
