"""No file can exhaust the machine: it is refused early, and the message says why."""

from __future__ import annotations

import os

import pytest

from hub.config.files import BIGGEST
from hub.config.problems import Problem
from hub.config.reading import Budget
from hub.config.source import load, load_text

DEEPEST = Budget().levels
LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 30)
)
MERGES = "b0: &b0 {k0: 1}\n" + "".join(
    f"b{level}: &b{level}\n  <<: [{', '.join([f'*b{level - 1}'] * 9)}]\n  k{level}: 1\n"
    for level in range(1, 30)
)


def only(problems: list[Problem]) -> Problem:
    (problem,) = problems
    return problem


@pytest.mark.parametrize("text", [LAUGHS, MERGES], ids=["aliases", "merges"])
def test_an_alias_bomb_is_refused(text):
    document = load_text(text)

    assert "values in all" in only(document.problems).text
    assert document.data is None


def test_a_bomb_of_includes_is_refused(read):
    files = {f"f{level}.yaml": f"[{', '.join([f'!include f{level + 1}.yaml'] * 9)}]" for level in range(12)}

    document = read({"main.yaml": "!include f0.yaml", **files, "f12.yaml": "[x, x, x, x, x, x, x, x, x]"})

    assert "values in all" in only(document.problems).text


def test_a_long_chain_of_includes_is_refused(read):
    files = {f"f{level}.yaml": f"!include f{level + 1}.yaml" for level in range(50)}

    document = read({"main.yaml": "a: !include f0.yaml", **files})

    assert "files include one another" in only(document.problems).text


def test_depth_counts_through_includes(read):
    half = "[" * (DEEPEST // 2 + 1)

    document = read(
        {
            "main.yaml": f"{half}!include deep.yaml{half.replace('[', ']')}",
            "deep.yaml": f"{half}{half.replace('[', ']')}",
        }
    )

    assert only(document.problems).place.file == "deep.yaml"


def test_depth_counts_through_aliases():
    half = DEEPEST // 2 + 1
    chain = "".join(f"a{index}: &a{index} {'[' * half}*a{index - 1}{']' * half}\n" for index in range(1, 50))

    document = load_text(f"a0: &a0 {'[' * half}{']' * half}\n{chain}", "a.yaml")

    assert str(document.problems[0].place) == f"a.yaml:2:{half + 9}"
    assert "levels deep" in document.problems[0].text


def test_depth_counts_through_a_file_that_is_included_again(read):
    half = "[" * (DEEPEST // 2 + 1)

    document = read(
        {
            "main.yaml": f"[!include deep.yaml, {half}!include deep.yaml{half.replace('[', ']')}]",
            "deep.yaml": f"{half}{half.replace('[', ']')}",
        }
    )

    assert "levels deep" in only(document.problems).text


def test_a_text_that_is_too_big_is_refused():
    assert "bigger than 4 MiB" in only(load_text("#" * (BIGGEST + 1)).problems).text


def test_a_big_file_is_refused_unread(read, tmp_path):
    (tmp_path / "config").mkdir()
    with (tmp_path / "config" / "big.yaml").open("wb") as file:
        file.truncate(BIGGEST * 100)

    assert "bigger than 4 MiB" in only(read("a: !include big.yaml").problems).text


def test_a_pipe_is_not_waited_for(read, tmp_path):
    (tmp_path / "config").mkdir()
    os.mkfifo(tmp_path / "config" / "pipe.yaml")

    assert "not an ordinary file" in only(read("a: !include pipe.yaml").problems).text


def test_a_loop_of_links_is_refused(read, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "loop.yaml").symlink_to("loop.yaml")

    assert len(read("a: !include loop.yaml").problems) == 1


def test_a_name_that_no_file_can_have_is_refused(read):
    assert len(read(f'a: !include {"x" * 5000}\nb: !include "x\\0y"\n').problems) == 2


def test_mistakes_are_counted_only_so_far():
    problems = load_text("- !x 1\n" * 5000).problems

    assert len(problems) < 300
    assert "Mend those first" in problems[-1].hint


def test_a_very_long_number_is_text():
    assert load_text(f"a: {'9' * 100_000}").data == {"a": "9" * 100_000}


def test_a_folder_as_the_configuration_is_a_problem(tmp_path):
    assert len(load(tmp_path).problems) == 1
