"""Plugins come from three places by one way; a broken one is named and the others work."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.loader import first_party_dir, load_plugins

GOOD = '''
"""A trigger of my own."""
from hub.api import Trigger, hookimpl
HUB_API = "1"
__version__ = "2.0"

class Mine(Trigger):
    """Fire never."""

@hookimpl
def triggers():
    return {"mine": Mine}
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    return tmp_path


def load(folder: Path, name: str, source: str):
    (folder / "plugins" / f"{name}.py").write_text(source)
    plugins = load_plugins(folder, installed=False)
    return plugins, next(plugin for plugin in plugins.found if plugin.name == name)


def test_all_plugins_that_come_with_the_hub_load():
    plugins = load_plugins(installed=False)
    assert [plugin.error for plugin in plugins.found if plugin.error] == []
    assert {plugin.name for plugin in plugins.found} >= {"state", "mqtt", "flow", "domains"}


def test_a_single_file_is_a_plugin(folder):
    plugins, mine = load(folder, "mine", GOOD)
    assert (mine.version, mine.origin, mine.offers) == ("2.0", "configuration", {"triggers": ["mine"]})
    assert plugins.catalogs.triggers.owner("mine") == "mine"


def test_a_folder_with_a_manifest_is_a_plugin_and_may_import_its_own_files(folder):
    home = folder / "plugins" / "garden"
    home.mkdir()
    (home / "manifest.yaml").write_text('version: 1.2.3\nhub_api: "1"\ndescription: Waters.\n')
    (home / "trigger.py").write_text(GOOD)
    (home / "__init__.py").write_text('"""Waters."""\nfrom .trigger import triggers\n')
    plugins = load_plugins(folder, installed=False)
    garden = next(plugin for plugin in plugins.found if plugin.name == "garden")
    assert (garden.error, garden.version, garden.description) == ("", "1.2.3", "Waters.")
    assert "mine" in plugins.catalogs.triggers


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise ValueError('it is broken')", "ValueError: it is broken"),
        ("def (", "SyntaxError"),
        ('"""Old."""\nHUB_API = "0"', "made for hub_api '0'"),
        ('"""New."""', "does not say for which hub_api"),
        (GOOD.replace("def triggers", "def trigers"), "unknown hook"),
        (GOOD.replace('"mine": Mine', '"state": Mine'), "already offered by plugin 'state'"),
        (GOOD.replace('return {"mine": Mine}', "return 1 / 0"), "ZeroDivisionError"),
    ],
)
def test_a_broken_plugin_is_named_and_the_others_are_loaded(folder, source, words):
    plugins, broken = load(folder, "broken", source)
    assert words in broken.error
    assert [plugin.name for plugin in plugins.broken] == ["broken"]
    assert "state" in plugins.catalogs.triggers
    assert "mine" not in plugins.catalogs.triggers


def test_a_folder_without_manifest_is_told_what_it_needs(folder):
    (folder / "plugins" / "bare").mkdir()
    (folder / "plugins" / "bare" / "__init__.py").write_text("")
    [bare] = load_plugins(folder, installed=False).broken
    assert "manifest.yaml is missing" in bare.error
    assert 'hub_api: "1"' in bare.error


def test_two_houses_may_have_plugins_of_the_same_name(tmp_path):
    for name, version in (("one", "1.0"), ("two", "2.0")):
        (tmp_path / name / "plugins").mkdir(parents=True)
        source = GOOD.replace('"2.0"', f'"{version}"')
        (tmp_path / name / "plugins" / "same.py").write_text(source)
    versions = [
        plugin.version
        for name in ("one", "two")
        for plugin in load_plugins(tmp_path / name, installed=False).found
        if plugin.name == "same"
    ]
    assert versions == ["1.0", "2.0"]


def test_the_hubs_own_plugins_are_found_beside_the_sources():
    assert (first_party_dir() / "state" / "manifest.yaml").is_file()


def waiting_plugin(folder: Path, offers: str, text: str = GOOD) -> None:
    home = folder / "plugins" / "garden"
    home.mkdir()
    (home / "manifest.yaml").write_text(f'version: 1.2.3\nhub_api: "1"\noffers: {offers}\n')
    (home / "__init__.py").write_text(f"{text}\nprint('garden is imported')\n")


def test_a_plugin_waits_until_one_of_its_names_is_used(folder, capsys):
    waiting_plugin(folder, "{triggers: [mine]}")

    plugins = load_plugins(folder, installed=False, waiting=True)

    assert "mine" in plugins.catalogs.triggers
    assert "garden is imported" not in capsys.readouterr().out
    assert plugins.catalogs.triggers["mine"].__name__ == "Mine"
    assert "garden is imported" in capsys.readouterr().out


@pytest.mark.parametrize("waiting", [True, False])
def test_a_manifest_that_says_something_else_than_the_hooks_leaves_the_plugin_out(folder, waiting):
    waiting_plugin(folder, "{triggers: [yours]}")

    plugins = load_plugins(folder, installed=False, waiting=waiting)

    assert plugins.catalogs.triggers.get("yours") is None
    assert "yours" not in plugins.catalogs.triggers
    assert "['yours'], its hook offers ['mine']" in plugins.broken[0].error


def test_a_plugin_that_fails_when_its_name_is_used_is_named_and_the_name_is_gone(folder, caplog):
    waiting_plugin(folder, "{triggers: [mine], conditions: [his]}", "raise ValueError('no water')")

    plugins = load_plugins(folder, installed=False, waiting=True)

    assert plugins.broken == []
    assert plugins.catalogs.triggers.get("mine") is None
    assert "his" not in plugins.catalogs.conditions
    assert plugins.broken[0].error == "ValueError: no water"
    assert "plugin garden is left out" in caplog.text


def test_a_promise_of_a_name_that_is_there_already_names_both(folder):
    waiting_plugin(folder, "{triggers: [state]}", GOOD.replace('"mine"', '"state"'))

    plugins = load_plugins(folder, installed=False, waiting=True)

    assert "'state' of plugin 'garden' is already offered by plugin 'state'" in plugins.broken[0].error
    assert plugins.catalogs.triggers.owner("state") == "state"
    assert plugins.catalogs.triggers["state"].__module__ == "plugins.state.trigger"


def test_all_that_waits_is_the_same_as_all_that_is_loaded():
    waiting, loaded = load_plugins(installed=False, waiting=True), load_plugins(installed=False)

    assert [plugin.offers for plugin in waiting.found] == [plugin.offers for plugin in loaded.found]
    for hook in loaded.found[0].offers:
        assert getattr(waiting.catalogs, hook).items() == getattr(loaded.catalogs, hook).items()
    assert waiting.broken == []
