"""What IoT Core's API can do with registries, devices and brokers alike."""

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
    NewPassword,
    Publish,
    Update,
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


class Publishes:
    """Says things in the name of one, under both spellings of the address."""

    kind: ClassVar[Kind]

    def _publish(self, desk: Desk, id: str, given: Publish) -> Json:
        desk.publish(self.kind, id, given.topic, given.payload())
        return Json({})
