"""Files become plain data: with aliases, merged keys, includes, secrets and the environment."""

from __future__ import annotations

import pytest

from hub.config.scalars import Input
from hub.config.source import load, load_text

pytestmark = pytest.mark.usefixtures("each_parser")


def test_data_are_plain():
    document = load_text("a: [1, 'x', {b: 2.5}]\nc:\n7: true\n")

    assert document.data == {"a": [1, "x", {"b": 2.5}], "c": None, 7: True}
    assert document.problems == []


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "---\n...\n", "\n\n"])
def test_an_empty_file_holds_nothing(text):
    document = load_text(text)

    assert document.data is None
    assert document.problems == []


def test_times_in_a_flow_list_stay_text():
    assert load_text("at: [06:30, 12:00:00]\nb: 1").data == {"at": ["06:30", "12:00:00"], "b": 1}


def test_byte_order_mark_and_crlf_are_accepted(read):
    document = read({"main.yaml": b"\xef\xbb\xbfa: 1\r\nb:\r\n  - x\r\n"})

    assert document.data == {"a": 1, "b": ["x"]}
    assert str(document.place(("b", 0))) == "main.yaml:3:5"


def test_an_alias_repeats_and_a_merge_gives_defaults():
    document = load_text(
        "base: &base {mode: single, max: 1}\n"
        "more: &more {max: 5, icon: x}\n"
        "same: *base\n"
        "one:\n  <<: *base\n  max: 2\n"
        "both:\n  <<: [*base, *more]\n"
    )

    assert document.data["same"] == {"mode": "single", "max": 1}
    assert document.data["one"] == {"mode": "single", "max": 2}
    assert document.data["both"] == {"mode": "single", "max": 1, "icon": "x"}
    assert document.problems == []


def test_an_include_is_found_beside_the_file_that_asks(read):
    document = read(
        {
            "main.yaml": "a: !include sub/b.yaml\n",
            "sub/b.yaml": "c: !include c.yaml\n",
            "sub/c.yaml": "- 1\n",
        }
    )

    assert document.data == {"a": {"c": [1]}}
    assert document.files == ["main.yaml", "sub/b.yaml", "sub/c.yaml"]


def test_an_empty_include_is_an_empty_mapping(read):
    assert read({"main.yaml": "a: !include b.yaml\n", "b.yaml": "# later\n"}).data == {"a": {}}


@pytest.mark.parametrize(
    ("tag", "files", "value"),
    [
        ("!include_dir_list", {"d/b.yaml": "x", "d/a/z.yaml": "[1]", "d/empty.yaml": ""}, [[1], "x"]),
        ("!include_dir_merge_list", {"d/b.yaml": "[3]", "d/a.yaml": "[1, 2]"}, [1, 2, 3]),
        ("!include_dir_named", {"d/b.yaml": "x: 1", "d/a.yaml": ""}, {"a": {}, "b": {"x": 1}}),
        ("!include_dir_merge_named", {"d/b.yaml": "x: 1", "d/a/c.yaml": "y: 2"}, {"y": 2, "x": 1}),
    ],
)
def test_a_folder_is_included(tag, files, value, read):
    hidden = {"d/.hidden.yaml": "x", "d/.git/x.yaml": "x", "d/secrets.yaml": "x: 1", "d/readme.txt": "x"}

    document = read({"main.yaml": f"all: {tag} d\n", **files, **hidden})

    assert document.data == {"all": value}
    assert document.problems == []


def test_one_bad_file_of_a_folder_leaves_the_others(read):
    document = read({"main.yaml": "all: !include_dir_merge_list d\n", "d/a.yaml": "- [", "d/b.yaml": "- 1\n"})

    assert document.data == {"all": [1]}
    assert [str(problem.place) for problem in document.problems] == ["d/a.yaml:1:4"]


def test_the_nearest_secret_upwards_counts(read):
    document = read(
        {
            "main.yaml": "top: !secret wifi\nsub: !include sub/deep/b.yaml\n",
            "secrets.yaml": "wifi: root-wifi\nmail: root-mail\n",
            "sub/secrets.yaml": "wifi: sub-wifi\n",
            "sub/deep/b.yaml": "[!secret wifi, !secret mail]\n",
        }
    )

    assert document.data == {"top": "root-wifi", "sub": ["sub-wifi", "root-mail"]}


def test_secrets_above_the_root_are_not_read(read, tmp_path):
    (tmp_path / "secrets.yaml").write_text("wifi: outside\n")

    assert "no secret 'wifi'" in str(read("a: !secret wifi\n").problems[0])


def test_a_variable_comes_from_the_environment_or_its_default(read):
    document = read("a: !env_var HOST\nb: !env_var PORT 1883\nc: !env_var NAME two words\n", HOST="broker")

    assert document.data == {"a": "broker", "b": "1883", "c": "two words"}


def test_the_process_environment_is_the_default(monkeypatch):
    monkeypatch.setenv("HEARTH_TEST", "x")

    assert load_text("!env_var HEARTH_TEST").data == "x"


def test_an_input_is_kept_for_blueprints():
    given = load_text("a: !input motion_sensor", "b.yaml").data["a"]

    assert isinstance(given, Input)
    assert given.name == "motion_sensor"
    assert str(given.place) == "b.yaml:1:4"


def test_a_link_that_leads_out_is_refused(read, tmp_path):
    (tmp_path / "outside.yaml").write_text("x: 1\n")
    (tmp_path / "config" / "d").mkdir(parents=True)
    (tmp_path / "config" / "d" / "link.yaml").symlink_to(tmp_path / "outside.yaml")

    document = read("a: !include d/link.yaml\nb: !include_dir_list d\n")

    assert ["outside the configuration" in problem.text for problem in document.problems]
    assert [problem.place.line for problem in document.problems] == [1, 2]
    assert "x" not in str(document.data)


def test_a_text_without_a_root_can_include_nothing():
    document = load_text("a: !include b.yaml\nb: !secret c\n", "draft")

    assert [str(problem) for problem in document.problems] == [
        "draft:1:4: a: '!include' cannot be used here",
        "draft:2:4: b: '!secret' cannot be used here",
    ]


def test_a_missing_file_is_a_problem_not_an_exception(tmp_path):
    document = load(tmp_path / "hub.yaml")

    assert [str(problem) for problem in document.problems] == ["hub.yaml: there is no file 'hub.yaml'"]


def test_all_mistakes_of_a_file_are_told_at_once():
    document = load_text("a: !x 1\na: 2\nb: *c\n")

    assert [problem.place.line for problem in document.problems] == [1, 2, 3]


def test_a_folder_that_is_not_there_counts_as_empty(read) -> None:
    document = read("a: !include_dir_merge_list automations/\nb: !include_dir_named packages\n")

    assert document.data == {"a": [], "b": {}}
    assert [problem.severity for problem in document.problems] == ["warning", "warning"]


def test_the_folder_of_a_container_is_the_root(read) -> None:
    files = {
        "main.yaml": "a: !include parts/a.yaml\n",
        "parts/a.yaml": "!include /config/b.yaml",
        "b.yaml": "x: 1",
    }

    assert read(files).data == {"a": {"x": 1}}
