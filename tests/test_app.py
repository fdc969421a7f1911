"""The hub starts, reloads and stops as a whole, with its real MQTT server."""

from __future__ import annotations

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from hub.app import App, BadConfiguration
from hub.cli.checking import check_files
from hub.control import ask
from hub.core.errors import HubError
from hub.core.events import Event
from hub.testing.house import known_plugins

START = """
hub: {{name: Test}}
broker:
  listeners: [{{host: 127.0.0.1, port: {port}}}]
input_number:
  limit: {{min: 0, max: 100, initial: {limit}}}
automation:
  - id: quick
    triggers: [{{trigger: event, event_type: go}}]
    actions: [{{event: {answer}}}]
  - id: slow
    triggers: [{{trigger: event, event_type: go}}]
    actions: [{{delay: 3600}}]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def write(tmp_path: Path):
    port = free_port()

    def written(answer: str = "one", limit: int = 5, more: str = "") -> Path:
        file = tmp_path / "config.yaml"
        file.write_text(START.format(port=port, answer=answer, limit=limit) + more)
        return file

    return written


@pytest.fixture
async def hub(write):
    app = App(write(), watch=False)
    await app.start()
    yield app
    await app.stop()


def heard(app: App, *kinds: str) -> list[str]:
    found: list[str] = []
    for kind in kinds:
        app.house.bus.listen(kind, lambda event: found.append(event.event_type))
    return found


async def test_a_reload_takes_over_what_changed_and_leaves_the_rest_running(hub, write):
    hub.house.bus.fire(Event("go"))
    answers = heard(hub, "one", "two")
    write(answer="two")
    told = hub.reload()
    assert told["automations"] == "1 changed (quick); 1 unchanged"
    assert hub.house.states.get("automation.slow").attributes["current"] == 1
    hub.house.bus.fire(Event("go"))
    assert answers == ["two"]


async def test_other_sections_are_reloaded_too_and_keep_what_people_set(hub, write):
    hub.house.services.call("input_number", "set_value", {"entity_id": "input_number.limit", "value": 9})
    write(more="input_boolean:\n  guests:\n")
    told = hub.reload()
    assert "input_boolean" in told["sections"]
    assert hub.house.states.get("input_number.limit").state == "9.0"
    assert hub.house.states.get("input_boolean.guests").state == "off"


async def test_each_section_can_be_read_again_by_its_own_service(hub, write):
    write(more="input_boolean:\n  guests:\n")

    await hub.house.services.wait("input_boolean", "reload")

    assert hub.house.states.get("input_boolean.guests").state == "off"
    assert {"template.reload", "homeassistant.reload_core_config"} <= set(hub.house.services.names())


async def test_a_check_knows_all_services_that_a_running_hub_has(hub, write):
    calls = [f"    - {{action: {name}}}\n" for name in hub.house.services.names()]
    path = write(more="script:\n  everything:\n    sequence:\n" + "".join(calls))

    unknown = [problem.text for problem in check_files(path, known_plugins()) if "no service" in problem.text]

    assert unknown == []


async def test_a_mistake_changes_nothing_and_says_where(hub, write):
    answers = heard(hub, "one")
    write(more="  - {id: broken, triggers: [{trigger: stat}], actions: []}\n")
    with pytest.raises(BadConfiguration) as refused:
        hub.reload()
    assert "config.yaml:" in str(refused.value.problems[0])
    hub.house.bus.fire(Event("go"))
    assert answers == ["one"]


@pytest.mark.parametrize("tag", ["script: !include scripts.yaml", "script: !include_dir_merge_named scripts"])
async def test_a_file_that_is_missing_now_changes_nothing(hub, write, tmp_path, tag):
    (tmp_path / "scripts").mkdir()
    for file in (tmp_path / "scripts.yaml", tmp_path / "scripts" / "a.yaml"):
        file.write_text("said: {sequence: [{event: said}]}\n")
    write("one", more=f"{tag}\n")
    hub.reload()
    (tmp_path / "scripts.yaml").unlink()
    (tmp_path / "scripts" / "a.yaml").rename(tmp_path / "elsewhere.yaml")
    (tmp_path / "scripts").rmdir()
    write("two", more=f"{tag}\n")
    with pytest.raises(BadConfiguration) as refused:
        hub.reload()
    [problem] = refused.value.problems
    assert str(problem.place).startswith("config.yaml:14:")
    said = heard(hub, "one", "two")
    hub.house.bus.emit("go", {})
    assert said == ["one"]
    assert hub.house.services.find("script", "said") is not None


async def test_a_file_that_was_always_missing_is_no_reason_to_refuse_a_reload(write):
    more = "script: !include scripts.yaml\n"
    app = App(write("one", more=more), watch=False)
    await app.start()
    write("two", more=more)
    app.reload()
    said = heard(app, "one", "two")
    app.house.bus.emit("go", {})
    assert said == ["two"]
    await app.stop()


async def test_what_needs_a_restart_is_named(hub, write, tmp_path):
    file = write()
    file.write_text(file.read_text().replace("name: Test", "name: Other"))
    assert hub.reload()["restart"] == ["hub"]


async def test_a_hundred_reloads_lose_no_event_and_no_run(hub, write):
    answers = heard(hub, "one", "two")
    hub.house.bus.fire(Event("go"))
    for number in range(100):
        write(answer="two" if number % 2 else "one", more="broken: [" if number % 5 == 4 else "")
        try:
            hub.reload()
        except BadConfiguration:
            pass
        hub.house.bus.fire(Event("go"))
    assert len(answers) == 101
    assert hub.house.states.get("automation.slow").attributes["current"] == 1


async def test_saving_a_file_is_enough(write):
    app = App(write())
    await app.start()
    try:
        changed = asyncio.Event()
        app.house.bus.listen("automation_reloaded", lambda _: changed.set())
        while not changed.is_set():  # the watcher may begin a moment after the start
            write(answer="two")
            try:
                async with asyncio.timeout(1):
                    await changed.wait()
            except TimeoutError:
                continue
    finally:
        await app.stop()


async def test_the_control_socket_is_its_owners_alone(hub, tmp_path):
    path = tmp_path / "data" / "control.sock"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    status = await asyncio.to_thread(ask, tmp_path / "data", "status")
    assert status["automations"] == 2


async def test_an_unknown_automation_is_named_with_those_there_are(hub, tmp_path):
    with pytest.raises(HubError, match=r"no automation is called 'quik'.*There are: quick, slow"):
        await asyncio.to_thread(ask, tmp_path / "data", "automation.trace", name="quik")


async def test_a_second_hub_on_the_same_data_is_refused(hub, write):
    second = App(write(), watch=False)
    with pytest.raises(HubError, match="another hub already runs"):
        await second.start()
    await second.stop()
    assert (await asyncio.to_thread(ask, write().parent / "data", "status"))["automations"] == 2


async def test_after_a_stop_the_socket_is_gone_and_asking_says_so(write, tmp_path):
    app = App(write(), watch=False)
    await app.start()
    await app.stop()
    with pytest.raises(HubError, match="no hub runs"):
        await asyncio.to_thread(ask, tmp_path / "data", "status")


async def test_what_people_set_is_there_after_a_restart(write):
    first = App(write().with_name("config.yaml"), watch=False)
    file = write(more="input_boolean:\n  guests:\n")
    await first.start()
    first.house.services.call("input_boolean", "turn_on", {"entity_id": "input_boolean.guests"})
    first.house.services.call("automation", "turn_off", {"entity_id": "automation.slow"})
    await first.stop()
    second = App(file, watch=False)
    await second.start()
    try:
        assert second.house.states.get("input_boolean.guests").state == "on"
        assert second.house.states.get("automation.slow").state == "off"
    finally:
        await second.stop()
