"""The table in docs/mqtt-conformance.md names every statement of the standard, and the tests that show it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
TABLE = Path(__file__).parents[3] / "docs" / "mqtt-conformance.md"

CHAPTERS = {
    "1.5.3": 3,
    "2.2.2": 2,
    "2.3.1": 7,
    "3.1.0": 2,
    "3.1.2": 24,
    "3.1.3": 11,
    "3.1.4": 5,
    "3.2.0": 1,
    "3.2.2": 6,
    "3.3.1": 12,
    "3.3.2": 3,
    "3.3.4": 1,
    "3.3.5": 2,
    "3.6.1": 1,
    "3.8.1": 1,
    "3.8.3": 4,
    "3.8.4": 6,
    "3.9.3": 2,
    "3.10.1": 1,
    "3.10.3": 2,
    "3.10.4": 6,
    "3.12.4": 1,
    "3.14.1": 1,
    "3.14.4": 3,
    "4.1.0": 2,
    "4.3.1": 1,
    "4.3.2": 2,
    "4.3.3": 2,
    "4.4.0": 1,
    "4.5.0": 2,
    "4.6.0": 6,
    "4.7.1": 3,
    "4.7.2": 1,
    "4.7.3": 4,
    "4.8.0": 2,
    "6.0.0": 4,
    "7.0.0": 2,
    "7.1.1": 1,
    "7.1.2": 1,
}
"""How many statements each section has (MQTT 3.1.1, appendix B)."""
STATEMENTS = {f"MQTT-{section}-{n}" for section, count in CHAPTERS.items() for n in range(1, count + 1)}

_NAMED = re.compile(r"test_mqtt_(\d+)_(\d+)_(\d+)_(\d+)_")
_NUMBER = re.compile(r"MQTT-\d+\.\d+\.\d+-\d+")
_ROW = re.compile(r"^\| \[(MQTT-[^]]+)] \| .+ \| (.*) \|$", re.MULTILINE)


def shown() -> dict[str, set[str]]:
    """Return the tests that carry each number, in their own name or in those of their cases."""
    found: dict[str, set[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        if path != Path(__file__):
            for number, test in _tests(ast.parse(path.read_text(encoding="utf-8"))):
                found.setdefault(number, set()).add(test)
    return found


def _tests(tree: ast.Module) -> Iterator[tuple[str, str]]:
    tables = {
        target.id: set(_NUMBER.findall(ast.unparse(node)))
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in tree.body:
        if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        for parts in _NAMED.findall(node.name):
            yield f"MQTT-{'.'.join(parts[:3])}-{parts[3]}", node.name
        for decorator in node.decorator_list:
            text = ast.unparse(decorator)
            names = {name.id for name in ast.walk(decorator) if isinstance(name, ast.Name)}
            numbers = set(_NUMBER.findall(text)).union(*(tables.get(name, set()) for name in names))
            yield from ((number, node.name) for number in numbers)


def table() -> dict[str, set[str]]:
    rows = _ROW.findall(TABLE.read_text(encoding="utf-8"))
    assert len(rows) == len(dict(rows)), "a statement stands there twice"
    return {number: set(re.findall(r"`(test_\w+)`", tests)) for number, tests in rows}


def test_the_table_has_every_statement_of_the_standard() -> None:
    assert table().keys() == STATEMENTS


def test_the_table_and_the_tests_say_the_same() -> None:
    assert {number: tests for number, tests in table().items() if tests} == shown()


def test_only_what_concerns_others_has_no_test() -> None:
    others = {number for number, tests in table().items() if not tests}
    text = TABLE.read_text(encoding="utf-8")
    reasons = dict(_ROW.findall(text))
    assert {reasons[number] for number in others} <= {"the client's", "the [bridge](mqtt.md)'s"}
    assert len(others) == 9
