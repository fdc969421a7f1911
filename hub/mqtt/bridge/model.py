"""The keys of `bridges:`: other MQTT servers, and the topics that cross to and from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from hub.broker.topics import check_filter
from hub.broker.wire import ProtocolError
from hub.core.settings import Settings
from hub.fields import Bool, Period, Text, refuse
from hub.mqtt.bridge.outbox import Room
from hub.mqtt.bridge.plan import Plan
from hub.mqtt.bridge.rules import Direction, Rule, Rules
from hub.mqtt.server import PLAIN_PORT, TLS_PORT, MqttServer
from hub.mqtt.tls import ClientTls, maybe_tls


def _prefix(prefix: str) -> str:
    if any(sign in prefix for sign in "+#"):
        raise refuse(f"{prefix!r} can't be a prefix", "It is put before a topic as it is, without wildcards.")
    return prefix


Prefix = Annotated[str, AfterValidator(_prefix)]


class BridgeTopic(BaseModel):
    """Topics that cross. Each side puts its prefix before `filter`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filter: str
    direction: Direction = "out"
    local_prefix: Prefix = ""
    remote_prefix: Prefix = ""
    qos: Annotated[int, Field(ge=0, le=2)] = 1
    """The highest QoS with which messages cross."""
    retain: Bool = True
    """Whether retained messages are retained on the other side too."""

    @model_validator(mode="after")
    def _right(self) -> Self:
        for filter in (self.local_prefix + self.filter, self.remote_prefix + self.filter):
            try:
                check_filter(filter)
            except ProtocolError as error:
                raise refuse(
                    f"{filter!r} is no MQTT filter: {error}", "A prefix mostly ends with /."
                ) from None
        into = [self.remote_prefix] if self.direction != "in" else []
        into += [self.local_prefix] if self.direction != "out" else []
        if any((prefix + self.filter).startswith("$") for prefix in into):
            raise refuse(
                "topics that start with $ are the server's own", "Give the side that they come to a prefix."
            )
        return self

    def rule(self) -> Rule:
        return Rule(**self.model_dump())


class BridgeOutbox(BaseModel):
    """What is kept while the other server is not there; the oldest gives way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Annotated[int, Field(gt=0)] = 10_000
    bytes: Annotated[int, Field(gt=0)] = 16 * 1024 * 1024
    keep_for: Period | None = None
    """Older ones are not sent any more; None keeps them."""

    def room(self) -> Room:
        return Room(self.size, self.bytes, self.keep_for.total_seconds() if self.keep_for else None)


class BridgeModel(BaseModel):
    """Another MQTT server, and what crosses to and from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
    host: str
    port: Annotated[int, Field(gt=0, le=65_535)] | None = None
    username: Text | None = None
    password: SecretStr | None = None
    client_id: Text | None = None
    tls: Annotated[ClientTls | None, BeforeValidator(maybe_tls)] = None
    keepalive: Annotated[int, Field(gt=0, le=65_535)] = 60
    timeout: Annotated[float, Field(gt=0)] = 10.0
    in_flight: Annotated[int, Field(gt=0, le=65_535)] = 20
    topics: Annotated[list[BridgeTopic], Field(min_length=1)]
    outbox: BridgeOutbox = BridgeOutbox()

    def plan(self, settings: Settings) -> Plan:
        """Return it as a bridge takes it, certificates loaded. Raises `HubError`."""
        return Plan(
            self.name,
            self._server(settings.config_dir),
            Rules(topic.rule() for topic in self.topics),
            self.outbox.room(),
            settings.data_dir / f"bridge-{self.name}.db",
        )

    def _server(self, folder: Path) -> MqttServer:
        return MqttServer(
            host=self.host,
            port=self.port or (PLAIN_PORT if self.tls is None else TLS_PORT),
            username=self.username,
            password=self.password.get_secret_value() if self.password is not None else None,
            client_id=self.client_id,
            tls=self.tls.context(folder) if self.tls is not None else None,
            keepalive=self.keepalive,
            timeout=self.timeout,
            in_flight=self.in_flight,
            clean_session=False,
        )
