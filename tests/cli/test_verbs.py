"""A command imports what it needs, and nothing else; help tells of all verbs without importing them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.cli.verbs import VERBS, Verb


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_list_says_of_a_verb_what_its_own_help_says(verb: Verb) -> None:
    command = verb.load()

    assert (command.name, command.hidden) == (verb.name, verb.hidden)
    assert " ".join((command.help or "").partition("\n\n")[0].split()) == verb.help


def test_help_lists_all_verbs() -> None:
    lines = CliRunner().invoke(app, ["--help"]).output.splitlines()

    told = [line.split()[1] for line in lines if line.startswith("│ ") and line[2] != " " and line[2] != "-"]
    assert told == [verb.name for verb in VERBS if not verb.hidden]


def test_a_misspelt_verb_is_told_with_the_one_that_is_meant() -> None:
    result = CliRunner().invoke(app, ["chekc"])

    assert result.exit_code == 2
    assert "'check'" in result.output


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["--help"], {"pydantic", "sqlite3", "hub.app", "plugins.mqtt"}),
        (["status", "--help"], {"sqlite3", "hub.app", "plugins.mqtt"}),
        (["check", "--help"], {"hub.app", "OpenSSL", "cryptography", "wsproto", "plugins.mqtt.climate"}),
    ],
)
def test_a_command_does_not_import_what_it_does_not_need(words: list[str], heavy: set[str]) -> None:
    script = "import sys; from hub.cli.app import app; app(standalone_mode=False); print('\\n', *sys.modules)"
    told = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)

    assert heavy & set(told.stdout.splitlines()[-1].split()) == set()
