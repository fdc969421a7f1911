"""The keys of `limits:`, for the whole MQTT server and for one user."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from hub.broker import Limits
from hub.core.errors import HubError
from hub.fields import refuse, seconds_of

_USUAL = Limits()


def _seconds(value: Any) -> float:
    try:
        return seconds_of(value)
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error


Count = Annotated[int, Field(gt=0)]
Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=0)]


class ClientLimits(BaseModel):
    """How much one client may ask of the server. Sizes are bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    packet: Annotated[int, Field(gt=0, le=268_435_455)] = _USUAL.packet
    topic: Annotated[int, Field(gt=0, le=65_535)] = _USUAL.topic
    topic_levels: Count = _USUAL.topic_levels
    keep_alive: Count = _USUAL.keep_alive
    messages_per_second: Annotated[float, Field(gt=0)] | None = _USUAL.messages_per_second
    message_burst: Count = _USUAL.message_burst
    subscriptions: Count = _USUAL.subscriptions
    in_flight: Annotated[int, Field(gt=0, le=65_535)] = _USUAL.in_flight
    unreleased: Annotated[int, Field(gt=0, le=65_535)] = _USUAL.unreleased
    queue_messages: Count = _USUAL.queue_messages
    queue_bytes: Count = _USUAL.queue_bytes
    qos0_backlog: Count = _USUAL.qos0_backlog
    write_buffer: Count = _USUAL.write_buffer
    retained_per_client: Count = _USUAL.retained_per_client

    def over(self, limits: Limits) -> Limits:
        """Return limits in which what is written here replaces what was there."""
        return replace(limits, **self.model_dump(exclude_unset=True))


class ServerLimits(ClientLimits):
    """The limits of each client, and those that hold for all together or before a client is known."""

    connections: Count = _USUAL.connections
    connections_per_address: Count = _USUAL.connections_per_address
    connect_timeout: Annotated[float, BeforeValidator(_seconds), Field(gt=0)] = _USUAL.connect_timeout
    unauthenticated_bytes: Count = _USUAL.unauthenticated_bytes
    failed_log_in_delay: Seconds = _USUAL.failed_log_in_delay
    failed_log_in_delay_max: Seconds = _USUAL.failed_log_in_delay_max
    flapping_connects: Count = _USUAL.flapping_connects
    flapping_seconds: Seconds = _USUAL.flapping_seconds
    client_id: Annotated[int, Field(gt=0, le=65_535)] = _USUAL.client_id
    sessions: Count = _USUAL.sessions
    session_expiry: Seconds = _USUAL.session_expiry
    retained: Count = _USUAL.retained
    retained_bytes: Count = _USUAL.retained_bytes
