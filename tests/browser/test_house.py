"""A person in front of the pages: switches, automations, traces, devices, plots, with a real browser."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path
from typing import Any

from paho.mqtt import client as paho

from tests.browser.conftest import DEADLINE, PASSWORD, PERSON, House


def test_logs_in_and_out(visit: Any, house: House) -> None:
    visitor = visit(storage_state=None)
    page = visitor.page
    page.goto(house.url)
    page.get_by_label("User name").fill(PERSON)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()
    visitor.complaints.clear()  # the browser says that the log-in was refused
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", level=1, name="Elm Street 7").wait_for()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", level=1, name="Log in").wait_for()


def test_a_switch_sends_its_command_and_shows_what_the_device_answers(visit: Any, house: House) -> None:
    page = visit().open("/")
    heater = page.get_by_role("switch", name="Heater")
    assert heater.get_attribute("aria-checked") == "false"
    heater.click()
    assert house.hears("home/heater/set") == "ON"
    page.locator('[role=switch][aria-label="Heater"][aria-checked=true]').wait_for()
    house.say("home/heater", "OFF")  # by its own button
    page.locator('[role=switch][aria-label="Heater"][aria-checked=false]').wait_for()


def test_the_dial_is_turned_with_the_keys(visit: Any, house: House) -> None:
    page = visit().open("/")
    page.locator("[data-entity='climate.bedroom_thermostat'] .open").click()
    dial = page.get_by_role("slider", name="Target: Bedroom thermostat")
    dial.focus()
    dial.press("ArrowUp")
    assert house.hears("home/bedroom/target/set") == "21.5"
    page.get_by_role("button", name="Auto").click()
    assert house.hears("home/bedroom/mode/set") == "auto"


def test_what_is_searched_is_found(visit: Any) -> None:
    page = visit().open("/")
    page.get_by_label("Find in the house").fill("window")
    page.locator("[data-entity='binary_sensor.kitchen_window']").wait_for()
    assert page.locator(".tile").count() == 1
    page.get_by_label("Find in the house").fill("unicorn")
    page.get_by_text("Nothing here matches “unicorn”.").wait_for()


def test_a_dashboard_is_as_the_yaml_arranges_it(visit: Any) -> None:
    page = visit().open("/")
    page.get_by_role("link", name="Favourites").click()
    page.get_by_role("heading", name="Warmth").wait_for()
    shown = page.locator(".card", has_text="Warmth").locator(".tile")
    assert [shown.nth(i).get_attribute("data-entity") for i in range(shown.count())] == [
        "switch.heater",
        "sensor.living_room_climate_temperature",
    ]


def test_a_dashboard_is_arranged_by_dragging_and_the_yaml_says_so(visit: Any, house: House) -> None:
    before = house.config.read_text()
    page = visit().open("/dashboards/favourites")
    page.get_by_role("button", name="Arrange").click()
    page.locator(".arranged", has_text="Warmth").drag_to(page.locator(".arranged", has_text="Bedroom"))
    page.locator(".arranged").nth(0).filter(has_text="Warmth").wait_for()
    text = house.config.read_text()
    assert text.index("title: Warmth") < text.index("area: bedroom")
    assert "# made by hand" in text
    page.get_by_role("button", name="Down: Warmth").click()
    page.locator(".arranged").nth(1).filter(has_text="Warmth").wait_for()
    assert house.config.read_text() == before


def test_an_edited_automation_fires_and_the_file_keeps_its_comments(visit: Any, house: House) -> None:
    house.say("home/living_room/temperature", "21")
    house.say("home/heater", "ON")
    page = visit().open("/automations")
    page.get_by_role("button", name="Edit: Heater off").click()
    page.get_by_role("button", name="Number: Living room climate Temperature", exact=True).click()
    page.get_by_label("above", exact=True).fill("23")
    page.get_by_label("above", exact=True).press("Enter")
    page.locator(".cm-line", has_text="above: 23").wait_for()
    page.get_by_role("button", name="Save").first.click()
    page.locator(".diff .added", has_text="above: 23").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_text("Not triggered yet").wait_for()

    house.say("home/living_room/temperature", "24")

    assert house.hears("home/heater/set") == "OFF"
    page.locator(".run-row", has_text="Ran").wait_for()
    before = (Path(__file__).parent / "automations.yaml").read_text()
    assert (house.folder / "automations.yaml").read_text() == before.replace("above: 25", "above: 23")


def test_a_mistake_is_shown_at_its_line_and_not_saved(visit: Any, house: House) -> None:
    text = (house.folder / "automations.yaml").read_text()
    page = visit().open("/automations/edit?id=automation.light_while_the_window_is_open")
    page.locator(".cm-line", has_text="trigger: state").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("fromm: off")
    page.locator(".problems .bad", has_text="Did you mean 'from'?").wait_for()
    assert page.get_by_role("button", name="Save").is_disabled()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Nothing is wrong with it.").wait_for()
    assert (house.folder / "automations.yaml").read_text() == text


def test_the_editor_completes_from_the_schema(visit: Any) -> None:
    visitor = visit()
    with visitor.page.expect_response("**/api/schema"):
        page = visitor.open("/automations/edit?id=automation.light_while_the_window_is_open")
    page.locator(".cm-line", has_text="trigger: state").click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("fr")
    page.locator(".cm-completionLabel", has_text="from").first.wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()


def test_an_automation_is_tried_on_a_simulated_clock(visit: Any) -> None:
    page = visit().open("/automations/edit?id=automation.light_while_the_window_is_open")
    page.get_by_role("button", name="Test").click()
    page.get_by_label("Entity", exact=True).fill("binary_sensor.kitchen_window")
    page.get_by_label("State", exact=True).fill("on")
    page.get_by_role("dialog").get_by_role("button", name="Test").click()
    page.get_by_text('light.turn_on {"entity_id":"light.kitchen_light"}').wait_for()


def test_a_trace_says_why_not(visit: Any, house: House) -> None:
    house.say("home/living_room/temperature", "20")
    house.say("home/heater", "OFF")
    house.say("home/living_room/temperature", "27")
    page = visit().open("/automations/show?id=automation.heater_off")
    page.locator(".run-row", has_text="Condition not met").first.click()
    page.locator(".notice", has_text="switch.heater: 'off' is not 'on'").wait_for()
    stopped = page.locator(".graph-step.stopped .graph-node")
    stopped.click()
    page.locator(".step-values", has_text="condition/0").wait_for()
    page.get_by_role("tab", name="Steps").click()
    page.locator(".steps .warn").wait_for()


def test_a_device_gets_a_certificate_and_connects_with_it(visit: Any, house: House, tmp_path: Path) -> None:
    page = visit().open("/iot")
    page.get_by_role("button", name="New registry").click()
    page.get_by_label("Name").fill("greenhouse")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="New device").click()
    page.get_by_label("Name").fill("thermometer")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Open its page").click()
    page.get_by_role("button", name="Issue").click()
    for name in ("thermometer.crt", "thermometer.key"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        download.value.save_as(tmp_path / name)
    page.get_by_role("button", name="Done").click()

    assert _connects(house, tmp_path / "thermometer.crt", tmp_path / "thermometer.key")

    page.reload()
    page.get_by_text("Last log-in").wait_for()


def _connects(house: House, certificate: Path, key: Path) -> bool:
    context = ssl.create_default_context(cafile=str(house.folder / "tls/ca.crt"))
    context.load_cert_chain(certificate, key)
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, "thermometer")
    client.tls_set_context(context)
    done = threading.Event()
    codes: list[Any] = []
    client.on_connect = lambda c, u, flags, code, properties: (codes.append(code), done.set())
    client.connect("127.0.0.1", house.mqtts)
    client.loop_start()
    assert done.wait(DEADLINE), "\n".join(house.lines[-5:])
    client.disconnect()
    client.loop_stop()
    return not codes[0].is_failure


def test_a_plot_zooms(visit: Any, house: House) -> None:
    for value in ("20.5", "21", "22.5", "21.5"):
        house.say("home/living_room/temperature", value)
    page = visit().open("/history?entity=sensor.living_room_climate_temperature,switch.heater")
    plot = page.get_by_role("img", name="History of Living room climate Temperature")
    plot.wait_for()
    before = page.locator(".page-head p").inner_text()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 90, steps=4)
    page.mouse.up()
    page.wait_for_function("text => document.querySelector('.page-head p').innerText !== text", arg=before)
    zoomed = page.locator(".page-head p").inner_text()
    plot.press("-")
    page.wait_for_function("text => document.querySelector('.page-head p').innerText !== text", arg=zoomed)
    page.get_by_role("img", name="Heater").wait_for()


def test_topics_are_seen_as_they_move(visit: Any, house: House) -> None:
    page = visit().open("/topics")
    page.locator(".topic-name", has_text="home").first.click()
    page.locator(".topic-name", has_text="living_room").click()
    page.locator(".topic-name", has_text="lamp").click()
    house.say("home/living_room/lamp", '{"state": "ON", "brightness": 90, "color_mode": "brightness"}')
    page.locator(".payload", has_text='"brightness": 90').wait_for()
    page.get_by_role("tab", name="Changes").click()
    page.locator(".diff .added", has_text='"brightness": 90').wait_for()
    page.get_by_role("tab", name="Plot").click()
    page.get_by_label("Value").select_option("brightness")
    page.get_by_role("img", name="Plot").wait_for()
    page.get_by_role("tab", name="Who may", exact=True).click()
    page.get_by_role("cell", name="devices").wait_for()


def test_a_file_is_edited_and_undone(visit: Any, house: House) -> None:
    text = house.config.read_text()
    page = visit().open("/files?name=config.yaml")
    page.locator(".cm-content").press("Control+End")
    page.locator(".cm-line", has_text="Favourites").click()
    page.keyboard.press("End")
    page.keyboard.type(" and kept")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.get_by_text("Saved; the house goes by it").wait_for()
    assert house.config.read_text() == text.replace("made by hand", "made by hand and kept")
    changed = page.locator("details", has_text="made by hand and kept").first
    changed.locator("summary").click()
    changed.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone").wait_for()
    assert house.config.read_text() == text


def test_a_new_user_sees_what_their_role_gives(visit: Any, house: House) -> None:
    page = visit().open("/users")
    page.get_by_role("button", name="New user").click()
    page.get_by_label("Name").fill("guest")
    page.get_by_role("button", name="Create").click()
    password = page.locator(".secret code").inner_text()
    page.get_by_role("button", name="Done").click()

    guest = visit(storage_state=None)
    guest.page.goto(house.url)
    guest.page.get_by_label("User name").fill("guest")
    guest.page.get_by_label("Password").fill(password)
    guest.page.get_by_role("button", name="Log in").click()
    guest.page.get_by_role("link", name="Automations").wait_for()
    assert guest.page.get_by_role("link", name="Users").count() == 0
    guest.open("/users")
    guest.page.get_by_text("You may not see this").wait_for()


def test_the_pages_speak_german_and_russian(visit: Any) -> None:
    german = visit(locale="de-DE").open("/")
    german.get_by_role("link", name="Automationen").wait_for()
    assert german.locator("html").get_attribute("lang") == "de"
    visit(locale="ru-RU").open("/").get_by_role("link", name="Автоматизации").wait_for()


def test_a_device_page_tells_all_that_is_known_of_it(visit: Any, house: House) -> None:
    house.say("home/heater", "OFF")
    page = visit().open("/devices")
    page.get_by_role("link", name="Heater", exact=True).click()
    page.get_by_text("On-line since").wait_for()
    topics = page.locator(".topics li")
    topics.filter(has_text="home/heater/set").wait_for()
    told = topics.filter(has=page.get_by_text("home/heater", exact=True))
    told.locator("pre", has_text="OFF").wait_for()
    page.get_by_role("link", name="Heater off").wait_for()
    page.locator(".log-list", has_text="connected from").wait_for()
    page.get_by_label("Payload").fill("ON")
    page.get_by_role("button", name="Send").click()
    assert house.hears("home/heater/set") == "ON"
    told.locator("pre", has_text="ON").wait_for()


def test_a_room_is_made_and_a_device_put_into_it(visit: Any) -> None:
    page = visit().open("/rooms")
    page.get_by_role("button", name="New room").click()
    page.get_by_label("Name").fill("Attic")
    page.get_by_role("button", name="Save").click()
    page.locator(".named", has_text="Attic").wait_for()
    page.goto(page.url.replace("/rooms", "/devices"))
    page.get_by_role("link", name="Kitchen window").click()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Area").select_option("Attic")
    page.get_by_role("button", name="Save").click()
    page.locator(".page-head .badge", has_text="Attic").wait_for()
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Area").select_option("Kitchen")
    page.get_by_role("button", name="Save").click()
    page.locator(".page-head .badge", has_text="Kitchen").wait_for()
