"""Every page: nothing in the console, nothing that axe objects to, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import AXE, House

PAGES = (
    "/",
    "/dashboards/favourites",
    "/automations",
    "/automations/show?id=automation.heater_off",
    "/automations/edit?id=automation.heater_off",
    "/history?entity=sensor.living_room_climate_temperature,switch.heater",
    "/energy",
    "/logbook",
    "/devices",
    "/entities",
    "/rooms",
    "/discovery",
    "/topics",
    "/topics?tab=clients",
    "/topics?tab=log",
    "/iot",
    "/notifications",
    "/files",
    "/plugins",
    "/users",
    "/backups",
    "/log",
    "/settings",
)
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LOOKS = [
    pytest.param({"color_scheme": "light"}, id="desk"),
    pytest.param({**PHONE, "color_scheme": "dark"}, id="phone-dark"),
]


def objections(page: Any) -> list[str]:
    """Return what axe finds against WCAG 2.1, A and AA."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(r => r.violations)"
    )
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: scripts/pages.py")
@pytest.mark.parametrize("look", LOOKS)
def test_pages_are_for_everybody(visit: Any, look: dict[str, Any]) -> None:
    visitor = visit(**look)
    found: dict[str, list[str]] = {}
    for path in PAGES:
        page = visitor.open(path)
        page.wait_for_load_state("networkidle")
        if trouble := objections(page):
            found[path] = trouble
        if path == "/energy":  # nothing is said about energy here, and the browser notes the answer
            visitor.complaints = [one for one in visitor.complaints if "/api/past/energy" not in one]
    assert found == {}


def test_nothing_is_wider_than_a_phone(visit: Any) -> None:
    visitor = visit(**PHONE)
    too_wide = []
    for path in PAGES:
        page = visitor.open(path)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            too_wide.append(path)
        visitor.complaints.clear()
    assert too_wide == []


def test_the_keyboard_is_enough(visit: Any, house: House) -> None:
    page = visit().open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the link that skips the menu
    assert page.evaluate("document.activeElement.id") == "content"
    page.get_by_role("switch", name="Kitchen light").focus()
    page.keyboard.press("Space")
    assert house.hears("home/kitchen/light/set") == "ON"
    page.goto(f"{house.url}/topics")
    page.get_by_role("tab", name="Topics").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.innerText") == "Publish"


def test_it_can_be_installed(visit: Any, house: House) -> None:
    page = visit().open("/")
    manifest = page.evaluate("fetch('/manifest.webmanifest').then(r => r.json())")
    assert {"name", "start_url", "display", "icons"} <= manifest.keys()
    found = page.evaluate(
        "icons => Promise.all(icons.map(i => fetch(i.src).then(r => r.status)))", manifest["icons"]
    )
    assert set(found) == {200}


def test_it_opens_without_the_hub_and_says_so(visit: Any) -> None:
    visitor = visit()
    page = visitor.open("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.reload()  # by now it is kept
    page.context.set_offline(True)
    page.reload()
    page.get_by_text("The hub can't be reached").wait_for()
    visitor.complaints.clear()  # the browser says that nothing came
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("heading", level=1, name="Elm Street 7").wait_for()
    visitor.complaints.clear()


def test_nothing_comes_from_elsewhere(visit: Any, house: House) -> None:
    visitor = visit()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/automations/edit?id=automation.heater_off", "/history"):
        visitor.open(path)
    assert [url for url in asked if not url.startswith((house.url, "data:", "blob:"))] == []


def test_a_page_that_is_not_there_says_so(visit: Any) -> None:
    page = visit().open("/nowhere")
    page.get_by_role("heading", name="There is no such page").wait_for()
    page.get_by_role("link", name="To the overview").click()
    page.get_by_role("heading", level=1, name="Elm Street 7").wait_for()
