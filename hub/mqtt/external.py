"""`engine: external`: the hub is a client of an MQTT server that runs elsewhere."""

from __future__ import annotations

import asyncio
import logging
import secrets
from datetime import timedelta
from typing import Annotated

import aiomqtt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from hub.broker.topics import check_topic
from hub.broker.wire import ProtocolError
from hub.core.clock import Clock
from hub.core.ports import House
from hub.fields import Bool, Period, Text, refuse
from hub.kinds import BrokerEngine
from hub.mqtt.door import ClientDoor
from hub.mqtt.listening import is_loopback
from hub.mqtt.outbox import Outbox, Policy
from hub.mqtt.server import PLAIN_PORT, TLS_PORT, MqttServer
from hub.mqtt.tls import ClientTls, maybe_tls

log = logging.getLogger(__name__)


def _topic(topic: str) -> str:
    try:
        check_topic(topic)
    except ProtocolError as error:
        raise refuse(f"{topic!r} is no topic: {error}") from None
    return topic


class OutboxModel(BaseModel):
    """What becomes of messages while the server is not there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: Annotated[int, Field(ge=0)] = 1_000
    policy: Policy = "drop_oldest"
    """Which message gives way when it is full; `last` keeps only the last one of each topic."""
    keep_for: Period | None = timedelta(minutes=5)
    """Older ones are not sent any more: a command may do harm when it comes too late. None keeps them."""

    def outbox(self, clock: Clock) -> Outbox:
        keep_for = self.keep_for.total_seconds() if self.keep_for is not None else None
        return Outbox(self.size, self.policy, keep_for, clock.monotonic)


class WillModel(BaseModel):
    """What the server is to publish when the hub is gone without a word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: Annotated[str, AfterValidator(_topic)]
    payload: Text = "offline"
    qos: Annotated[int, Field(ge=0, le=2)] = 0
    retain: Bool = True

    def will(self) -> aiomqtt.Will:
        return aiomqtt.Will(self.topic, self.payload, self.qos, self.retain)


class ExternalEngine(BrokerEngine):
    """Any MQTT 3.1.1 server, such as Mosquitto."""

    host: str
    port: Annotated[int, Field(gt=0, le=65_535)] | None = None
    username: Text | None = None
    password: SecretStr | None = None
    client_id: Text | None = None
    tls: Annotated[ClientTls | None, BeforeValidator(maybe_tls)] = None
    keepalive: Annotated[int, Field(gt=0, le=65_535)] = 30
    timeout: Annotated[float, Field(gt=0)] = 10.0
    in_flight: Annotated[int, Field(gt=0, le=65_535)] = 20
    outbox: OutboxModel = OutboxModel()
    will: WillModel | None = None

    async def open(self, house: House) -> ClientDoor:
        server = await asyncio.to_thread(self._server, house)
        if self.password is not None and server.tls is None and not is_loopback(self.host):
            log.warning("MQTT server %s: the password crosses the network in clear without `tls:`", server)
        return await ClientDoor.open(server, house.clock, self.outbox.outbox(house.clock))

    def _server(self, house: House) -> MqttServer:
        return MqttServer(
            host=self.host,
            port=self.port or (PLAIN_PORT if self.tls is None else TLS_PORT),
            username=self.username,
            password=self.password.get_secret_value() if self.password is not None else None,
            # A new name each time: two hubs of one name would put each other out.
            client_id=self.client_id or f"hearth-{secrets.token_hex(4)}",
            tls=self.tls.context(house.settings.config_dir) if self.tls is not None else None,
            keepalive=self.keepalive,
            timeout=self.timeout,
            in_flight=self.in_flight,
            will=self.will.will() if self.will is not None else None,
        )
