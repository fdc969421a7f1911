"""The shapes of what the core is given from above: templates, MQTT, memory; and the house that holds all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.core.areas import AreaRegistry
from hub.core.backups import Backups, NoBackups
from hub.core.book import Book
from hub.core.bus import Bus
from hub.core.catalog import Catalog
from hub.core.clock import Clock, Detach
from hub.core.echoes import Echoes
from hub.core.energy import Energy, NoEnergy
from hub.core.entities import Entities
from hub.core.errors import HubError
from hub.core.figures import Figures
from hub.core.heard import Hearing
from hub.core.history import History, NoHistory
from hub.core.openings import Openings
from hub.core.registries import DeviceRegistry, EntityRegistry
from hub.core.remembered import Remembered
from hub.core.services import Services
from hub.core.settings import Settings
from hub.core.states import States
from hub.core.tasks import Tasks
from hub.core.telemetry import NoTelemetry, Telemetry
from hub.core.web import Web


@dataclass(frozen=True, slots=True)
class Reads:
    """What a rendering looked at: it need not be rendered again until one of these changes."""

    entities: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    every_state: bool = False
    time: bool = False


class Template(Protocol):
    """A compiled template. All methods raise `TemplateError`."""

    source: str
    names: frozenset[str]
    """The variables that it reads, as far as can be known without rendering."""

    def render(self, variables: Mapping[str, Any] | None = None) -> Any:
        """Return the result with Home Assistant's native types (`"12"` -> 12, `"[1]"` -> [1])."""
        ...

    def text(self, variables: Mapping[str, Any] | None = None) -> str:
        """Return the result as text, trimmed at both ends."""
        ...

    def track(self, variables: Mapping[str, Any] | None = None) -> tuple[Any, Reads]:
        """Return the native result and what it was computed from."""
        ...

    def payload(
        self, payload: str | bytes, variables: Mapping[str, Any] | None = None, default: Any = ...
    ) -> Any:
        """Return the text made of an MQTT payload, seen as `value` and, if it is JSON, `value_json`."""
        ...


class Value(Protocol):
    """YAML data in which any text may be a template."""

    data: Any
    static: bool
    names: frozenset[str]

    def render(self, variables: Mapping[str, Any] | None = None) -> Any:
        """Return the data with its templates rendered, natively typed."""
        ...


class Templates(Protocol):
    """Compiles templates for this house. A limited template sees no states and no time."""

    def compile(self, source: str, *, limited: bool = False) -> Template: ...

    def value(self, data: Any, *, limited: bool = False) -> Value: ...

    def plug(self, functions: Mapping[str, Callable[..., Any]], instead_of: Collection[str] = ()) -> None: ...

    def prepare_one(self) -> bool: ...


class Message:
    """An MQTT message as it came in: `payload` in bytes; `retain` True if it was kept by the server."""

    __slots__ = ("payload", "qos", "retain", "topic")

    def __init__(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> None:
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.retain = retain

    def text(self) -> str:
        """Return the payload decoded from UTF-8; raises `UnicodeDecodeError`."""
        return self.payload.decode()


MessageListener = Callable[[Message], None]


class Mqtt(Protocol):
    """The hub's own way to its MQTT server."""

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 0, retain: bool = False) -> None: ...

    def subscribe(self, filter: str, callback: MessageListener, *, qos: int = 0) -> Detach:
        """Call `callback` for each message that `filter` matches, kept ones first (`retain` True)."""
        ...

    @property
    def connected(self) -> bool: ...

    def listen_connection(self, callback: Callable[[bool], None]) -> Detach:
        """Call `callback(connected)` when the way to the server opens or closes."""
        ...


@dataclass(frozen=True, slots=True)
class Origin:
    """Which registry a message is of, and which of its devices, if it is of one."""

    registry_id: str
    registry: str
    device_id: str = ""
    device: str = ""


class Registries(Protocol):
    """The registries and their devices, as far as the house needs to know them."""

    @property
    def live(self) -> bool:
        """Whether the MQTT server that runs knows them, too."""
        ...

    def origin(self, topic: str) -> Origin | None:
        """Return whose topic this is, None if it is nobody's."""
        ...

    def filters(self, registry: str | None, device: str | None, topic: str | None) -> list[str]:
        """Return what to subscribe for the messages of a registry or device. Raises `HubError`."""
        ...


class NoRegistries:
    """Stands for registries where there are none."""

    live = False

    def origin(self, topic: str) -> Origin | None:
        return None

    def filters(self, registry: str | None, device: str | None, topic: str | None) -> list[str]:
        raise HubError("this hub has no registries", remedy="They need `broker: engine: embedded`.")


class Memory(Protocol):
    """What is kept from one start of the hub to the next."""

    def recall(self, entity_id: str) -> Remembered | None: ...

    def keep(self, entity_id: str, state: str, attributes: Mapping[str, Any] | None = None) -> None: ...


class Kinds(Protocol):
    """The catalogs that plugins filled."""

    @property
    def triggers(self) -> Catalog[Any]: ...
    @property
    def conditions(self) -> Catalog[Any]: ...
    @property
    def actions(self) -> Catalog[Any]: ...
    @property
    def platforms(self) -> Catalog[Any]: ...
    @property
    def integrations(self) -> Catalog[Any]: ...
    @property
    def domains(self) -> Catalog[Any]: ...
    @property
    def engines(self) -> Catalog[Any]: ...
    @property
    def stores(self) -> Catalog[Any]: ...
    @property
    def template_functions(self) -> Catalog[Any]: ...
    @property
    def pages(self) -> Catalog[Any]: ...


@dataclass(slots=True)
class House:
    """Everything that a plugin may use while the house runs."""

    clock: Clock
    settings: Settings
    bus: Bus
    states: States
    services: Services
    registry: EntityRegistry
    devices: DeviceRegistry
    areas: AreaRegistry
    entities: Entities
    memory: Memory
    kinds: Kinds
    templates: Templates
    mqtt: Mqtt
    tasks: Tasks
    web: Web = field(default_factory=Web)
    figures: Figures = field(default_factory=Figures)
    openings: Openings = field(default_factory=Openings)
    registries: Registries = field(default_factory=NoRegistries)
    telemetry: Telemetry = field(default_factory=NoTelemetry)
    energy: Energy = field(default_factory=NoEnergy)
    backups: Backups = field(default_factory=NoBackups)
    history: History = field(default_factory=NoHistory)
    echoes: Echoes = field(default_factory=Echoes)
    book: Book = field(default_factory=Book)
    hearing: Hearing = field(default_factory=Hearing)
    started: bool = False
    """False until every integration is set up and `homeassistant_started` was fired."""


def entity_ids_of(value: str | Iterable[str]) -> list[str]:
    """Return entity ids from one text (also comma separated) or several, in lower case."""
    parts = value.split(",") if isinstance(value, str) else value
    return [part.strip().lower() for part in parts]
