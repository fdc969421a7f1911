"""`engine: embedded`: the hub is its own MQTT server, and speaks to it without a socket."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, PrivateAttr, model_validator

from hub.broker.limits import Limits
from hub.core.errors import HubError
from hub.core.ports import House
from hub.fields import refuse
from hub.kinds import BrokerEngine
from hub.mqtt.accounts import NamelessModel, UserModel
from hub.mqtt.bridge.model import BridgeModel
from hub.mqtt.limits import ServerLimits
from hub.mqtt.listening import ListenerModel
from hub.registry.owners import Owner
from hub.registry.users import Users

if TYPE_CHECKING:
    from hub.mqtt.embedded_door import EmbeddedDoor
    from hub.registry.registrar import Registrar

log = logging.getLogger(__name__)


class EmbeddedEngine(BrokerEngine):
    """The hub's own MQTT 3.1.1 server."""

    listeners: list[ListenerModel] = Field(default_factory=lambda: [ListenerModel()])
    users: list[UserModel] = Field(default_factory=list)
    anonymous: NamelessModel | None = None
    limits: ServerLimits = ServerLimits()
    bridges: list[BridgeModel] = Field(default_factory=list)

    _registrar: Any = PrivateAttr(None)

    def knowing(self, registrar: Registrar) -> Self:
        """Return this engine with registries, devices and brokers beside its users."""
        engine = self.model_copy()
        engine._registrar = registrar
        return engine

    def serving(self, users: Iterable[UserModel], listener: ListenerModel) -> Self:
        """Return this engine with more users and a door. Raises `HubError` if a name is taken."""
        more = list(users)
        taken = {user.name for user in self.users} & {user.name for user in more}
        if taken:
            raise HubError(f"the MQTT user {min(taken)!r} is there already", remedy="Give it another name.")
        engine = self.model_copy(
            update={"users": [*self.users, *more], "listeners": [*self.listeners, listener]}
        )
        engine._registrar = self._registrar
        return engine

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, names in (
            ("user is called", [user.name for user in self.users]),
            ("listener is", [listener.label for listener in self.listeners]),
            ("bridge is called", [bridge.name for bridge in self.bridges]),
        ):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise refuse(f"more than one {what} {twice!r}", "Give each a name of its own.")
        return self

    @model_validator(mode="after")
    def _anonymous_both_ways(self) -> Self:
        opened = any(listener.anonymous for listener in self.listeners)
        if opened and self.anonymous is None:
            raise refuse(
                "anonymous clients are let in, but nothing says what they may do",
                "List under `broker: anonymous:` what they may `publish` and `subscribe`.",
            )
        if self.anonymous is not None and not opened:
            raise refuse(
                "anonymous clients have rights, but no listener lets them in",
                "Add `anonymous: true` to a listener.",
            )
        return self

    async def open(self, house: House) -> EmbeddedDoor:
        # Only now: who only reads a configuration needs no server.
        from hub.mqtt.embedded_door import open_door

        limits = self.limits.over(Limits())
        door = await open_door(
            house, limits, self._users(limits), self.listeners, self.bridges, self._registrar
        )
        self._tell_who_is_left_out()
        return door

    def _users(self, limits: Limits) -> Users:
        return Users(
            [user.user(limits) for user in self.users],
            nameless=self.anonymous.rights if self.anonymous is not None else None,
            open_listeners=[listener.label for listener in self.listeners if listener.anonymous],
        )

    def _tell_who_is_left_out(self) -> None:
        registered = self._registrar is not None and any(self._registrar.directory.all(Owner))
        if not self.users and self.anonymous is None and not registered:
            log.warning(
                "no MQTT client can log in yet: run `hub user hash` and write the user under `broker: users:`"
            )
        for user in self.users:
            if not (user.admin or user.publish or user.subscribe):
                log.warning("MQTT user %s may neither publish nor subscribe anything", user.name)
