"""Try a house without one: a clock that is moved by hand, a message bus that records, cases in YAML."""

from hub.testing.house import SimulatedHouse
from hub.testing.mqtt import RecordedMessage, SimulatedMqtt

__all__ = ["RecordedMessage", "SimulatedHouse", "SimulatedMqtt"]
