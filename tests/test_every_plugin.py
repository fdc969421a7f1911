"""Every plugin that comes with the hub keeps the rules that it asks of a stranger's."""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hub
from hub import loader
from hub.config.source import load
from hub.core.catalog import Catalog
from hub.loader import Plugins, load_plugins
from hub.testing import SimulatedHouse

PLUGINS = Path(__file__).parents[1] / "plugins"
MANUAL = PLUGINS.parent / "docs" / "plugins.md"
NAMES = sorted(path.parent.name for path in PLUGINS.glob("[!_.]*/__init__.py"))
ALL = load_plugins(installed=False)

Load = Callable[[list[str]], Plugins]


@pytest.fixture
def load_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load the hub's own plugins as if the folder held these only."""

    def load_these(names: list[str]) -> Plugins:
        for name in names:
            (tmp_path / name).symlink_to(PLUGINS / name)
        monkeypatch.setattr(loader, "first_party_dir", lambda: tmp_path)
        monkeypatch.setattr(sys.modules["plugins"], "__path__", [str(tmp_path)])
        return load_plugins(installed=False)

    return load_these


def offered(plugins: Plugins, hook: str) -> Catalog[Any]:
    catalog: Catalog[Any] = getattr(plugins.catalogs, hook)
    return catalog


def offers(name: str) -> list[tuple[str, str]]:
    """Return what a plugin offers: the hook and the name of each kind."""
    plugin = next(plugin for plugin in ALL.found if plugin.name == name)
    return [(hook, kind) for hook, kinds in plugin.offers.items() for kind in kinds]


def kinds(name: str) -> list[Any]:
    return [offered(ALL, hook)[kind] for hook, kind in offers(name)]


@pytest.mark.parametrize("name", NAMES)
def test_has_a_manifest_that_says_what_it_is(name: str) -> None:
    manifest = load(PLUGINS / name / "manifest.yaml").data
    assert isinstance(manifest, dict)
    assert manifest["name"] == name
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(manifest["version"]))
    assert manifest["hub_api"] == hub.HUB_API
    assert len(str(manifest["description"])) > 10


@pytest.mark.parametrize("name", NAMES)
def test_has_a_read_me_with_an_example(name: str) -> None:
    """That the example is accepted is tested with the other documents."""
    text = (PLUGINS / name / "README.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {name}\n")
    assert "```yaml\n" in text


@pytest.mark.parametrize("name", NAMES)
def test_stands_in_the_manual(name: str) -> None:
    assert f"../plugins/{name}/README.md" in MANUAL.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_brings_its_tests(name: str) -> None:
    assert list((PLUGINS / name / "tests").glob("test_*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_offers_something(name: str) -> None:
    assert kinds(name)


@pytest.mark.parametrize("name", NAMES)
def test_each_kind_says_what_it_is(name: str) -> None:
    silent = [kind for kind in kinds(name) if not (kind.__doc__ or "").strip()]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_each_model_is_frozen_and_ignores_no_key(name: str) -> None:
    """Unknown keys are refused, or else they are the names of things (`input_boolean: NAME:`)."""
    models = [kind for kind in kinds(name) if inspect.isclass(kind) and hasattr(kind, "model_config")]
    loose = [
        model
        for model in models
        if not model.model_config.get("frozen") or model.model_config.get("extra", "ignore") == "ignore"
    ]
    assert loose == []


@pytest.mark.parametrize("name", NAMES)
def test_loads_alone(name: str, load_only: Load) -> None:
    plugins = load_only([name])
    assert [(plugin.name, plugin.error) for plugin in plugins.found] == [(name, "")]


async def problems_of(plugins: Plugins, config: dict[str, Any]) -> list[str]:
    """Start and stop a house, and return what was wrong with its configuration."""
    simulated = SimulatedHouse(plugins=plugins)
    found = simulated.set_up(config)
    await simulated.stop()
    return [str(problem) for problem in found.errors]


@pytest.mark.parametrize("name", NAMES)
def test_the_house_starts_without_it(name: str, load_only: Load) -> None:
    plugins = load_only([other for other in NAMES if other != name])

    problems = asyncio.run(problems_of(plugins, {"automation": []}))

    assert problems == []
    assert {plugin.name for plugin in plugins.broken} <= {plugin.name for plugin in ALL.broken}
    assert [kind for hook, kind in offers(name) if kind in offered(plugins, hook)] == []


def test_what_used_a_missing_plugin_is_refused_with_the_name_of_the_kind(load_only: Load) -> None:
    plugins = load_only([name for name in NAMES if name != "state"])
    trigger = {"trigger": "state", "entity_id": "light.a"}

    problems = asyncio.run(
        problems_of(plugins, {"automation": [{"alias": "a", "triggers": [trigger], "actions": []}]})
    )

    assert len(problems) == 1
    assert "'state'" in problems[0]
