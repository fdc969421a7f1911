"""The MQTT server: its clients, subscriptions and retained messages; publish, disconnect, clear."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.core.errors import HubError
from hub.core.ports import House
from hub.mqtt import EmbeddedEngine
from hub.web.answers import Json
from hub.web.need import ADMIN, VIEWER, http
from hub.web.parts import Parts

_TAGS = {"tags": ["MQTT"]}
LONGEST_TOPIC = 1_024


class Publish(BaseModel):
    """A message; `payload` is a text, or bytes in base64."""

    model_config = ConfigDict(extra="forbid")

    topic: Annotated[str, Field(min_length=1, max_length=LONGEST_TOPIC)]
    payload: str = ""
    payload_base64: str | None = None
    qos: Literal[0, 1, 2] = 0
    retain: bool = False

    def content(self) -> bytes:
        if self.payload_base64 is None:
            return self.payload.encode()
        try:
            return base64.b64decode(self.payload_base64, validate=True)
        except ValueError:  # also for what is no ASCII
            raise HubError("payload_base64 is no base64") from None


class Kick(BaseModel):
    """Whom to disconnect: a client id, a user, or both; `forget` drops the session too."""

    model_config = ConfigDict(extra="forbid")

    client_id: str | None = None
    user: str | None = None
    forget: bool = False


class MqttApi:
    """For admins: whoever sees all topics sees everything in the house."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._house: House = parts.house

    @http("GET", "/api/mqtt", VIEWER, summary="Where the MQTT server listens", **_TAGS)
    async def about(self) -> Any:
        door = self._parts.door()
        lines = list(door.lines()) if door is not None else []
        return Json({"connected": self._house.mqtt.connected, "lines": lines})

    @http("GET", "/api/mqtt/clients", ADMIN, summary="Clients, those on-line first", **_TAGS)
    async def clients(self) -> Any:
        found = await self._parts.command("mqtt.clients")
        return Json([{**one, "rights": self._rights(one["user"])} for one in found])

    def _rights(self, user: str) -> list[dict[str, Any]] | None:
        """Return what a user of the YAML may do; None for others, whose registry or broker says it."""
        configuration = self._parts.configuration()
        engine = configuration.engine if configuration is not None else None
        users = engine.users if isinstance(engine, EmbeddedEngine) else []
        for one in users:
            if one.name == user:
                every = ["#"] if one.admin else []
                return [
                    {"kind": "publish", "filters": [*every, *one.publish]},
                    {"kind": "subscribe", "filters": [*every, *one.subscribe]},
                ]
        return None

    @http("GET", "/api/mqtt/subscriptions", ADMIN, summary="Who subscribes what", **_TAGS)
    async def subscriptions(self, client_id: str | None = None) -> Any:
        return Json(await self._parts.command("mqtt.subscriptions", client_id=client_id))

    @http("GET", "/api/mqtt/retained", ADMIN, summary="Retained messages", **_TAGS)
    async def retained(self, filter: str = "#") -> Any:
        return Json(await self._parts.command("mqtt.retained", filter=filter))

    @http("DELETE", "/api/mqtt/retained", ADMIN, summary="Clear a retained message", **_TAGS)
    async def clear(self, topic: str) -> Any:
        """Publish an empty retained message, as every client would: whoever subscribes hears of it."""
        self._house.mqtt.publish(_checked(topic), b"", retain=True)
        return Json({})

    @http("POST", "/api/mqtt/publish", ADMIN, summary="Publish a message", **_TAGS)
    async def publish(self, given: Publish) -> Any:
        topic = _checked(given.topic)
        self._house.mqtt.publish(topic, given.content(), qos=given.qos, retain=given.retain)
        return Json({})

    @http("POST", "/api/mqtt/kick", ADMIN, summary="Disconnect a client", **_TAGS)
    async def kick(self, given: Kick) -> Any:
        return Json(await self._parts.command("mqtt.kick", **given.model_dump()))


def _checked(topic: str) -> str:
    if not topic or "+" in topic or "#" in topic or "\0" in topic:
        raise HubError(f"{topic!r} is no topic", remedy="A topic has no wildcards.")
    return topic
