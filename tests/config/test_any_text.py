"""Whatever the text, reading it ends with data and problems, never with an exception."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.config import syntax
from hub.config.layout import lay_out
from hub.config.problems import as_github, as_json, as_text
from hub.config.source import load_text

PIECES = [
    *"abx01 \n\t:-?,[]{}#&*!|>'\"%@`~<=.\\/_\r\x00\x85\u2028é😀",
    "\n  ",
    "\n- ",
    ": ",
    "{{ ",
    " }}",
    "<<: ",
    "&a ",
    "*a",
    "!include ",
    "!secret ",
    "!input ",
    "!env_var ",
    "!!int ",
    "!!python/name:x ",
    "on",
    "12:30",
    "\\ud800",
    '"\\u0041"',
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "automation ",
    "homeassistant:",
    "packages:",
]
TEXTS = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read(text):
    document = load_text(text, "any.yaml", env={})
    layout = lay_out(document)

    problems = [*document.problems, *layout.problems]
    assert as_text(problems).count("any.yaml") >= len(set(problems))
    assert as_json(problems)
    annotations = as_github(problems)
    assert annotations.count("::error") + annotations.count("::warning") == len(set(problems))


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_each_problem_has_a_line_that_the_text_has(text):
    lines = len(syntax.lines(text))

    document = load_text(text, "any.yaml", env={})

    assert all(1 <= problem.place.line <= lines for problem in document.problems)
