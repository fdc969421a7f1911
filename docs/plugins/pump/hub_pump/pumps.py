"""The section `pump:` and the entities that it makes."""

from __future__ import annotations

import logging

from pydantic import BaseModel, ConfigDict, RootModel

from hub.api import Detach, DeviceInfo, EntityInfo, House, Integration, Message, slugify, together
from hub_pump.words import understood

log = logging.getLogger(__name__)


class Pump(BaseModel):
    """One pump: what it is called, and where it speaks (`TOPIC/says`) and listens (`TOPIC/do`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    topic: str

    def live(self, house: House) -> Detach:
        """Make its entities and begin to listen."""
        key = slugify(self.name)
        device = DeviceInfo(identifiers=frozenset({("pump", key)}), name=self.name, model="Pump")
        switch = house.entities.add(
            EntityInfo(domain="switch", platform="pump", unique_id=f"{key}_switch", device=device),
            {
                "turn_on": lambda call: house.mqtt.publish(f"{self.topic}/do", "start", qos=1),
                "turn_off": lambda call: house.mqtt.publish(f"{self.topic}/do", "stop", qos=1),
            },
        )
        flow = house.entities.add(
            EntityInfo(
                domain="sensor",
                platform="pump",
                unique_id=f"{key}_flow",
                name="Flow",
                device=device,
                device_class="volume_flow_rate",
                unit_of_measurement="L/min",
            )
        )
        for entity in (switch, flow):
            entity.write(None)

        def says(message: Message) -> None:
            report = understood(message.text())
            if report is None:
                log.warning("%s said something that nobody understands: %r", self.name, message.text())
                return
            switch.write("on" if report.running else "off")
            flow.write(str(report.flow))

        return together([house.mqtt.subscribe(f"{self.topic}/says", says), switch.remove, flow.remove])


class Pumps(RootModel[list[Pump]], Integration):
    """Garden pumps."""

    model_config = ConfigDict(extra=None)

    def start(self, house: House) -> Detach:
        return together([pump.live(house) for pump in self.root])
