"""The hub's own way to the server inside it: no socket, and the names that only the hub knows."""

from __future__ import annotations

from collections.abc import Callable

from hub.broker import Broker
from hub.core.clock import Detach, nothing
from hub.core.ports import Message, MessageListener
from hub.mqtt.spaces import Placed, placed_filters, placed_topic
from hub.registry import Directory, Registrar
from hub.registry.owners import Device
from hub.registry.topics import MONITORING, is_permanent, owner_of


class EmbeddedMqtt:
    """A message is with its receivers when `publish` returns. Aliases of devices work as their topics do."""

    connected = True

    def __init__(self, broker: Broker, registrar: Registrar | None = None) -> None:
        self._broker = broker
        self._registrar = registrar
        self._subscriptions: set[_Subscription] = set()
        if registrar is not None:
            registrar.listen(self._registers_changed)

    @property
    def _directory(self) -> Directory | None:
        return None if self._registrar is None else self._registrar.directory

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 0, retain: bool = False) -> None:
        place = placed_topic(topic, self._directory)
        data = payload.encode() if isinstance(payload, str) else payload
        retain = retain or (not place.space and is_permanent(place.topic))
        self._broker.publish(place.topic, data, qos, retain, place.space)

    def subscribe(self, filter: str, callback: MessageListener, *, qos: int = 0) -> Detach:
        subscription = _Subscription(self._broker, filter, callback, qos)
        subscription.place(self._directory)
        self._subscriptions.add(subscription)
        self._tell_of_device(filter, callback)

        def stop() -> None:
            self._subscriptions.discard(subscription)
            subscription.stop()

        return stop

    def listen_connection(self, callback: Callable[[bool], None]) -> Detach:
        return nothing  # it is there for as long as the hub is

    def _tell_of_device(self, filter: str, callback: MessageListener) -> None:
        """Tell the hub at once how a device is that it begins to watch; clients hear of the next change."""
        if not filter.startswith(f"{MONITORING}/") or self._registrar is None:
            return
        device = self._registrar.directory.get(owner_of(filter))
        if isinstance(device, Device) and filter.endswith("/json"):
            callback(Message(filter, self._registrar.monitoring.payload(device), 0, True))

    def _registers_changed(self) -> None:
        for subscription in tuple(self._subscriptions):
            if not subscription.filter.startswith("$"):
                subscription.place(self._directory)


class _Subscription:
    """One of the hub's, and all that it means at the server now."""

    def __init__(self, broker: Broker, filter: str, callback: MessageListener, qos: int) -> None:
        self.filter = filter
        self._broker = broker
        self._callback: MessageListener | None = callback
        self._qos = qos
        self._places: dict[Placed, Detach] = {}

    def place(self, directory: Directory | None) -> None:
        """Subscribe what it means now, and no more what it meant. Raises `HubError`."""
        wanted = placed_filters(self.filter, directory)
        for gone in self._places.keys() - wanted:
            self._places.pop(gone)()
        for place in wanted - self._places.keys():
            self._places[place] = self._broker.subscribe(
                place.topic, self._receiver(place), self._qos, place.space
            )

    def stop(self) -> None:
        self._callback = None
        for detach in self._places.values():
            detach()

    def _receiver(self, place: Placed) -> Callable[[str, bytes, int, bool], None]:
        def receive(topic: str, payload: bytes, qos: int, retain: bool) -> None:
            # It may have been stopped by another receiver of the same message.
            if self._callback is not None:
                self._callback(Message(place.rename(topic), payload, qos, retain))

        return receive
