"""`engine: amqtt`: what may be written under `broker:` for it, and what may not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from hub.api import Bool, BrokerEngine, Door, House, Text, plain, refuse
from plugins.amqtt.listeners import DEFAULT, Place, places

# What the hub's own server has under these keys, and amqtt has not.
_MISSING = {
    "users": "amqtt has no permissions for each user with `%u` and `%c`",
    "anonymous": "amqtt has no rights for clients without a name",
    "limits": "amqtt has no limits on clients, packets and queues",
    "listeners": "amqtt's listeners stand in its own `config:`",
    "store": "amqtt keeps nothing over a restart",
}
_AUTH = "amqtt.plugins.authentication.FileAuthPlugin: {password_file: mqtt.passwd}"


class AmqttEngine(BrokerEngine):
    """amqtt's MQTT server, run inside the hub. Only for networks in which everybody is trusted."""

    config: Annotated[dict[str, Any], BeforeValidator(plain)] = Field(default_factory=dict)
    """amqtt's own configuration: `listeners`, `plugins` and so on."""
    username: Text | None = None
    """As whom the hub itself logs in, if amqtt's plugins ask for it."""
    password: SecretStr | None = None
    trusted_network: Bool = False
    """Needed to listen on addresses that others can reach."""

    @model_validator(mode="before")
    @classmethod
    def _say_what_is_missing(cls, data: Any) -> Any:
        for key, reason in _MISSING.items():
            if isinstance(data, Mapping) and key in data:
                raise refuse(f"{reason}, so `{key}:` has no meaning here", "Take `engine: embedded` for it.")
        return data

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if not self.config.get("plugins"):
            raise refuse(
                "without plugins amqtt lets nobody in, or everybody",
                f"Write under `config: plugins:` who may come in, such as {_AUTH}.",
            )
        for place in self.places:
            if not place.is_local and not self.trusted_network:
                raise refuse(
                    f"amqtt is not made for networks with strangers, and its listener {place.name} is open "
                    f"to {place.host or 'all'}",
                    "Bind it to 127.0.0.1, take `engine: embedded`, or add `trusted_network: true`.",
                )
        if not any(place.plain for place in self.places):
            raise refuse("the hub needs a listener to connect to", "Add one of type tcp without ssl.")
        return self

    @property
    def listeners(self) -> dict[str, Any]:
        """amqtt's listeners; the one called default is here only if nothing else is said."""
        given = self.config.get("listeners") or {}
        return {**given, "default": {**DEFAULT, **(given.get("default") or {})}}

    @property
    def places(self) -> list[Place]:
        return places(self.listeners)

    async def open(self, house: House) -> Door:
        # amqtt takes a fifth of a second to load: only who has chosen it is to wait.
        from plugins.amqtt.server import open_server

        place = next(place for place in self.places if place.plain)
        password = self.password.get_secret_value() if self.password is not None else None
        return await open_server(
            {**self.config, "listeners": self.listeners}, place, house, self.username, password
        )
