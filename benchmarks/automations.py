"""Does a change of state cost more among more automations, and how fast are many checked and reloaded?

One entity changes, one automation answers; 10 to 10,000 others wait for other entities. Then 1,000
automations are checked by `hub check` in a process of its own, and reloaded by a running hub: none of them
changed, one of them, all of them.

    python benchmarks/automations.py [--changes 20000] [--rules 1000]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from hub.app import App
from hub.testing import SimulatedHouse

SIZES = (10, 100, 1_000, 10_000)
# The reader refuses files of more values than any house has; so many rules are read at once.
AT_ONCE = 2_000


def rule(
    number: int, limit: float = 25, entity: str = "", service: str = "test.automation"
) -> dict[str, Any]:
    """Return an automation with a trigger, a condition and an action that has a template."""
    return {
        "id": f"rule_{number}",
        "alias": f"Rule {number}",
        "triggers": [
            {"trigger": "numeric_state", "entity_id": entity or f"sensor.other_{number}", "above": limit}
        ],
        "conditions": [{"condition": "state", "entity_id": "input_boolean.guests", "state": "off"}],
        "actions": [
            {"action": service, "data": {"topic": "heater/set", "payload": "{{ trigger.to_state.state }}"}},
            {"delay": "00:00:01", "enabled": False},
        ],
    }


async def cost(others: int, changes: int) -> float:
    """Return microseconds for a change of state, with so many automations on other entities."""
    house = SimulatedHouse()
    rules = [rule(others, entity="sensor.mine"), *(rule(number) for number in range(others))]
    declared = []
    for first in range(0, len(rules), AT_ONCE):
        configuration = house.read({"automation": rules[first : first + AT_ONCE]})
        assert not configuration.errors
        declared += configuration.automations
    house.household.engine.load(declared)
    house.household.started()
    house.set("input_boolean.guests", "off")
    took = []
    for _ in range(5):
        began = time.process_time()
        for number in range(changes // 5):
            house.set("sensor.mine", "20" if number % 2 else "30")
            if not number % 100:
                house.clock.run_next(house.clock.now() + timedelta(seconds=1))
        took.append((time.process_time() - began) / (changes // 5))
        assert len(house.calls) >= changes // 10 - 1
        house.calls.clear()
    await house.stop()
    return statistics.median(took) * 1e6


def write(path: Path, rules: int, limit: float = 25, last: float = 25) -> None:
    limits = [limit] * (rules - 1) + [last]
    items = [rule(number, limit, service="mqtt.publish") for number, limit in enumerate(limits)]
    config = {
        "hub": {"name": "bench"},
        "broker": {"listeners": [{"host": "127.0.0.1", "port": 0}]},
        "input_boolean": {"guests": None},
        "mqtt": {
            "sensor": [
                {"name": f"Other {number}", "unique_id": f"other_{number}", "state_topic": f"other/{number}"}
                for number in range(rules)
            ]
        },
        "automation": items,
    }
    path.write_text(json.dumps(config, indent=1))


def checked(path: Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "hub", "check", "--config", str(path)], capture_output=True, check=False
    )
    return time.perf_counter() - began


async def reloaded(folder: Path, rules: int) -> None:
    path = folder / "config.yaml"
    write(path, rules)
    app = App(path, watch=False)
    await app.start()
    try:
        for what, limits in (
            ("none changed", (25, 25)),
            ("one changed", (25, 26)),
            ("all changed", (27, 26)),
        ):
            write(path, rules, *limits)
            began = time.perf_counter()
            told = app.reload()
            took = time.perf_counter() - began
            unchanged = told["automations"].rpartition("; ")[2]
            print(f"reloaded {rules}, {what:<13}{took:>8.2f} s   {unchanged}")
    finally:
        await app.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--rules", type=int, default=1_000)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    print("automations on other entities   us a change of state   ratio")
    first = 0.0
    for size in SIZES:
        took = asyncio.run(cost(size, options.changes))
        first = first or took
        print(f"{size:>29,}{took:>23.1f}{took / first:>8.2f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder / "config.yaml", options.rules)
        print(f"checked {options.rules} {checked(folder / 'config.yaml'):>24.2f} s")
        asyncio.run(reloaded(folder, options.rules))


if __name__ == "__main__":
    main()
