"""Publish on `$SYS/broker/…` how the MQTT server does, as Mosquitto does, so that what reads that works."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from hub import __version__
from hub.broker import Broker, BrokerEvent, ClientConnected, LogInRefused
from hub.core.clock import Clock, Detach, together
from hub.mqtt.memory import Memory

ROOT = "$SYS/broker"
INTERVAL = 10.0
SPANS = {"1min": 60.0, "5min": 300.0, "15min": 900.0}

Numbers = Callable[[], Mapping[str, str]]
"""Returns what else is to be told, by topic."""


@dataclass(slots=True)
class Load:
    """A count as averages over the last 1, 5 and 15 minutes, each in units a minute (exponential)."""

    count: int = 0
    averages: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SPANS, 0.0))

    def note(self, count: int, seconds: float) -> None:
        """Take the present count, `seconds` after the last one."""
        rate = (count - self.count) * 60.0 / seconds
        self.count = count
        for name, span in SPANS.items():
            weight = math.exp(-seconds / span)
            self.averages[name] = rate + weight * (self.averages[name] - rate)


class SysTopics:
    """Publishes every ten seconds what has changed, retained."""

    def __init__(self, broker: Broker, clock: Clock, more: Iterable[Numbers] = ()) -> None:
        self._broker = broker
        self._clock = clock
        self._more = tuple(more)
        self._began = self._last = clock.monotonic()
        self._told: dict[str, str] = {}
        self._connections = self._sockets = self._most_clients = 0
        self._loads: dict[str, Load] = {}
        self._memory = Memory()
        self._timer: Detach

    def start(self) -> Detach:
        """Begin; the first numbers are there at once."""
        stop_listening = self._broker.listen_events(self._count)
        self._loads = {name: Load() for name in self._counts()}
        self._tell(
            {f"{ROOT}/version": f"hearth version {__version__}", **self._numbers(), **self._averages()}
        )
        self._timer = self._clock.call_later(INTERVAL, self._tick)
        return together([stop_listening, lambda: self._timer(), self._memory.close])

    def _count(self, event: BrokerEvent) -> None:
        self._connections += isinstance(event, ClientConnected)
        self._sockets += isinstance(event, (ClientConnected, LogInRefused))

    def _tick(self) -> None:
        self._timer = self._clock.call_later(INTERVAL, self._tick)
        now = self._clock.monotonic()
        for name, count in self._counts().items():
            self._loads[name].note(count, now - self._last)
        self._last = now
        self._tell({**self._numbers(), **self._averages()})

    def _tell(self, numbers: Mapping[str, str]) -> None:
        for topic, text in numbers.items():
            if self._told.get(topic) != text:
                self._told[topic] = text
                self._broker.publish(topic, text.encode(), 0, True)

    def _numbers(self) -> dict[str, str]:
        stats = self._broker.stats
        self._most_clients = max(self._most_clients, stats.clients)
        away = str(stats.sessions - stats.clients)
        owed, owed_bytes = self._broker.owed()
        stored = str(owed + stats.retained)
        numbers = {
            "uptime": f"{int(self._clock.monotonic() - self._began)} seconds",
            "clients/total": str(stats.sessions),
            "clients/connected": str(stats.clients),
            "clients/active": str(stats.clients),
            "clients/disconnected": away,
            "clients/inactive": away,
            "clients/maximum": str(self._most_clients),
            "clients/expired": str(stats.sessions_expired),
            "subscriptions/count": str(stats.subscriptions - stats.shared_subscriptions),
            "shared_subscriptions/count": str(stats.shared_subscriptions),
            "retained messages/count": str(stats.retained),
            "store/messages/count": stored,
            "store/messages/bytes": str(owed_bytes + stats.retained_bytes),
            "messages/stored": stored,
            "messages/received": str(stats.messages_received + stats.controls_received),
            "messages/sent": str(stats.messages_sent + stats.controls_sent),
            "publish/bytes/received": str(stats.payloads_received),
            "publish/bytes/sent": str(stats.payloads_sent),
            "publish/messages/received": str(stats.messages_received),
            "publish/messages/sent": str(stats.messages_sent),
            "publish/messages/dropped": str(stats.messages_dropped),
            "publish/messages/denied": str(stats.publishes_denied),
            "bytes/received": str(stats.bytes_received),
            "bytes/sent": str(stats.bytes_sent),
            "log_ins/refused": str(stats.log_ins_refused),
            "store/commits/failed": str(stats.commits_failed),
        }
        memory = self._memory.look()
        if memory is not None:
            numbers["heap/current"], numbers["heap/maximum"] = map(str, memory)
        told = {f"{ROOT}/{name}": text for name, text in numbers.items()}
        for more in self._more:
            told.update(more())
        return told

    def _counts(self) -> dict[str, int]:
        stats = self._broker.stats
        return {
            "messages/received": stats.messages_received + stats.controls_received,
            "messages/sent": stats.messages_sent + stats.controls_sent,
            "publish/received": stats.messages_received,
            "publish/sent": stats.messages_sent,
            "publish/dropped": stats.messages_dropped,
            "bytes/received": stats.bytes_received,
            "bytes/sent": stats.bytes_sent,
            "connections": self._connections,
            "sockets": self._sockets,
        }

    def _averages(self) -> dict[str, str]:
        return {
            f"{ROOT}/load/{name}/{span}": f"{average:.2f}"
            for name, load in self._loads.items()
            for span, average in load.averages.items()
        }
