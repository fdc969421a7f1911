"""The door counts who comes from where, and remembers failures for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.broker.admission import Admission
from hub.broker.allowance import Allowance
from hub.broker.limits import Limits
from hub.core.clock import SimulatedClock


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 5, 6, 12, tzinfo=UTC))


def wait(clock: SimulatedClock, seconds: float) -> None:
    clock.run_next(clock.now() + timedelta(seconds=seconds))


def test_an_address_has_only_so_many_connections(clock: SimulatedClock) -> None:
    door = Admission(Limits(connections_per_address=2), clock)
    assert [door.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert door.enter("192.0.2.2")
    door.leave("192.0.2.1")
    assert door.enter("192.0.2.1")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", ""])
def test_connections_from_this_machine_are_not_counted(clock: SimulatedClock, address: str) -> None:
    door = Admission(Limits(connections_per_address=1), clock)
    assert all(door.enter(address) for _ in range(5))


def test_failures_are_forgiven_by_success_and_by_time(clock: SimulatedClock) -> None:
    door = Admission(Limits(failed_log_in_delay=1, failed_log_in_delay_max=100), clock)
    assert [door.failed("a") for _ in range(3)] == [1, 2, 4]
    assert door.failed("b") == 1
    door.succeeded("a")
    assert door.failed("a") == 1
    assert door.failed("a") == 2
    wait(clock, 601)
    assert door.failed("a") == 1


def test_a_very_long_row_of_failures_is_no_error(clock: SimulatedClock) -> None:
    door = Admission(Limits(), clock)
    assert {door.failed("a") for _ in range(5_000)} <= {0.25, 0.5, 1, 2, 4, 8}


def test_what_the_door_remembers_is_bounded(clock: SimulatedClock) -> None:
    door = Admission(Limits(), clock)
    for n in range(10_100):
        door.failed(f"address {n}")
        door.lost(f"client {n}")
    assert len(door._failures) == len(door._losses) == 10_000


def test_an_allowance_fills_with_time_up_to_the_burst(clock: SimulatedClock) -> None:
    allowance = Allowance(10, 50, clock)
    assert allowance.left() == 50
    allowance.spend(50)
    assert (allowance.left(), allowance.wait()) == (0, 0.5)
    wait(clock, 0.5)
    assert allowance.left() == 5
    wait(clock, 100)
    assert allowance.left() == 50
