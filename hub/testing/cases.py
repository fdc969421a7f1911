"""The format of a case: a configuration, what happens, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from hub.config.scalars import plain

Plain = Annotated[Any, BeforeValidator(plain)]


def _state(value: Any) -> Any:
    value = plain(value) if isinstance(value, (dict, list)) else value
    return {"state": str(value)} if isinstance(value, str) else value


class Part(BaseModel):
    """A part of a case; a key that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class GivenState(Part):
    state: str
    attributes: Mapping[str, Any] = {}
    last_updated: datetime | None = None


class ClockAt(Part):
    start: datetime = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
    time_zone: str = "UTC"


class Location(Part):
    latitude: float = 0.0
    longitude: float = 0.0
    elevation: float = 0.0


class GivenService(Part):
    """A service that the case brings: it records its calls, and may fail, answer or wait."""

    error: str | None = None
    response: Plain = None
    wait_event: str | None = None


class SetState(Part):
    entity: str
    state: str
    attributes: Mapping[str, Any] = {}
    force: bool = False


class FireEvent(Part):
    event: str
    data: Plain = None


class Arriving(Part):
    topic: str
    payload: Plain = ""
    payload_hex: str | None = None
    qos: int = 0
    retain: bool = False

    def data(self, dump: Any) -> bytes:
        if self.payload_hex is not None:
            return bytes.fromhex(self.payload_hex)
        return (self.payload if isinstance(self.payload, str) else dump(self.payload)).encode()


class CallService(Part):
    service: str
    data: Plain = None
    wait: bool = False
    fails: bool = False


class Step(Part):
    """One thing that happens; exactly one of the keys beside `settle`."""

    set: SetState | None = None
    remove: str | None = None
    fire: FireEvent | None = None
    mqtt: Arriving | None = None
    call: CallService | None = None
    advance: float | None = None
    at: datetime | None = None
    start: bool | None = None
    settle: bool = True


class ExpectedCall(Part):
    service: str | None = None
    data: Plain = None


class ExpectedEvents(Part):
    count: int | None = None
    last_data: Plain = None
    data: Plain = None


class ExpectedState(Part):
    state: Plain = None
    not_state: Plain = None
    attributes: Plain = None
    no_attributes: list[str] = []
    name: str | None = None
    absent: bool = False


class ExpectedMessage(Part):
    topic: str | None = None
    payload: Plain = None
    payload_hex: str | None = None
    qos: int | None = None
    retain: bool | None = None


class Expect(Part):
    """What must hold after the step of this index (-1: right after set-up); all keys together."""

    after: int = -1
    calls: int | None = None
    last_call: ExpectedCall | None = None
    call_list: list[ExpectedCall] | None = None
    events: Mapping[str, ExpectedEvents] = {}
    state: Mapping[str, Annotated[ExpectedState, BeforeValidator(_state)]] = {}
    entities: Mapping[str, int] = {}
    registry: Mapping[str, Plain] = {}
    device: Mapping[str, Plain] = {}
    published: list[ExpectedMessage] | None = None
    forget_published: bool = False
    components: Mapping[str, bool] | None = None
    setup: Literal["ok", "invalid"] | None = None
    logged: Literal["debug", "info", "warning", "error"] | None = None
    condition: Plain = None
    result: Plain = None
    result_type: str | None = None
    error: bool = False
    script_running: Mapping[str, int] = {}
    execution: str | None = None
    state_changes: int | None = None


class Case(Part):
    """One case. `config` is YAML as it would stand in the configuration."""

    id: str
    title: str = ""
    source: str = ""
    adapted: str = ""
    note: str = ""
    clock: ClockAt = ClockAt()
    location: Location | None = None
    restored: Mapping[str, Annotated[GivenState, BeforeValidator(_state)]] = {}
    services: Mapping[str, GivenService] = {}
    capture_events: list[str] = []
    variables: Plain = None
    count_state_changes: bool = False
    config: Any = Field(default_factory=dict)
    config_file: str | None = None
    initial: Mapping[str, Annotated[GivenState, BeforeValidator(_state)]] = {}
    steps: list[Step] = []
    expect: list[Expect] = []
