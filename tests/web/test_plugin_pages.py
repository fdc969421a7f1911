"""A plugin's page stands in the menu of those who may see it, and its files come through the gate."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hub.app import App
from hub.core.web import WebAnswer, WebRequest
from hub.registry.accounts import Role
from tests.web.conftest import CONFIG, Site, free_port

PLUGIN = '''
"""Doors."""
from pathlib import Path
from hub.api import Page, WebAnswer, hookimpl
HUB_API = "1"

class Doors(Page):
    """Doors."""
    title = "Doors"
    folder = Path(__file__).parent / "_doors"
    role = "operator"
    def answers(self, house):
        return {"count": lambda request: WebAnswer(b"3")}

class Bare(Page):
    """It has no files."""
    title = "Bare"
    folder = Path(__file__).parent / "_bare"

@hookimpl
def pages():
    return {"doors": Doors, "bare": Bare}
'''


@pytest.fixture
async def doors(tmp_path: Path) -> Any:
    folder = tmp_path / "plugins/_doors"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Doors</h1>")
    (folder / "doors.js").write_text("export {};")
    (tmp_path / "plugins/secret.txt").write_text("not for you")
    (tmp_path / "plugins/doors.py").write_text(PLUGIN)
    port, mqtt = free_port(), free_port()
    (tmp_path / "config.yaml").write_text(CONFIG.format(web=port, mqtt=mqtt, more=""))
    app = App(tmp_path / "config.yaml", watch=False)
    await app.start()
    site = Site(app, port, mqtt)
    yield site
    await site.close()


async def test_is_in_the_menu_and_answers_those_who_may(doors: Any) -> None:
    operator = await doors.browser("o", Role.OPERATOR)

    listed = (await operator.get("/api/pages")).json()
    assert listed == [{"name": "doors", "title": "Doors", "address": "/plugin/doors/"}]
    page = await operator.get("/plugin/doors/")
    assert (page.text, page.headers["content-type"]) == ("<h1>Doors</h1>", "text/html; charset=utf-8")
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "nonce" not in page.headers["content-security-policy"]
    script = await operator.get("/plugin/doors/doors.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await operator.get("/plugin/doors")).headers["location"] == "/plugin/doors/"
    assert (await operator.get("/api/plugin/doors/count")).text == "3"


@pytest.mark.parametrize("path", ["/plugin/doors/", "/plugin/doors/doors.js", "/api/plugin/doors/count"])
async def test_nobody_else_gets_in(doors: Any, path: str) -> None:
    viewer = await doors.browser("v", Role.VIEWER)
    assert (await viewer.get("/api/pages")).json() == []
    assert (await viewer.get(path)).status_code == 403
    assert (await doors.client().get(path)).status_code == 401


@pytest.mark.parametrize("path", ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "nothing.js"])
async def test_only_what_lies_in_its_folder_is_served(doors: Any, path: str) -> None:
    admin = await doors.browser()
    assert (await admin.get(f"/plugin/doors/{path}")).status_code in (400, 404)
    assert (await admin.get(f"/plugin/bare/{path}")).status_code in (400, 404)


async def test_what_is_under_way_when_the_hub_stops_is_finished(doors: Any) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: WebRequest) -> WebAnswer:
        begun.set()
        await go_on.wait()
        return WebAnswer(b"done")

    doors.house.web.page("slow", slow, role="viewer")
    admin = await doors.browser()
    asking = asyncio.create_task(admin.get("/api/plugin/slow"))
    await begun.wait()
    stopping = asyncio.create_task(doors.app.stop())
    await asyncio.sleep(0)
    go_on.set()

    assert (await asking).text == "done"
    await stopping
    doors.app.stop = _nothing  # it is stopped; the fixture need not


async def _nothing() -> None:
    pass


async def test_is_gone_when_its_plugin_is(doors: Any) -> None:
    admin = await doors.browser()
    doors.app._upkeep.switch_off("doors", "it failed")

    assert (await admin.get("/api/pages")).json() == []
    assert (await admin.get("/plugin/doors/")).status_code == 404
    assert (await admin.get("/api/plugin/doors/count")).status_code == 404
    told = {one["name"]: one for one in (await admin.get("/api/plugins")).json()}
    assert told["doors"]["error"] == "it failed"
