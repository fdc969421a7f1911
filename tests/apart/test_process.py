"""A plugin in a process of its own gets MQTT, its own topics, so much memory and so much of the processor."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.apart import supervisor
from hub.apart.child import main as child_main
from hub.apart.meter import BURST, Share, Use
from hub.app import App
from hub.core.ports import Message
from tests.test_app import free_port

PLUGIN = """
import os, sys, time
HUB_API = "1"

def main(server, config):
    client = server.connect(will=("plugins/weather/gone", "yes"))
    client.publish("plugins/weather/up", os.getpid(), qos=1).wait_for_publish(20)
    kind = config.get("kind")
    if kind == "crash":
        print("about to crash")
        raise ValueError("no weather today")
    if kind == "leak":
        held = []
        while True:
            held.append(bytearray(1 << 20))
    if kind == "spin":
        while True:
            pass
    if kind == "trespass":
        for topic in ("house/door/set", "plugins/weather/ok"):
            client.publish(topic, config["word"], qos=1).wait_for_publish(20)
    if kind == "done":
        client.disconnect()
        return
    time.sleep(3600)
"""


class Apart:
    """A hub with the plugin `weather` in a process of its own."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.heard: dict[str, list[str]] = {}
        self._news = asyncio.Event()
        self._stopped = False

    async def start(self) -> None:
        await self.app.start()
        self.app.house.mqtt.subscribe("#", self._hear)

    def _hear(self, message: Message) -> None:
        self.heard.setdefault(message.topic, []).append(message.text())
        self._news.set()

    async def until(self, topic: str, times: int = 1) -> list[str]:
        """Wait until so many messages have come, and return them."""
        while len(self.heard.get(topic, ())) < times:
            self._news.clear()
            await self._news.wait()
        return self.heard[topic]

    async def stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            await self.app.stop()

    def told(self) -> dict[str, Any]:
        plugin = self.app.plugins.plugin("weather")
        assert plugin is not None
        return plugin.told()

    async def becomes(self, **wanted: Any) -> dict[str, Any]:
        """Wait until the process is as wanted."""
        while not wanted.items() <= self.told()["process"].items():  # noqa: ASYNC110  # processes have no event
            await asyncio.sleep(0.02)
        told: dict[str, Any] = self.told()["process"]
        return told


@pytest.fixture
async def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    monkeypatch.setattr(supervisor, "FIRST_WAIT", 0.05)
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/weather.py").write_text(PLUGIN)
    opened: list[Apart] = []

    async def begin(config: str, options: str = "", safe: bool = False) -> Apart:
        text = f"hub: {{name: Test}}\nbroker: {{listeners: [{{host: 127.0.0.1, port: {free_port()}}}]}}\n"
        text += f"plugins: {{weather: {{run: process, config: {config}{options}}}}}\n"
        (tmp_path / "config.yaml").write_text(text)
        app = App(tmp_path / "config.yaml", watch=False, environment=os.environ, safe=safe)
        apart = Apart(app)
        opened.append(apart)
        await apart.start()
        return apart

    yield begin
    for apart in opened:
        await apart.stop()


async def test_nothing_of_it_is_in_the_hub_and_it_ends_with_it(run: Any) -> None:
    apart = await run("{}")
    [pid] = await apart.until("plugins/weather/up")

    assert int(pid) != os.getpid()
    told = apart.told()
    assert (told["apart"], told["loaded"], told["process"]["state"]) == (True, False, "runs")
    await apart.stop()
    assert Use.of(int(pid)) is None


async def test_one_that_crashes_is_started_again_and_counted(run: Any, caplog: Any) -> None:
    caplog.set_level(logging.INFO)
    apart = await run("{kind: crash}")
    pids = await apart.until("plugins/weather/up", 3)

    assert len(set(pids)) == 3
    assert "ValueError: no weather today (status 1); it is started again" in caplog.text
    assert "plugin weather: about to crash" in caplog.text
    assert apart.told()["faults"] >= 2
    assert len(await apart.until("plugins/weather/gone", 2)) >= 2


async def test_one_that_leaks_is_ended_before_the_house_is_hurt(run: Any) -> None:
    apart = await run("{kind: leak}", ", memory: 64MiB")
    await apart.until("plugins/weather/up", 2)

    end = apart.told()["process"]["last_end"]
    assert "MemoryError" in end or "MiB of memory, and may have 64" in end


async def test_one_that_spins_is_held_to_its_share(run: Any, caplog: Any) -> None:
    apart = await run("{kind: spin}", ", cpu: 10%")
    [pid] = await apart.until("plugins/weather/up")
    await apart.becomes(state="held")

    assert "it is held at 10 % of a core" in caplog.text
    before = Use.of(int(pid))
    await apart.becomes(state="runs")
    await apart.becomes(state="held")
    after = Use.of(int(pid))
    assert before is not None
    assert after is not None
    assert 0 < after.processor - before.processor < BURST


async def test_where_it_may_not_publish_nothing_arrives(run: Any) -> None:
    apart = await run("{kind: trespass, word: hello}", ", publish: [plugins/weather/#]")
    assert await apart.until("plugins/weather/ok") == ["hello"]
    assert "house/door/set" not in apart.heard


async def test_what_it_may_is_what_its_manifest_asks_for(run: Any, tmp_path: Path) -> None:
    (tmp_path / "plugins/weather.py").unlink()
    home = tmp_path / "plugins/weather"
    home.mkdir()
    (home / "__init__.py").write_text(PLUGIN)
    (home / "manifest.yaml").write_text('hub_api: "1"\npublish: [plugins/weather/#, house/+/set]\n')
    apart = await run("{kind: trespass, word: hello}")
    await apart.until("plugins/weather/ok")
    assert apart.heard["house/door/set"] == ["hello"]


async def test_one_that_is_done_stays_so(run: Any) -> None:
    apart = await run("{kind: done}")
    assert (await apart.becomes(state="ended"))["restarts"] == 0


async def test_one_that_can_not_run_so_says_why(run: Any, tmp_path: Path, caplog: Any) -> None:
    (tmp_path / "plugins/weather.py").write_text('HUB_API = "1"\n')
    apart = await run("{}")
    await apart.becomes(state="ended")
    assert "it should be with a function main(server, config)" in caplog.text


async def test_in_safe_mode_it_is_not_started(run: Any) -> None:
    apart = await run("{}", safe=True)
    assert apart.told()["process"] is None
    assert apart.told()["off"]


def test_a_share_is_earned_and_used_up() -> None:
    share = Share(0.1)
    assert not share.look(0, 0)
    assert not share.look(1, 0.9)
    assert share.look(2, 1.9)
    assert share.look(5, 1.9)
    assert not share.look(12, 1.9)


def test_the_child_is_a_program() -> None:
    assert callable(child_main)
