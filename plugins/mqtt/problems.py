"""Remember what was wrong with discovery messages, for people who wonder where their device is."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from hub.api import House, Message, ServiceCall
from plugins.mqtt.announcement import Announced
from plugins.mqtt.options import Device

log = logging.getLogger(__name__)

_MOST = 500
_SHOWN = 2000


class Problems:
    """The last trouble of each discovery topic; `mqtt.discovery_problems` tells them."""

    def __init__(self, house: House) -> None:
        self._clock = house.clock
        self._devices = house.devices
        self._by_topic: dict[str, dict[str, Any]] = {}
        self.stop = house.services.register(
            "mqtt",
            "discovery_problems",
            self._answer,
            response="only",
            description="Tell which discovery messages could not be used, or had options unknown here.",
        )

    def tell(
        self,
        message: Message,
        reason: str,
        *,
        level: int = logging.ERROR,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Log that a message can't be used, and keep it."""
        log.log(level, "discovery on %s: %s", message.topic, reason)
        self._keep(message.topic, reason, message.payload, options)

    def ignored(self, topic: str, announced: Announced, unknown: list[str]) -> None:
        """Keep which options of a message are unknown here; the rest of it is used."""
        if not unknown:
            return
        reason = f"{announced.component}: unknown options are left out: {', '.join(unknown)}"
        log.info("discovery on %s: %s", topic, reason)
        self._keep(topic, reason, b"", announced.options)

    def solved(self, topic: str) -> None:
        self._by_topic.pop(topic, None)

    def _keep(self, topic: str, reason: str, payload: bytes, options: Mapping[str, Any] | None) -> None:
        if topic not in self._by_topic and len(self._by_topic) >= _MOST:
            del self._by_topic[next(iter(self._by_topic))]
        origin, device = (options or {}).get("origin"), (options or {}).get("device")
        before = self._by_topic.get(topic)
        self._by_topic[topic] = {
            "topic": topic,
            "reason": f"{before['reason']}; {reason}" if before else reason,
            "payload": payload[:_SHOWN].decode(errors="replace") or (before or {}).get("payload", ""),
            "origin": origin.get("name") if isinstance(origin, Mapping) else None,
            "device": device.get("name") if isinstance(device, Mapping) else None,
            "device_id": self._device_id(device),
            "when": self._clock.now().isoformat(timespec="seconds"),
        }

    def _device_id(self, device: Any) -> str | None:
        """Return the id of the device that a message speaks of, if it is known."""
        try:
            info = Device.model_validate(device).info("mqtt")
        except ValidationError:
            return None
        entry = self._devices.find(info.identifiers, info.connections)
        return entry.id if entry is not None else None

    def _answer(self, call: ServiceCall) -> dict[str, Any]:
        return {"problems": list(self._by_topic.values())}
