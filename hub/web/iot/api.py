"""The endpoints of IoT Core's API: the same for registries, devices and brokers, as far as they are alike."""

from __future__ import annotations

from typing import Any, ClassVar

from hub.core.errors import NotNow
from hub.registry.accounts import Scope
from hub.registry.desk import Desk
from hub.registry.owners import Kind
from hub.web.answers import Json
from hub.web.iot.done import Operations
from hub.web.iot.forms import (
    CertificateData,
    Create,
    CreateDevice,
    NewPassword,
    Publish,
    Update,
    UpdateDevice,
    camel,
)
from hub.web.iot.paging import MOST, USUAL, page
from hub.web.login import Asker
from hub.web.need import http, scoped
from hub.web.parts import Parts
from hub.web.who import Who

VIEWER = scoped(Scope.IOT_VIEWER)
EDITOR = scoped(Scope.IOT_EDITOR)
MOST_DEVICES = 20_000


class OwnersApi:
    """What can be done with each kind; `words` fill in what the paths and summaries leave open."""

    kind: ClassVar[Kind]
    plural: ClassVar[str]
    package: ClassVar[str] = "devices"
    most: ClassVar[int] = MOST

    def __init__(self, parts: Parts, operations: Operations) -> None:
        self._parts = parts
        self._operations = operations

    @property
    def words(self) -> dict[str, str]:
        return {"base": f"/iot-{self.package}/v1/{self.plural}", "kind": self.kind}

    def _desk(self, who: Who) -> Desk:
        registrar = self._parts.registrar()
        if registrar is None:
            raise NotNow("this hub has no registries", remedy="They need `broker: engine: embedded`.")
        return Desk(registrar, who.account.name)

    def _done(self, who: Who, action: str, id: str, response: Any, type: str = "", **more: str) -> Json:
        noun = self.kind.capitalize()
        metadata = {f"{self.kind}_id": id, **more}
        told = (type or noun, response)
        return Json(
            self._operations.done(self.package, action.format(noun), id, who.account.id, metadata, told)
        )

    # The things themselves.

    @http("GET", "<base>/{id}", VIEWER, summary="Get a <kind>")
    async def get(self, id: str, who: Asker) -> Any:
        told = self._desk(who).get(self.kind, id)
        told.pop("monitoring_data", None)
        return Json(camel(told))

    @http("DELETE", "<base>/{id}", EDITOR, summary="Delete a <kind>")
    async def delete(self, id: str, who: Asker) -> Any:
        """Delete it, with its credentials; whoever is connected with one of them is put out at once."""
        desk = self._desk(who)
        id = desk.get(self.kind, id)["id"]
        await desk.delete(self.kind, id)
        return self._done(who, "Delete{}", id, None)

    async def _create(self, given: Any, who: Who, registry: str | None = None) -> Json:
        made = await self._desk(who).create(
            self.kind,
            given.name,
            registry=registry,
            description=given.description,
            labels=given.labels,
            aliases=getattr(given, "topic_aliases", None),
            certificates=[one.certificate_data for one in given.certificates],
            password=given.password,
        )
        made.pop("password", None)
        return self._done(who, "Create{}", made["id"], made)

    async def _update(self, id: str, given: Update, who: Who) -> Json:
        changed = await self._desk(who).update(self.kind, id, **given.changes())
        return self._done(who, "Update{}", changed["id"], changed)

    def _page(self, found: list[dict[str, Any]], size: int, token: str) -> Json:
        listed, following = page(found, lambda one: str(one["id"]), size, token, self.most)
        return Json({self.plural: camel(listed), **({"nextPageToken": following} if following else {})})

    # Credentials.

    @http("GET", "<base>/{id}/certificates", VIEWER, summary="List the certificates of a <kind>")
    async def certificates(self, id: str, who: Asker) -> Any:
        return Json({"certificates": camel(self._desk(who).list_certificates(self.kind, id))})

    @http("POST", "<base>/{id}/certificates", EDITOR, summary="Add a certificate to a <kind>")
    async def add_certificate(self, id: str, given: CertificateData, who: Asker) -> Any:
        made = await self._desk(who).add_certificate(self.kind, id, given.certificate_data)
        return self._added_certificate(who, made)

    @http("POST", "<base>/{id}/certificates:issue", EDITOR, summary="Issue a certificate to a <kind>")
    async def issue_certificate(self, id: str, who: Asker) -> Any:
        """Issue a certificate of the hub's own authority. The answer shows its key, and nothing else does."""
        made = await self._desk(who).issue_certificate(self.kind, id)
        return self._added_certificate(who, made)

    @http(
        "DELETE", "<base>/{id}/certificates/{fingerprint}", EDITOR, summary="Delete a certificate of a <kind>"
    )
    async def delete_certificate(self, id: str, fingerprint: str, who: Asker) -> Any:
        """Delete it; whoever is connected with it is put out at once."""
        desk = self._desk(who)
        id = desk.get(self.kind, id)["id"]
        await desk.delete_certificate(self.kind, id, fingerprint)
        return self._done(who, "Delete{}Certificate", id, None, fingerprint=fingerprint)

    @http("GET", "<base>/{id}/passwords", VIEWER, summary="List the passwords of a <kind>")
    async def passwords(self, id: str, who: Asker) -> Any:
        """List their ids; what they are nobody knows."""
        return Json({"passwords": camel(self._desk(who).list_passwords(self.kind, id))})

    @http("POST", "<base>/{id}/passwords", EDITOR, summary="Add a password to a <kind>")
    async def add_password(self, id: str, given: NewPassword, who: Asker) -> Any:
        """Add a password. One that the hub made up stands in the answer, and nowhere else."""
        made = await self._desk(who).add_password(self.kind, id, password=given.password)
        type = f"{self.kind.capitalize()}Password"
        return self._done(who, "Add{}Password", self._id(made), made, type, password_id=str(made["id"]))

    @http("DELETE", "<base>/{id}/passwords/{passwordId}", EDITOR, summary="Delete a password of a <kind>")
    async def delete_password(self, id: str, passwordId: str, who: Asker) -> Any:
        """Delete it; whoever is connected with it is put out at once."""
        desk = self._desk(who)
        id = desk.get(self.kind, id)["id"]
        await desk.delete_password(self.kind, id, passwordId)
        return self._done(who, "Delete{}Password", id, None, password_id=passwordId)

    def _id(self, made: dict[str, Any]) -> str:
        return str(made[f"{self.kind}_id"])

    def _added_certificate(self, who: Who, made: dict[str, Any]) -> Json:
        type, fingerprint = f"{self.kind.capitalize()}Certificate", str(made["fingerprint"])
        return self._done(who, "Add{}Certificate", self._id(made), made, type, fingerprint=fingerprint)

    # What happened.

    @http("GET", "<base>/{id}/operations", VIEWER, summary="List the latest operations on a <kind>")
    async def operations(self, id: str, who: Asker, pageSize: int = USUAL, pageToken: str = "") -> Any:
        id = self._desk(who).get(self.kind, id)["id"]
        found = self._operations.of(id)
        listed, following = page(found, lambda one: f"{one['createdAt']} {one['id']}", pageSize, pageToken)
        return Json({"operations": listed, **({"nextPageToken": following} if following else {})})

    @http("GET", "<base>/{id}:logs", VIEWER, summary="Who came and went as a <kind>, and what was refused")
    async def logs(
        self, id: str, who: Asker, since: str | None = None, until: str | None = None, limit: int = 100
    ) -> Any:
        """Beyond IoT Core: the connection log, newest last. Times are RFC 3339, or such as `2h`."""
        desk = self._desk(who)
        return Json({"logs": desk.logs(self.kind, id, since=since, until=until, limit=min(limit, 10_000))})

    @http("GET", "<base>/{id}:audit", VIEWER, summary="Who changed what of a <kind>")
    async def audit(
        self, id: str, who: Asker, since: str | None = None, until: str | None = None, limit: int = 100
    ) -> Any:
        """Beyond IoT Core: every management action, newest last."""
        desk = self._desk(who)
        limit = max(0, min(limit, 10_000))
        return Json(
            {"actions": camel(await desk.audit(self.kind, id, since=since, until=until, limit=limit))}
        )


class _Publishes:
    """Says things in the name of one, under both spellings of the address."""

    kind: ClassVar[Kind]

    def _publish(self, desk: Desk, id: str, given: Publish) -> Json:
        desk.publish(self.kind, id, given.topic, given.payload())
        return Json({})


class RegistriesApi(OwnersApi, _Publishes):
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


class DevicesApi(OwnersApi, _Publishes):
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


class BrokersApi(OwnersApi, _Publishes):
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
