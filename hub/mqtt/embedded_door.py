"""The hub's own MQTT server while it runs, with all that belongs to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence

from hub.broker import Authenticator, Broker, Limits, Listening, SqliteStore
from hub.core.clock import Detach, nothing, together
from hub.core.errors import HubError
from hub.core.openings import Opening
from hub.core.ports import House
from hub.mqtt.address import LocalAddress, nearest
from hub.mqtt.bridge import Bridge, BridgeModel
from hub.mqtt.figures import figures
from hub.mqtt.happenings import Happenings
from hub.mqtt.inside import EmbeddedMqtt
from hub.mqtt.listening import ListenerModel
from hub.mqtt.owner import OwnerDoor
from hub.mqtt.presence import Presence
from hub.mqtt.reserved import ReservedListeners
from hub.mqtt.sys_topics import SysTopics
from hub.mqtt.visits import Visits
from hub.mqtt.watching import Watch
from hub.mqtt.without_sys import WithoutSys
from hub.registry import Registrar, Users

log = logging.getLogger(__name__)
KEPT = "mqtt.db"
"""Where in the data folder sessions, their messages and retained messages outlive a restart."""


class EmbeddedDoor:
    """The server while it runs, with all that belongs to it."""

    def __init__(
        self,
        broker: Broker,
        users: Users,
        owner: OwnerDoor,
        house: House,
        registrar: Registrar | None = None,
    ) -> None:
        self.broker = broker
        self.mqtt = EmbeddedMqtt(broker, registrar)
        self.owner = owner
        self.presence = Presence(house.clock)
        self.visits = Visits(house.clock)
        self._users = users
        self._clock = house.clock
        self._settings = house.settings
        self._open: list[Listening] = []
        self._models: list[ListenerModel] = []
        self._bridges: list[Bridge] = []
        self._figures = house.figures
        self._openings = house.openings
        self._unopen: list[Detach] = []
        self._stop_telling: Detach = nothing
        for listener in (Watch(house.clock), self.presence, self.visits, Happenings(house.bus)):
            broker.listen_events(listener)

    async def begin(self, bridges: Iterable[BridgeModel]) -> None:
        """Take up what was kept, and listen for what is to cross bridges before anything is said."""
        await self.broker.start()
        for model in bridges:
            plan = await asyncio.to_thread(model.plan, self._settings)
            self._bridges.append(await Bridge.open(plan, self.broker, self._clock))
        numbers = [bridge.numbers for bridge in self._bridges]
        stop = SysTopics(self.broker, self._clock, numbers).start()
        self._stop_telling = together([stop, self._figures.add(lambda: figures(self.broker))])

    async def listen(self, model: ListenerModel) -> None:
        """Open one listener. Raises `HubError`."""
        listener = await asyncio.to_thread(model.listener, self._settings.config_dir)
        try:
            self._open.append(await self.broker.listen(listener))
            self._models.append(model)
            if not model.is_local and model.websocket is None:
                port, tls = self._open[-1].port, model.tls is not None
                self._unopen.append(self._openings.add(Opening("mqtt", model.host, port, tls)))
        except OSError as error:
            raise HubError(
                f"the MQTT server can't listen on {model.where}: {error.strerror or error}",
                remedy="If another MQTT server runs here, stop it, or take another port under "
                "`broker: listeners:`, or use that server with `broker: engine: external`.",
            ) from None
        if not model.is_local and model.tls is None:
            log.warning("%s: passwords cross the network in clear, as there is no `tls:`", model.label)

    async def reload_certificates(self) -> None:
        """Load the certificates of all listeners anew; the log says of one that is no good and not used."""
        await self.broker.reload_certificates()

    @property
    def listening(self) -> tuple[Listening, ...]:
        return tuple(self._open)

    def local_address(self) -> LocalAddress:
        """Return where a client on this machine finds the server. Raises `HubError` if nowhere."""
        ports = [door.port for door in self._open]
        found = nearest(zip(self._models, ports, strict=True), self._settings.config_dir)
        if found is None:
            raise HubError("the MQTT server has no listener", remedy="Add one under `broker: listeners:`.")
        return found

    def lines(self) -> Iterator[str]:
        for door in self._open:
            yield f"MQTT server on {_address(door)}"
        for bridge in self._bridges:
            yield bridge.line()

    async def close(self) -> None:
        self._stop_telling()
        together(self._unopen)()
        await asyncio.gather(*(bridge.close() for bridge in self._bridges))
        await self.broker.stop()
        self._users.close()
        for door in self._open:
            if door.listener.path is not None:
                door.listener.path.unlink(missing_ok=True)


async def open_door(
    house: House,
    limits: Limits,
    users: Users,
    listeners: Sequence[ListenerModel],
    bridges: Sequence[BridgeModel],
    registrar: Registrar | None,
) -> EmbeddedDoor:
    """Start the server and open its listeners. Raises `HubError`."""
    owner = OwnerDoor(_authenticator(users, limits, listeners, registrar), house.clock)
    store = WithoutSys(SqliteStore(house.settings.data_dir / KEPT))
    broker = Broker(owner, limits, house.clock, store)
    door = EmbeddedDoor(broker, users, owner, house, registrar)
    if registrar is not None:
        registrar.attach(door.broker)
    try:
        await door.begin(bridges)
        for listener in listeners:
            await door.listen(listener)
    except HubError:
        await door.close()
        raise
    return door


def _authenticator(
    users: Users, limits: Limits, listeners: Sequence[ListenerModel], registrar: Registrar | None
) -> Authenticator:
    if registrar is None:
        return users
    identities = registrar.identities(users, limits)
    kept = {listener.label: listener.broker for listener in listeners if listener.broker is not None}
    return ReservedListeners(identities, kept, registrar.directory) if kept else identities


def _address(door: Listening) -> str:
    listener = door.listener
    if listener.path is not None:
        return str(listener.path)
    host = f"[{listener.host}]" if ":" in listener.host else listener.host or "every address"
    return f"{host}:{door.port}{' with TLS' if listener.tls is not None else ''}"
