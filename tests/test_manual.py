"""The manual can be built, leads nowhere outside, and is searched without a network, from files as well."""

from __future__ import annotations

import functools
import importlib.util
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PATIENCE = 20_000  # milliseconds: other tests run beside it


@pytest.fixture(scope="module")
def manual() -> ModuleType:
    spec = importlib.util.spec_from_file_location("manual", ROOT / "scripts/manual.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(manual: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    built: Path = manual.build(tmp_path_factory.mktemp("manual"))
    return built


def pages_of_the_plan(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        inner = next(iter(entry.values())) if isinstance(entry, dict) else entry
        if isinstance(inner, list):
            yield from pages_of_the_plan(inner)
        else:
            yield from (str(path.relative_to(ROOT)) for path in ROOT.glob(inner))


def test_every_page_is_there(site: Path) -> None:
    pages = ("index.html", "docs/automations.html", "plugins/mqtt/index.html", "ARCHITECTURE.html")
    assert [page for page in pages if not (site / page).is_file()] == []


def test_every_page_stands_in_the_navigation() -> None:
    with (ROOT / "docs/manual.yaml").open(encoding="utf-8") as file:
        plan = YAML(typ="safe").load(file)
    found = {str(path.relative_to(ROOT)) for path in (*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"))}
    listed = list(pages_of_the_plan(plan["nav"]))
    assert found - set(listed) == set()
    assert len(listed) == len(set(listed))


def test_a_link_that_leads_nowhere_is_an_error(manual: ModuleType, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "docs").mkdir(parents=True)
    shutil.copyfile(ROOT / "docs/manual.yaml", root / "docs/manual.yaml")
    (root / "README.md").write_text("# Here\n\n[there](docs/nowhere.md)\n")

    with pytest.raises(SystemExit, match="page does not exist"):
        manual.build(tmp_path / "built", root)


@pytest.fixture(params=["files", "server"])
def address(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    if request.param == "files":
        yield site.as_uri()
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(site)))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("chromium is not installed: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def test_it_is_searched_without_a_network(address: str, chromium: Any) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/docs/web.html")

    page.keyboard.press("/")
    page.get_by_role("textbox").or_(page.get_by_role("combobox")).first.fill("kick thermometer")
    page.get_by_text("At the terminal").first.wait_for(timeout=PATIENCE)

    assert [url for url in asked if not url.startswith(address)] == []
    page.close()
