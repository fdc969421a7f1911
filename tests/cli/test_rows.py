"""What strangers named reaches a terminal as text and never as an order."""

from __future__ import annotations

import pytest

from hub.cli.rows import say, show_rows

WICKED = "\x1b]0;mine\x07\x9b2J[red]lamp[/red]"


def test_text_keeps_its_lines_and_gives_no_orders(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"Küche\n{WICKED}")

    assert capsys.readouterr().out == "Küche\n\\x1b]0;mine\\x07\\x9b2J[red]lamp[/red]\n"


def test_a_table_takes_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows([{"name": WICKED, "labels": ["a", "b"]}], ("name", "labels"), as_json=False, nothing="none")

    assert capsys.readouterr().out.splitlines()[1].split("  ")[:2] == [
        "\\x1b]0;mine\\x07\\x9b2J[red]lamp[/red]",
        "a, b",
    ]
