"""A plugin that fails too often is switched off and named; one that changes is loaded anew."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from hub.app import App
from hub.core.events import Event
from hub.faults import MOST
from tests.test_app import free_port

PLUGIN = '''
"""Shaky."""
from hub.api import Action, Condition, EntityInfo, EntityPlatform, HubError, Trigger, hookimpl
HUB_API = "1"

class Shaky(Trigger):
    """Fire when asked to, or fail."""
    def attach(self, attachment):
        def heard(event):
            if event.data.get("bad"):
                raise ValueError("shaken")
            if event.data.get("refused"):
                raise HubError("not now")
            attachment.fire({}, None)
        return attachment.house.bus.listen("shake", heard)

class Lamp(EntityPlatform):
    """A lamp that is on."""
    def add(self, house):
        entity = house.entities.add(EntityInfo("light", "shaky", name="Shaky"))
        entity.write("on")
        return entity.remove

class Say(Action):
    """Say a word."""
    say_word: str
    def run(self, run):
        run.house.bus.emit("said", {"word": self.say_word + "!"})

@hookimpl
def triggers(): return {"shaky": Shaky}
@hookimpl
def platforms(): return {"shaky.light": Lamp}
@hookimpl
def actions(): return {"say_word": Say}
@hookimpl
def template_functions(): return {"louder": lambda text: text + "!"}
'''
CONFIG = """
hub: {{name: Test}}
broker: {{listeners: [{{host: 127.0.0.1, port: {port}}}]}}
light: [{{platform: shaky}}]
automation:
  - alias: Both
    triggers: [{{trigger: shaky}}, {{trigger: event, event_type: go}}]
    actions: [{{say_word: hello}}]
  - alias: Waits
    triggers: [{{trigger: event, event_type: wait}}]
    actions: [{{delay: 3600}}, {{event: late}}]
