"""Told to stop, the hub ends in bounded time: whatever hangs, and however often it is told."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.control import ask
from tests.flows.process import HubProcess, free_port

CONFIG = """
broker:
  listeners: [{{host: 127.0.0.1, port: {port}}}]
input_boolean: {{kept: {{}}}}
automation:
  - id: waits
    triggers: [{{trigger: homeassistant, event: start}}]
    actions: [{{delay: 3600}}]
{more}
"""
# It neither ends when its task is cancelled nor lets its thread end: what the worst plugin does.
HANGS = '''
"""Hangs when the hub stops."""

import asyncio, threading, time
from hub.api import Integration, hookimpl


class Hangs(Integration):
    def start(self, house):
        threading.Thread(target=time.sleep, args=(3600,)).start()
        house.tasks.spawn(self._for_ever(), "hangs")
        return lambda: None

    async def _for_ever(self):
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                print("hangs on", flush=True, file=__import__("sys").stderr)


@hookimpl
def integrations():
    return {"hangs": Hangs}
'''


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[HubProcess]:
    hub = HubProcess(tmp_path / "config.yaml")
    hub.config.write_text(CONFIG.format(port=free_port(), more="hangs:"))
    plugin = tmp_path / "plugins" / "hangs"
    plugin.mkdir(parents=True)
    (plugin / "__init__.py").write_text(HANGS)
    (plugin / "manifest.yaml").write_text('name: hangs\ndescription: Hangs.\nversion: 1.0.0\nhub_api: "1"\n')
    hub.start()
    yield hub
    hub.kill()


def test_what_hangs_is_left_behind_and_all_the_rest_is_kept(hanging: HubProcess) -> None:
    data = {"entity_id": "input_boolean.kept"}
    ask(hanging.config.parent / "data", "service", domain="input_boolean", name="turn_on", data=data)
    hanging.process.send_signal(signal.SIGINT)
    hanging.log_until("hangs on")
    hanging.process.send_signal(signal.SIGTERM)  # once more, while it stops
    lines = hanging.log_until("left behind")
    assert hanging.stop() == 0
    assert not any("Traceback" in line for line in lines)

    hanging.start()
    [waits] = json.loads(hanging.command("automation", "list", "--json"))
    assert waits["current"] == 1
    assert hanging.command("template", "{{ states('input_boolean.kept') }}").strip() == "on"
