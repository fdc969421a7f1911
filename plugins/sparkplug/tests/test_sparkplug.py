"""Edge nodes and devices, with the payloads that they send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.testing.house import SimulatedHouse
from plugins.sparkplug.payload import Metric, decode, encode

INT32, INT64, FLOAT, DOUBLE, BOOLEAN, STRING = 3, 4, 9, 10, 11, 12
TEMPERATURE = Metric("Temperature", 1, FLOAT, 21.5)
RUN = Metric("Run", 2, BOOLEAN, True)
COUNT = Metric("Count", 3, INT32, -5)
MODE = Metric("Mode", 4, STRING, "auto")


class Home:
    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.house = self.simulated.house
        self.simulated.set_up({"sparkplug": {"commands": ["plant/line1/press/*"]}})
        self.simulated.mqtt.published.clear()

    def tell(self, kind: str, *metrics: Metric, device: str = "press", seq: int | None = 0) -> None:
        topic = f"spBv1.0/plant/{kind}/line1" + (f"/{device}" if kind.startswith("D") else "")
        self.simulated.mqtt.deliver(topic, encode(list(metrics), 1, seq))

    def sent(self) -> list[tuple[str, list[tuple[str, Any]]]]:
        messages = [
            (message.topic, [(metric.name, metric.value) for metric in decode(message.payload).metrics])
            for message in self.simulated.mqtt.published
        ]
        self.simulated.mqtt.published.clear()
        return messages

    async def call(self, service: str, entity_id: str, **data: Any) -> None:
        domain, _, name = service.partition(".")
        await self.house.services.wait(domain, name, {"entity_id": entity_id, **data})


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = Home()
    yield home
    await home.simulated.stop()


async def test_a_birth_makes_entities_of_its_device(home: Home) -> None:
    home.tell("NBIRTH", Metric("bdSeq", None, INT64, 3), Metric("Load", 9, DOUBLE, 0.25))
    home.tell("DBIRTH", TEMPERATURE, RUN, COUNT, MODE, seq=1)

    state = home.simulated.state
    assert state("sensor.line1_load") == "0.25"
    assert state("number.press_temperature") == "21.5"
    assert state("switch.press_run") == "on"
    assert state("number.press_count") == "-5"
    assert state("text.press_mode") == "auto"
    device = home.house.devices.find([("sparkplug", "plant/line1/press")])
    assert home.house.devices.get(device.via_device_id).name == "line1"


async def test_data_is_known_by_name_or_alias(home: Home) -> None:
    home.tell("NBIRTH")
    home.tell("DBIRTH", TEMPERATURE, RUN, seq=1)

    home.tell("DDATA", Metric("", 1, FLOAT, 22.25), Metric("Run", None, BOOLEAN, False), seq=2)

    assert home.simulated.state("number.press_temperature") == "22.25"
    assert home.simulated.state("switch.press_run") == "off"
    assert home.sent() == []


async def test_a_death_makes_unavailable(home: Home) -> None:
    home.tell("NBIRTH", Metric("Load", 9, DOUBLE, 0.25))
    home.tell("DBIRTH", RUN, seq=1)

    home.tell("DDEATH", seq=2)
    assert home.simulated.state("switch.press_run") == "unavailable"
    assert home.simulated.state("sensor.line1_load") == "0.25"

    home.tell("DBIRTH", RUN, seq=3)
    home.tell("NDEATH", seq=None)
    assert home.simulated.state("switch.press_run") == "unavailable"


async def test_a_death_of_the_session_before_is_none(home: Home) -> None:
    home.tell("NBIRTH", Metric("bdSeq", None, INT64, 4), Metric("Load", 9, DOUBLE, 0.25))

    home.tell("NDEATH", Metric("bdSeq", None, INT64, 3), seq=None)
    assert home.simulated.state("sensor.line1_load") == "0.25"

    home.tell("NDEATH", Metric("bdSeq", None, INT64, 4), seq=None)
    assert home.simulated.state("sensor.line1_load") == "unavailable"


async def test_devices_are_gone_until_they_are_born_after_their_node(home: Home) -> None:
    home.tell("NBIRTH", Metric("Load", 9, DOUBLE, 0.25), Metric("Old", 8, DOUBLE, 1.0))
    home.tell("DBIRTH", RUN, seq=1)

    home.tell("NBIRTH", Metric("Load", 9, DOUBLE, 0.5))
    states = [home.simulated.state(f"sensor.line1_{name}") for name in ("load", "old")]
    assert states == ["0.5", "unavailable"]
    assert home.simulated.state("switch.press_run") == "unavailable"

    home.tell("DBIRTH", RUN, seq=1)
    assert home.simulated.state("switch.press_run") == "on"


async def test_a_metric_that_may_be_set_is_set(home: Home) -> None:
    home.tell("NBIRTH")
    home.tell("DBIRTH", RUN, COUNT, seq=1)

    await home.call("switch.turn_off", "switch.press_run")
    await home.call("number.set_value", "number.press_count", value=-7)

    topic = "spBv1.0/plant/DCMD/line1/press"
    assert home.sent() == [(topic, [("Run", False)]), (topic, [("Count", -7)])]


@pytest.mark.parametrize(("seq", "asked"), [(2, False), (7, True)])
async def test_a_gap_asks_for_a_new_birth_once(home: Home, seq: int, asked: bool) -> None:
    home.tell("NBIRTH")
    home.tell("DBIRTH", RUN, seq=1)

    home.tell("DDATA", RUN, seq=seq)
    home.tell("DDATA", RUN, seq=seq + 1)

    rebirth = [("spBv1.0/plant/NCMD/line1", [("Node Control/Rebirth", True)])]
    assert home.sent() == (rebirth if asked else [])


async def test_data_before_any_birth_asks_for_one(home: Home) -> None:
    home.tell("DDATA", RUN, seq=9)

    assert home.sent() == [("spBv1.0/plant/NCMD/line1", [("Node Control/Rebirth", True)])]


@pytest.mark.parametrize("payload", [b"\xff\xff\xff", b"hello", b""])
async def test_what_is_no_payload_harms_nobody(home: Home, payload: bytes) -> None:
    home.simulated.mqtt.deliver("spBv1.0/plant/NBIRTH/line1", payload)
    home.simulated.mqtt.deliver("spBv1.0/plant", payload)
    home.simulated.mqtt.deliver("spBv1.0/STATE/host", payload)

    assert home.simulated.state("sensor.line1_load") is None


@given(
    st.sampled_from([
        (INT32, st.integers(-(2**31), 2**31 - 1)), (INT64, st.integers(-(2**63), 2**63 - 1)),
        (DOUBLE, st.floats(allow_nan=False)), (BOOLEAN, st.booleans()), (STRING, st.text()),
        (7, st.integers(0, 2**32 - 1)), (8, st.integers(0, 2**64 - 1)), (1, st.integers(-128, 127)),
    ]).flatmap(lambda kind: st.tuples(st.just(kind[0]), kind[1])),
    st.one_of(st.none(), st.integers(0, 2**64 - 1)),
)  # fmt: skip
def test_what_was_written_is_read(typed: tuple[int, Any], alias: int | None) -> None:
    metric = Metric("m", alias, *typed)

    assert decode(encode([metric], 5, 7)).metrics == (metric,)