"""


class Home:
    """A hub with a plugin of its own, and what it says."""

    def __init__(self, app: App, file: Path) -> None:
        self.app, self.plugin = app, file
        self.said: list[str] = []
        app.house.bus.listen("said", lambda event: self.said.append(event.data["word"]))

    def fire(self, kind: str, **data: Any) -> None:
        self.app.house.bus.fire(Event(kind, data))

    def state(self, entity_id: str) -> str | None:
        state = self.app.house.states.get(entity_id)
        return state.state if state is not None else None

    def told(self) -> dict[str, Any]:
        plugin = self.app.plugins.plugin("shaky")
        assert plugin is not None
        return plugin.told()

    async def fail(self, times: int) -> None:
        for _ in range(times):
            self.fire("shake", bad=True)
        for _ in range(3):
            await asyncio.sleep(0)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    (tmp_path / "plugins").mkdir()
    file = tmp_path / "plugins/shaky.py"
    file.write_text(PLUGIN)
    (tmp_path / "config.yaml").write_text(CONFIG.format(port=free_port()))
    app = App(tmp_path / "config.yaml", watch=False)
    await app.start()
    yield Home(app, file)
    await app.stop()


async def test_faults_are_counted_and_a_refusal_is_none(home: Home) -> None:
    await home.fail(2)
    home.fire("shake", refused=True)
    home.fire("shake")

    assert (home.told()["faults"], home.told()["loaded"]) == (2, True)
    assert home.said == ["hello!"]


async def test_after_its_budget_it_is_off_and_the_rest_goes_on(home: Home, caplog: Any) -> None:
    home.fire("wait")
    await home.fail(MOST)

    assert "plugin shaky is switched off" in caplog.text
    assert "ValueError: shaken" in home.told()["disabled"]
    assert f"{home.plugin}:11" in home.told()["disabled"]
    assert home.state("light.shaky") == "unavailable"
    board = home.app.house.services.call("persistent_notification", "get", {}, return_response=True)
    assert "Plugin shaky is switched off" in str(board)
    home.fire("shake")
    home.fire("go")
    assert home.said == []
    assert "plugin shaky is switched off" in caplog.records[-1].getMessage()
    assert home.app.house.states.get("automation.waits").attributes["current"] == 1  # type: ignore[union-attr]


async def test_a_reload_switches_it_on_again(home: Home) -> None:
    await home.fail(MOST)

    home.app.reload()

    home.fire("shake")
    assert home.said == ["hello!"]
    assert (home.told()["disabled"], home.state("light.shaky")) == ("", "on")
    assert home.app.house.templates.compile("{{ louder('x') }}").render() == "x!"


async def test_a_plugin_has_the_budget_that_the_yaml_gives(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/shaky.py").write_text(PLUGIN)
    text = CONFIG.format(port=free_port()) + "plugins: {shaky: {faults: 2}}\n"
    (tmp_path / "config.yaml").write_text(text)
    app = App(tmp_path / "config.yaml", watch=False)
    await app.start()
    home = Home(app, tmp_path / "plugins/shaky.py")
    await home.fail(1)
    assert not home.told()["disabled"]
    await home.fail(1)
    assert home.told()["disabled"]
    await app.stop()


async def test_what_it_catches_and_logs_itself_is_no_fault(home: Home) -> None:
    try:
        raise ValueError("known")
    except ValueError:
        logging.getLogger(home.app.plugins.plugin("shaky").package).exception("as it is")  # type: ignore[union-attr]
    await asyncio.sleep(0)
    assert home.told()["faults"] == 0


# --- anew --------------------------------------------------------------------------------------------


async def test_a_plugin_that_changed_is_loaded_anew(home: Home) -> None:
    home.fire("wait")
    home.plugin.write_text(PLUGIN.replace('+ "!"', '+ "?"').replace('write("on")', 'write("off")'))

    assert home.app._upkeep.renew(home.plugin)

    home.fire("shake")
    assert home.said == ["hello?"]
    assert home.state("light.shaky") == "off"
    assert home.app.house.templates.compile("{{ 'x' | louder }}").render() == "x?"
    assert home.app.house.states.get("automation.waits").attributes["current"] == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (PLUGIN + "\ndef (", "shaky.py:39:5: invalid syntax"),
        (PLUGIN.replace('HUB_API = "1"', 'HUB_API = "1"\n1 / 0'), "shaky.py:5: ZeroDivisionError"),
        (PLUGIN.replace('{"shaky": Shaky}', '{"state": Shaky}'), "already offered by plugin 'state'"),
        (PLUGIN.replace("say_word: str", "say_word: int"), "the configuration has"),
    ],
)
async def test_a_broken_one_is_told_and_the_old_goes_on(home: Home, broken: str, words: str) -> None:
    home.plugin.write_text(broken)
    with pytest.raises(Exception, match=words.replace("(", r"\(")):
        home.app._upkeep.renew(home.plugin)
    home.fire("shake")
    assert home.said == ["hello!"]
    assert home.state("light.shaky") == "on"


async def test_saving_is_enough(tmp_path: Path) -> None:
    """A plugin of a project elsewhere, under `--dev-plugin`."""
    project = tmp_path / "hub-shaky"
    (project / "hub_shaky_dev").mkdir(parents=True)
    (project / "pyproject.toml").write_text('[project.entry-points.hub]\nshaky = "hub_shaky_dev"\n')
    code = project / "hub_shaky_dev/__init__.py"
    code.write_text(PLUGIN)
    config = tmp_path / "house/config.yaml"
    config.parent.mkdir()
    config.write_text(CONFIG.format(port=free_port()))
    app = App(config, develop=[project])
    await app.start()
    home = Home(app, code)
    fired = _watch(app, "automation_reloaded")
    number = 0
    while not fired.is_set():  # the watcher may begin a moment after the start
        number += 1
        code.write_text(PLUGIN.replace('+ "!"', '+ "?"') + "\n" * number)
        try:
            async with asyncio.timeout(1):
                await fired.wait()
        except TimeoutError:
            continue
    home.fire("shake")
    await app.stop()
    assert home.said == ["hello?"]
    assert home.told()["origin"] == "development"


def _watch(app: App, kind: str) -> asyncio.Event:
    fired = asyncio.Event()
    heard: Callable[[Any], None] = lambda _: fired.set()  # noqa: E731  # one line says it
    app.house.bus.listen(kind, heard)
    return fired
