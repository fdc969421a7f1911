"""The section `sparkplug:`: listen to edge nodes and their devices."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Callable
from functools import partial
from typing import ClassVar

from hub.api import Detach, DeviceInfo, House, HubError, Integration, Message, OneOrMany, Text, together
from plugins.sparkplug.entities import LiveMetric
from plugins.sparkplug.payload import AVAILABLE, BOOLEAN, Metric, Payload, decode, encode

log = logging.getLogger(__name__)
_ROOT = "spBv1.0"
_REBIRTH = "Node Control/Rebirth"
_OF_THE_PROTOCOL = ("bdSeq", "Node Control/*", "Device Control/*")


class SparkplugIntegration(Integration):
    """Edge nodes and devices of Sparkplug B: each metric is an entity.

    `commands` names the metrics that may be set, such as `plant/line1/press/*` or `*/Setpoint`.
    """

    always: ClassVar[bool] = False

    groups: OneOrMany[Text] = ("+",)
    commands: OneOrMany[Text] = ()

    def start(self, house: House) -> Detach:
        if not AVAILABLE:
            raise HubError(
                "Sparkplug needs a library for its payloads",
                remedy="Install it with: pip install 'hearth-hub[sparkplug]'",
            )
        nodes = _Nodes(house, self.commands)
        stops = [house.mqtt.subscribe(f"{_ROOT}/{group}/#", nodes.came) for group in self.groups]
        return together([*stops, nodes.stop])


class _Nodes:
    """All edge nodes, by group and name."""

    def __init__(self, house: House, commands: tuple[str, ...]) -> None:
        self._house = house
        self._commands = commands
        self._nodes: dict[tuple[str, str], _Node] = {}

    def came(self, message: Message) -> None:
        levels = message.topic.split("/")
        if len(levels) not in (4, 5) or levels[2] not in _KINDS:
            return
        group, kind, name = levels[1:4]
        device = levels[4] if len(levels) == 5 else ""
        node = self._nodes.get((group, name))
        if node is None:
            node = self._nodes[group, name] = _Node(self._house, group, name, self._commands)
        try:
            _KINDS[kind](node, device, message.payload)
        except ValueError as error:
            log.warning("%s: %s", message.topic, error)

    def stop(self) -> None:
        for node in self._nodes.values():
            node.stop()


class _Node:
    """One edge node with its devices; `""` is the node itself."""

    def __init__(self, house: House, group: str, name: str, commands: tuple[str, ...]) -> None:
        self._house = house
        self._group = group
        self._name = name
        self._commands = commands
        self._lives: dict[tuple[str, str], LiveMetric] = {}
        self._aliases: dict[int, tuple[str, str]] = {}
        self._seq: int | None = None
        self._session: object = None
        """The bdSeq of its last birth, which the death of the same session has, too."""
        self._asked = False

    def stop(self) -> None:
        for live in reversed(list(self._lives.values())):
            live.entity.remove()

    # --- what it tells -------------------------------------------------------------------------------

    def born(self, device: str, payload: bytes) -> None:
        """A birth names all metrics: it makes entities, and says that the node or device is there."""
        told = decode(payload)
        if not device:
            self._aliases.clear()
            self._asked = False
            self._session = _session_of(told)
            # Devices are born anew after their node, and those that it had before may be gone.
            self._lose(lambda of: True)
        self._seq = told.seq
        for metric in told.metrics:
            if any(fnmatch.fnmatchcase(metric.name, pattern) for pattern in _OF_THE_PROTOCOL):
                continue
            if metric.alias is not None:
                self._aliases[metric.alias] = (device, metric.name)
            live = self._lives.get((device, metric.name)) or self._add(device, metric)
            if live is not None:
                live.show(metric.value)
                live.entity.set_available(True)

    def told(self, device: str, payload: bytes) -> None:
        told = decode(payload)
        gap = self._seq is None or (told.seq is not None and told.seq != (self._seq + 1) % 256)
        self._seq = told.seq if told.seq is not None else self._seq
        unknown = False
        for metric in told.metrics:
            key = self._aliases.get(metric.alias) if metric.alias is not None else None
            live = self._lives.get(key or (device, metric.name))
            if live is not None:
                live.show(metric.value)
            unknown = unknown or live is None
        if gap or unknown:
            self._ask_for_birth()

    def died(self, device: str, payload: bytes) -> None:
        """A death makes a device, or a node with all its devices, unavailable.

        A server may tell late of the death of a session that another one followed: that is none.
        """
        session = None if device else _session_of(decode(payload))
        if session is not None and self._session is not None and session != self._session:
            return
        self._lose(lambda of: not device or of == device)

    def _lose(self, lost: Callable[[str], bool]) -> None:
        for (of, _), live in self._lives.items():
            if lost(of):
                live.entity.set_available(False)

    def _add(self, device: str, metric: Metric) -> LiveMetric | None:
        path = "/".join(filter(None, (self._group, self._name, device, metric.name)))
        settable = any(fnmatch.fnmatchcase(path, pattern) for pattern in self._commands)
        send = partial(self._command, device) if settable else None
        try:
            live = LiveMetric(self._house, self._device(device), metric, path, send)
        except HubError as error:
            log.error("%s is left out: %s", path, error)
            return None
        self._lives[device, metric.name] = live
        return live

    def _device(self, device: str) -> DeviceInfo:
        own = f"{self._group}/{self._name}"
        via = ("sparkplug", own) if device else None
        id = f"{own}/{device}" if device else own
        return DeviceInfo(
            identifiers=frozenset({("sparkplug", id)}), name=device or self._name, via_device=via
        )

    # --- what it is told -----------------------------------------------------------------------------

    def _command(self, device: str, metric: Metric) -> None:
        where = f"/{device}" if device else ""
        topic = f"{_ROOT}/{self._group}/{'DCMD' if device else 'NCMD'}/{self._name}{where}"
        self._house.mqtt.publish(topic, encode([metric], self._now()))

    def _ask_for_birth(self) -> None:
        """Ask once for a new birth: something was missed, or came before the hub listened."""
        if not self._asked:
            self._asked = True
            self._command("", Metric(_REBIRTH, None, BOOLEAN, True))

    def _now(self) -> int:
        return int(self._house.clock.timestamp() * 1000)


def _session_of(told: Payload) -> object:
    return next((metric.value for metric in told.metrics if metric.name == "bdSeq"), None)


_KINDS: dict[str, Callable[[_Node, str, bytes], None]] = {
    "NBIRTH": _Node.born,
    "DBIRTH": _Node.born,
    "NDATA": _Node.told,
    "DDATA": _Node.told,
    "NDEATH": _Node.died,
    "DDEATH": _Node.died,
}
