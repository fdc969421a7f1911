"""The section `shelly:`: listen for Shelly's devices, ask them what they are, and announce what they have."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, ClassVar

import orjson

from hub.api import Bool, Detach, House, HubError, Integration, Message, nothing, together
from plugins.shelly import first, rpc
from plugins.shelly.part import Maker, Part
from plugins.shelly.wording import NEWS

log = logging.getLogger(__name__)
_BEGIN = "homeassistant_start"
_CALM = 1.0


class ShellyIntegration(Integration):
    """Shelly's devices, by their own topics.

    Whoever says something is asked what it is: the first generation below `shellies/`, later ones by RPC.
    """

    always: ClassVar[bool] = True
    partly: ClassVar[bool] = True

    enabled: Bool = True

    def start(self, house: House) -> Detach:
        if not self.enabled:
            return nothing
        listener = _Listener(house)
        if house.started:
            listener.begin()
            return listener.stop
        # What announces entities for others is there when everything is set up.
        waiting = house.bus.listen(_BEGIN, lambda event: listener.begin())
        return together([waiting, listener.stop])


class _Listener:
    def __init__(self, house: House) -> None:
        self._house = house
        self._stops: list[Detach] = []
        self._makers: dict[str, Maker] = {}
        self._announced: dict[str, None] = {}
        self._asked: set[str] = set()
        self._later: dict[str, Detach] = {}

    def begin(self) -> None:
        if self._stops:
            return
        mqtt = self._house.mqtt
        self._stops = [
            mqtt.subscribe(f"{first.ROOT}/announce", self._first_announced),
            mqtt.subscribe(f"{first.ROOT}/+/announce", self._first_announced),
            mqtt.subscribe(f"{first.ROOT}/#", self._first_told),
            mqtt.subscribe(f"+/{NEWS}", self._news_came),
            mqtt.subscribe(f"+/+/{NEWS}", self._news_came),
        ]

    def stop(self) -> None:
        for stop in (*self._stops, *self._later.values()):
            stop()
        self._stops = []

    # --- the first generation ------------------------------------------------------------------------

    def _first_announced(self, message: Message) -> None:
        told = _object(message.payload)
        if "id" not in told:
            return
        id = str(told["id"])
        new = id not in self._makers
        self._makers[id] = first.maker_of(told)
        if new and self._house.mqtt.connected:
            self._house.mqtt.publish(f"{first.ROOT}/{id}/command", "update")

    def _first_told(self, message: Message) -> None:
        _, _, below = message.topic.partition("/")
        id, _, rest = below.partition("/")
        if not rest or rest in ("announce", "command"):
            return
        maker = self._makers.get(id)
        if maker is None:
            self._ask_who(id)
            return
        if self._announce(f"{first.ROOT}/{id}", maker, first.parts_of(id, rest)) and not message.retain:
            self._update_later(id)

    def _is_spoken_for(self, id: str) -> bool:
        """Tell whether a program announces this device already: its id ends as its MAC address does."""
        end = id.rpartition("-")[2].lower()
        for device in self._house.devices.entries.values():
            macs = [value.replace(":", "").lower() for kind, value in device.connections if kind == "mac"]
            if end and any(mac.endswith(end) for mac in macs):
                mine = f"shelly:{id.lower()}-"
                entries = self._house.registry.of_device(device.id)
                return any(not entry.unique_id.startswith(mine) for entry in entries)
        return False

    def _ask_who(self, id: str) -> None:
        if id not in self._asked and not self._is_spoken_for(id):
            self._asked.add(id)
            self._house.mqtt.publish(f"{first.ROOT}/{id}/command", "announce")

    def _update_later(self, id: str) -> None:
        """Ask a device for all its values once more: what is new here has not heard them yet."""
        self._later.pop(id, nothing)()

        def ask() -> None:
            self._house.mqtt.publish(f"{first.ROOT}/{id}/command", "update")

        self._later[id] = self._house.clock.call_later(_CALM, ask)

    # --- the second generation and later -------------------------------------------------------------

    def _news_came(self, message: Message) -> None:
        topic = message.topic.removesuffix(f"/{NEWS}")
        told = _object(message.payload)
        id = str(told.get("src", ""))
        if not id.startswith("shelly") or message.retain:
            return
        result = told.get("result")
        if topic not in self._asked and not self._is_spoken_for(id):
            self._asked.add(topic)
            self._house.mqtt.publish(f"{topic}/rpc", rpc.question(topic, "Shelly.GetDeviceInfo"))
        elif isinstance(result, dict) and "mac" in result and "id" in result and topic not in self._makers:
            self._makers[topic] = rpc.maker_of(topic, result)
            self._house.mqtt.publish(f"{topic}/rpc", rpc.question(topic, "Shelly.GetStatus"))
        elif isinstance(result, dict) and "sys" in result and topic in self._makers:
            new = self._announce(topic, self._makers[topic], rpc.parts_of(topic, result))
            if new:  # it has not heard this answer
                self._house.mqtt.publish(f"{topic}/rpc", rpc.question(topic, "Shelly.GetStatus"))

    def _announce(self, topic: str, maker: Maker, parts: Iterable[Part]) -> bool:
        """Announce what was not yet; tell whether there was any."""
        new = False
        for part in parts:
            id = f"shelly:{topic}/{part.key}"
            if id in self._announced:
                continue
            self._announced[id] = None
            new = True
            told = {"component": part.component, "id": id, "config": maker.config(part)}
            try:
                self._house.services.call("mqtt", "announce", told)
            except HubError as error:
                log.error("%s can't be announced: %s", id, error)
        return new


def _object(payload: bytes) -> dict[str, Any]:
    try:
        content = orjson.loads(payload)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
