"""A house with simulated devices in a hub of its own, and a real browser in front of it."""

from __future__ import annotations

import json
import queue
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt import client as paho

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "hub/web/static"
AXE = ROOT / "hub/web/ui/node_modules/axe-core/axe.min.js"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
PERSON, PASSWORD = "ann", "a good long sentence"
DEADLINE = 60
PATIENCE = 20_000  # milliseconds that the browser waits for what should appear: other tests run beside it


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """The running hub, the devices in it, and who lives there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self.mqtt, self.mqtts = free_port(), free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = folder / "config.yaml"
        self.heard: queue.Queue[tuple[str, str]] = queue.Queue()
        self.devices = paho.Client(paho.CallbackAPIVersion.VERSION2, "devices")
        self.lines: list[str] = []
        self.signed_in: Any = None
        self._ready = threading.Event()

    def build(self) -> None:
        (self.folder / "automations.yaml").write_text((HERE / "automations.yaml").read_text())
        self._hub("cert", "create", "127.0.0.1", "localhost", before=MINIMAL)
        text = (HERE / "house.yaml").read_text()
        for name in ("port", "mqtt", "mqtts"):
            text = text.replace(f"%{name}%", str(getattr(self, name)))
        self.config.write_text(text)

    def _hub(self, *words: str, before: str = "") -> str:
        if before:
            self.config.write_text(before)
        command = [sys.executable, "-m", "hub", *words, "--config", str(self.config)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "hub", "run", "--config", str(self.config)]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self._ready.wait(DEADLINE)
        assert any("try next" in line for line in self.lines), "\n".join(self.lines)
        self.devices.username_pw_set("devices", "somebody-is-here")
        self.devices.on_message = lambda client, userdata, message: self._obey(message)
        self.devices.on_connect = lambda client, *_: client.subscribe("home/#", 1)
        self.devices.connect("127.0.0.1", self.mqtt)
        self.devices.loop_start()
        for topic, payload in STATES.items():
            self.say(topic, payload)

    def _read(self) -> None:
        """Keep what the hub logs; a pipe that nobody reads would hold it up."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line.rstrip())
            if "try next" in line:
                self._ready.set()
        self._ready.set()

    @property
    def setup_link(self) -> str:
        line = next(line for line in self.lines if "/setup#" in line)
        return line[line.index("http") :]

    def say(self, topic: str, payload: str) -> None:
        """Say something as a device does."""
        self.devices.publish(topic, payload, qos=1, retain=True).wait_for_publish(DEADLINE)

    def _obey(self, message: Any) -> None:
        if not message.topic.endswith("/set"):
            return
        self.heard.put((message.topic, message.payload.decode()))
        # In a callback one must not wait for the answer.
        self.devices.publish(message.topic.removesuffix("/set"), message.payload, qos=1, retain=True)

    def hears(self, topic: str) -> str:
        """Return the next command on a topic; others before it are let go."""
        while True:
            found, payload = self.heard.get(timeout=DEADLINE)
            if found == topic:
                return payload

    def stop(self) -> None:
        self.devices.disconnect()
        self.devices.loop_stop()
        self.process.terminate()
        self.process.wait(DEADLINE)
        self._reading.join(DEADLINE)
        assert self.process.stderr is not None
        self.process.stderr.close()


HERE = Path(__file__).parent
MINIMAL = "hub: {name: Elm Street 7}\n"
STATES = {
    "home/heater": "OFF",
    "home/living_room/temperature": "21.4",
    "home/living_room/humidity": "46",
    "home/living_room/lamp": json.dumps({"state": "ON", "brightness": 180, "color_mode": "brightness"}),
    "home/kitchen/window": "OFF",
    "home/kitchen/light": "OFF",
    "home/bedroom/mode": "heat",
    "home/bedroom/target": "21",
    "home/bedroom/temperature": "19.4",
    "home/bedroom/action": "heating",
    "home/bedroom/blind": "70",
    "home/hall/lock": "LOCKED",
}


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if not (STATIC / "index.html").exists():
        pytest.skip("the pages were not built: scripts/pages.py")
    built = House(tmp_path_factory.mktemp("house"))
    built.build()
    built.start()
    yield built
    built.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    # For one module: while the driver is there, its loop runs in this thread, and no other test's can.
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("chromium is not installed: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(house: House, chromium: Any) -> Any:
    """Make the first admin by the link of the console; return what the browser then keeps."""
    if house.signed_in is None:
        house.signed_in = _first_admin(house, chromium)
    return house.signed_in


def _first_admin(house: House, chromium: Any) -> Any:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(house.setup_link)
    page.get_by_label("User name").fill(PERSON)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Once more").fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    page.get_by_role("heading", level=1, name="Elm Street 7").wait_for()
    state = context.storage_state()
    context.close()
    return state


class Visitor:
    """A browser window, and what it complained about."""

    def __init__(self, house: House, context: Any) -> None:
        self.house = house
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _on_console(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} {message.location.get('url', '')}")

    def open(self, path: str) -> Any:
        self.page.goto(self.house.url + path)
        self.page.locator("main h1, main h2").first.wait_for()
        return self.page


@pytest.fixture
def visit(house: House, chromium: Any, signed_in: Any) -> Iterator[Any]:
    """Open a window of somebody who is logged in; nothing may be complained about in it."""
    opened: list[tuple[Any, Visitor]] = []

    def begin(**options: Any) -> Visitor:
        usual = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "storage_state": signed_in}
        context = chromium.new_context(**{**usual, **options})
        opened.append((context, Visitor(house, context)))
        return opened[-1][1]

    yield begin
    for context, visitor in opened:
        context.close()
        assert visitor.complaints == []
