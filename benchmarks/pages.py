"""How soon does a browser show the house, and does a list of 2,000 entities scroll and filter at ease?

What open pages cost the hub is measured by live.py. A task of more than 50 ms is what browsers call long.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
ENTITIES, ROOMS = 2_000, 40
PORT, MQTT = 18_923, 18_983
URL = f"http://127.0.0.1:{PORT}"
PASSWORD = "a good long sentence"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"]


def configuration() -> str:
    sensors = "".join(
        f"      - {{name: Value {i}, unique_id: v{i}, state_topic: v/{i}, unit_of_measurement: W, device: "
        f"{{identifiers: [d{i}], name: Meter {i}, suggested_area: Room {i % ROOMS}}}}}\n"
        for i in range(ENTITIES)
    )
    return (
        f"hub: {{name: Bench}}\nweb: {{port: {PORT}}}\n"
        f"broker:\n  listeners: [{{host: 127.0.0.1, port: {MQTT}}}]\n"
        f"  users: [{{name: b, password: benchmark, publish: '#', subscribe: '#'}}]\n"
        f"recorder: {{enabled: false}}\nmqtt:\n  - sensor:\n{sensors}"
    )


def start(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the hub; return it and the link of the first admin."""
    config = folder / "config.yaml"
    config.write_text(configuration())
    log = folder / "log"
    command = [sys.executable, "-m", "hub", "run", "--config", str(config)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=log.open("w"), text=True)
    for _ in range(600):
        if "try next" in log.read_text():
            break
        time.sleep(0.1)
    found = re.search(r"http\S+/setup#\S+", log.read_text())
    assert found, log.read_text()
    return process, found[0]


def in_the_browser(link: str) -> dict[str, float]:
    """Make the admin, then measure first paint and the longest task in a list of all entities."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        page = context.new_page()
        page.goto(link)
        page.get_by_label("User name").fill("ann")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Once more").fill(PASSWORD)
        page.get_by_role("button", name="Create the account").click()
        page.locator(".room").first.wait_for(timeout=60_000)
        paints = sorted(_first_paint(page) for _ in range(5))
        longest = _longest_task(page)
        browser.close()
    return {"first paint, ms": paints[2], "longest task, ms": longest}


def _first_paint(page: Any) -> float:
    page.goto(URL + "/")
    page.locator(".room").first.wait_for(timeout=60_000)
    return float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))


def _longest_task(page: Any) -> float:
    page.goto(URL + "/entities")
    page.locator(".slot").first.wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    page.evaluate(
        "window.longest = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "e => { window.longest = Math.max(window.longest, e.duration) })).observe({type: 'longtask'})"
    )
    box = page.locator(".scroller")
    for step in range(40):
        box.evaluate("(element, top) => { element.scrollTop = top }", step * 3_000)
        page.wait_for_timeout(30)
    page.get_by_label("Find an entity").press_sequentially("meter 77", delay=40)
    page.wait_for_timeout(500)
    return float(page.evaluate("window.longest"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        process, link = start(Path(folder))
        try:
            told = in_the_browser(link)
        finally:
            process.terminate()
            process.wait(20)
    print(f"{ENTITIES} entities in {ROOMS} rooms")
    for name, value in told.items():
        print(f"  {name:20} {value:6.0f}")


if __name__ == "__main__":
    main()
