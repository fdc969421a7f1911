"""The top level is read as Home Assistant does, and everything keeps its place."""

from __future__ import annotations

import pytest

from hub.config.layout import Layout, lay_out
from hub.config.problems import path_text
from hub.config.source import load_text


def laid_out(text: str) -> Layout:
    return lay_out(load_text(text, "a.yaml"))


def told(layout: Layout) -> list[str]:
    return [str(problem) for problem in layout.problems]


def paths(layout: Layout, name: str) -> list[str]:
    return [path_text(item.path) for item in layout.sections[name].items]


def test_labelled_blocks_are_one_list(read):
    document = read(
        {
            "main.yaml": "automation kitchen:\n- alias: k\nautomation: !include all.yaml\nautomation x:\n",
            "all.yaml": "- alias: a\n- alias: b\n",
        }
    )

    section = lay_out(document).sections["automation"]

    assert section.data == [{"alias": "k"}, {"alias": "a"}, {"alias": "b"}]
    assert [path_text(item.path) for item in section.items] == [
        "automation kitchen[0]",
        "automation[0]",
        "automation[1]",
    ]
    assert [item.key for item in section.items] == [0, 1, 2]
    assert str(document.locate(section.data, (2, "alias")).place) == "all.yaml:2:10"


@pytest.mark.parametrize("text", ["automation: {alias: x}", "automation 2:\n  alias: x"])
def test_one_mapping_stands_for_a_list_of_one(text):
    layout = laid_out(text)

    assert layout.sections["automation"].data == [{"alias": "x"}]
    assert "[" not in paths(layout, "automation")[0]


@pytest.mark.parametrize(
    "text", ["automation:", "automation: []", "automation: {}", "automation x:\nautomation:"]
)
def test_an_empty_list_section_is_an_empty_list(text):
    assert laid_out(text).sections["automation"].data == []


def test_a_mapping_section_stays_one():
    layout = laid_out("script:\n  a: {sequence: []}\nscript more:\n  b: {sequence: []}\nsun:\n")

    assert layout.sections["script"].data == {"a": {"sequence": []}, "b": {"sequence": []}}
    assert paths(layout, "script") == ["script.a", "script more.b"]
    assert layout.sections["sun"].data is None


def test_a_section_that_may_be_either_is_a_list_if_a_block_is_one():
    layout = laid_out("mqtt:\n- sensor: {name: x}\nmqtt more:\n  light: {name: y}\n")

    assert layout.sections["mqtt"].data == [{"sensor": {"name": "x"}}, {"light": {"name": "y"}}]
    assert paths(layout, "mqtt") == ["mqtt[0]", "mqtt more"]


def test_homeassistant_is_read_as_hub():
    layout = laid_out(
        "homeassistant:\n  name: Home\n  customize: {light.a: {icon: x}}\nhub: {time_zone: UTC}\n"
    )

    assert layout.sections["hub"].data == {
        "name": "Home",
        "customize": {"light.a": {"icon": "x"}},
        "time_zone": "UTC",
    }
    assert paths(layout, "hub") == ["homeassistant.name", "homeassistant.customize", "hub.time_zone"]
    assert "homeassistant" not in layout.sections


PACKAGES = """\
hub:
  packages:
    garden:
      automation:
        - alias: water
      input_boolean:
        dry: {name: Dry}
      hub: {customize: {light.b: {icon: y}}}
      mqtt: {sensor: [{name: rain}]}
    empty:
  customize: {light.a: {icon: x}}
automation: {alias: own}
input_boolean: {wet: {name: Wet}}
mqtt: {sensor: {name: sun}}
"""


def test_a_package_is_merged():
    layout = laid_out(PACKAGES)

    assert told(layout) == []
    assert {name: section.data for name, section in layout.sections.items()} == {
        "hub": {"customize": {"light.a": {"icon": "x"}, "light.b": {"icon": "y"}}},
        "automation": [{"alias": "own"}, {"alias": "water"}],
        "input_boolean": {"wet": {"name": "Wet"}, "dry": {"name": "Dry"}},
        "mqtt": {"sensor": [{"name": "sun"}, {"name": "rain"}]},
    }
    assert paths(layout, "automation") == ["automation", "hub.packages.garden.automation[0]"]


def test_what_comes_from_a_package_keeps_its_place():
    document = load_text(PACKAGES, "a.yaml")

    sections = lay_out(document).sections

    places = [
        str(document.locate(sections["automation"].data, (1, "alias")).place),
        str(document.locate(sections["input_boolean"].data, ("dry", "name")).place),
        str(document.locate(sections["input_boolean"].data, ("dry",), key=True).place),
        str(document.locate(sections["hub"].data, ("customize", "light.b"), key=True).place),
        str(document.locate(sections["mqtt"].data, ("sensor", 1)).place),
    ]
    assert places == ["a.yaml:5:18", "a.yaml:7:21", "a.yaml:7:9", "a.yaml:8:25", "a.yaml:9:23"]


def test_packages_come_from_a_folder_too(read):
    document = read(
        {
            "main.yaml": "homeassistant:\n  packages: !include_dir_named packages\n",
            "packages/garden.yaml": "automation:\n- alias: water\n",
        }
    )

    section = lay_out(document).sections["automation"]

    assert path_text(section.items[0].path) == "homeassistant.packages.garden.automation[0]"
    assert str(document.locate(section.data, (0,)).place) == "packages/garden.yaml:2:3"


def test_a_package_that_clashes_is_left_out_whole():
    layout = laid_out(
        "hub:\n  packages:\n    one:\n      light: {name: x}\n      timer: {t: {duration: 5}}\n"
        "timer: {t: {duration: 6}}\n"
    )

    assert "light" not in layout.sections
    assert told(layout) == [
        "a.yaml:5:19: hub.packages.one.timer: 'duration' stands twice, first at a.yaml:6:13. "
        "The package 'one' is left out until one is renamed"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("automation: 5", "1:13: automation: should be a list"),
        ("- automation", "1:1: should be a mapping of sections, such as 'automation:'"),
        ("5: x", "1:1: [5]: a section's name should be a text"),
        (
            "hub: {packages: [x]}",
            "1:17: hub.packages: should be a mapping of packages by name. Try !include_dir_named",
        ),
        (
            "hub: {packages: {a: 5}}",
            "1:21: hub.packages.a: should be a mapping of sections, such as 'automation:'",
        ),
        (
            "hub: {packages: {a: {hub: {packages: {}}}}}",
            "1:28: hub.packages.a.hub.packages: a package cannot hold packages",
        ),
        (
            "timer: {a: 1}\ntimer b: {a: 2}",
            "2:11: timer b: 'a' stands twice, first at a.yaml:1:9. Remove one",
        ),
        ("debug: 1\ndebug b: {a: 2}", "2:1: debug b: 'debug' stands twice, first at a.yaml:1:1. Remove one"),
    ],
)
def test_a_top_level_that_makes_no_sense_is_told(text, problem):
    assert told(laid_out(text)) == [f"a.yaml:{problem}"]


def test_a_section_whose_file_is_broken_is_not_there(read):
    document = read({"main.yaml": "automation: !include a.yaml\nsun:\n", "a.yaml": "- ["})

    layout = lay_out(document)

    assert list(layout.sections) == ["sun"]
    assert layout.problems == []


def test_the_document_stays_as_it_was():
    document = load_text(PACKAGES, "a.yaml")
    before = str(document.data)

    lay_out(document)

    assert str(document.data) == before
