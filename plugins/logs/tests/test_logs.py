"""What rules write stands in the log and the logbook."""

from __future__ import annotations

import logging

import pytest

from hub.core.errors import HubError
from hub.testing.house import SimulatedHouse


@pytest.fixture
async def house():
    made = SimulatedHouse()
    yield made
    await made.stop()


def test_a_rule_writes_to_the_log(house, caplog):
    house.set_up({})
    house.house.services.call("system_log", "write", {"message": "The pump ran dry", "level": "warning"})
    assert [(r.levelno, r.getMessage()) for r in caplog.records] == [(logging.WARNING, "The pump ran dry")]


def test_a_rule_writes_to_the_logbook(house):
    house.set_up({})
    entries = []
    house.house.bus.listen("logbook_entry", entries.append)
    house.house.services.call("logbook", "log", {"name": "Pump", "message": "ran dry"})
    assert [dict(entry.data) for entry in entries] == [{"name": "Pump", "message": "ran dry"}]


def test_a_level_that_is_none_is_refused(house):
    house.set_up({})
    with pytest.raises(HubError, match="no level"):
        house.house.services.call("logger", "set_level", {"hub.automation": "loud"})


async def test_levels_are_as_before_when_the_house_is_gone(house):
    before = logging.getLogger("hub.automation").level
    house.set_up({"logger": {"default": "error", "logs": {"hub.automation": "debug"}}})
    assert logging.getLogger("hub.automation").level == logging.DEBUG
    await house.stop()
    assert logging.getLogger("hub.automation").level == before


async def test_a_warning_is_an_event_if_it_is_wished(house):
    house.set_up({"system_log": {"fire_event": True}})
    heard = []
    house.house.bus.listen("system_log_event", heard.append)
    logging.getLogger("hub.pump").info("runs")
    logging.getLogger("hub.pump").warning("%s ran dry", "The pump")
    await house.settle()
    assert [(e.data["name"], e.data["level"], e.data["message"]) for e in heard] == [
        ("hub.pump", "WARNING", ["The pump ran dry"])
    ]


async def test_no_warning_is_an_event_otherwise(house):
    house.set_up({"system_log": {}})
    heard = []
    house.house.bus.listen("system_log_event", heard.append)
    logging.getLogger("hub.pump").warning("ran dry")
    await house.settle()
    assert heard == []
