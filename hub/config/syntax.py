"""Turn YAML text into parser events, and the parser's complaints into words for people."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

try:
    from _ruamel_yaml import CParser  # type: ignore[import-not-found, unused-ignore]
except ImportError:  # ruamel.yaml.clib is not there: the same events, thirty times slower
    CParser = None

NextEvent = Callable[[], Any]  # the events' classes are loosely typed

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BARE_TEMPLATE = re.compile(r"(?::|-)\s+\{[{%]")
_TEMPLATE_HINT = 'Put quotes around a template: "{{ ... }}"'

# What the parsers say (two spellings each), what it means, what to do. {line} is where the block began,
# {char} what stands at the place. The first that matches counts.
_WORDS: tuple[tuple[str, str, str], ...] = (
    (r"tab character|'\\t' that cannot", "a tab cannot be used to indent", "Use spaces"),
    (
        r"mapping values are not",
        "a ':' cannot stand here",
        "Quote a text that holds ': ', or mend the indent",
    ),
    (r"sequence entries are not", "a list item cannot start here", "Begin the list on the next line"),
    (r"could not find expected ':'", "a key without ':'", "Write 'key: value'"),
    (r"cannot start any token", "a text cannot start with '{char}'", "Put it in quotes"),
    (r"unexpected end of stream", "the quote that opens here is never closed", "Add the closing quote"),
    (r"unexpected document sep", "the quote that opens here is never closed", "Add the closing quote"),
    (r"',' or '\]'", "the list that opens with '[' is not closed", "Add the missing ',' or ']'"),
    (r"',' or '\}'", "the mapping that opens with '{{' is not closed", "Add the missing ',' or '}}'"),
    (
        r"<block end>|expected key|'-' indicator",
        "does not fit the block that began in line {line}",
        "{block}",
    ),
    (r"escape", "an unknown escape after '\\'", "Write '\\\\' for a backslash, or use single quotes"),
    (r"alphabetic or numeric", "a name must follow '&' or '*'", "Put quotes around a text that starts so"),
    (r"undefined tag handle", "an unknown tag", "Put quotes around a text that starts with '!'"),
    (r"node content", "a value is missing", "Is a '[' or '{{' not closed, or a ']' or '}}' too many?"),
    (r"document start", "text after the end of the document", "Remove the '...' or '---' above it"),
    (r"incompatible YAML", "not a version of YAML that can be read", "Remove the %YAML line"),
    (r"directive", "an unknown directive", "Put quotes around a text that starts with '%'"),
    (r"more indented", "an empty line with spaces begins this text", "Remove the empty line"),
    (r"chomping|line break", "more than a line break after '|' or '>'", "Begin the text on the next line"),
)
# Where the trouble began says more than where it was noticed.
_BEGAN = re.compile(r"could not find expected ':'|end of stream|document sep|',' or '[\]}]'|escape")


class SyntaxTrouble(Exception):
    """Text that is no YAML; `line` and `column` count from 1."""

    def __init__(self, line: int, column: int, text: str, hint: str = "") -> None:
        super().__init__(text)
        self.line = line
        self.column = column
        self.text = text
        self.hint = hint


def parser(text: str) -> NextEvent:
    """Return what gives the next event of `text` at each call; both raise SyntaxTrouble."""
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        line, column = position(text[: unreadable.start()])
        raise SyntaxTrouble(line, column, f"an invisible character (code {ord(unreadable[0])})", "Remove it")
    step = _events(text)

    def next_event() -> Any:
        try:
            return step()
        except MarkedYAMLError as error:
            raise _explained(error, text) from None
        except Exception as error:  # a fault of the parser must not end the check
            raise SyntaxTrouble(1, 1, f"is not valid YAML: {error}") from None

    return next_event


def lines(text: str) -> list[str]:
    """Split as the parser counts: by YAML 1.1 there are five ends of a line."""
    return _LINE_END.split(text)


def position(before: str) -> tuple[int, int]:
    """Return the line and column, from 1, of what follows `before`."""
    split = lines(before)
    return len(split), len(split[-1]) + 1


def _events(text: str) -> NextEvent:
    if CParser is None:
        return _pure_events(text)
    step: NextEvent = CParser(text).get_event
    count = 0

    def fast_event() -> Any:
        nonlocal step, count
        try:
            event = step()
        except MarkedYAMLError as error:
            if "unexpected ':'" not in str(error.problem):
                raise
            # The C parser is old: it takes the ':' in `[06:30, 12:00]` for a mistake.
            step = _pure_events(text)
            for _ in range(count):
                step()
            event = step()
        count += 1
        return event

    return fast_event


def _pure_events(text: str) -> NextEvent:
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    events: Any = yaml.parse(text)
    step: NextEvent = events.__next__
    return step


def _explained(error: MarkedYAMLError, text: str) -> SyntaxTrouble:
    said, began = str(error.problem or error.context), error.context_mark
    mark = error.problem_mark or began
    if began and _BEGAN.search(said):
        mark = began
    if mark is None:
        return SyntaxTrouble(1, 1, f"is not valid YAML: {said}")
    all_lines = lines(text)
    if mark.line >= len(all_lines):  # behind a last line that has no end
        return SyntaxTrouble(len(all_lines), len(all_lines[-1]) + 1, *_worded(said, "", mark.line))
    line = all_lines[mark.line]
    what, hint = _worded(said, line[mark.column :], began.line + 1 if began else 1)
    if _BARE_TEMPLATE.search(line):
        hint = _TEMPLATE_HINT
    return SyntaxTrouble(mark.line + 1, mark.column + 1, what, hint)


def _worded(said: str, rest: str, began: int) -> tuple[str, str]:
    char = rest[:1]
    if char == "\t" and "cannot start" in said:
        said = "tab character"
    for pattern, what, hint in _WORDS:
        if re.search(pattern, said):
            names = {"char": char, "line": began, "block": _block_hint(rest)}
            return what.format(**names), hint.format(**names)
    return f"is not valid YAML: {said}", ""


def _block_hint(rest: str) -> str:
    if rest.startswith("- ") or rest.strip() == "-":
        return "Indent the list item as its neighbours, or put a key above it"
    if rest.startswith(("'", '"')) or ":" not in rest:
        return "Check the quotes: nothing may follow a closing quote"
    return "Give it the same indent as its neighbours"
