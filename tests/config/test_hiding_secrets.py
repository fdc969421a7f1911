"""No message, quoted line or format shows the value of a secret."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, field_validator

from hub.config.problems import as_github, as_json, as_text
from hub.config.validate import validate

SECRETS = {"secrets.yaml": "pin: 7531\nword: hunter2\nlogin: {user: ada77, password: 'cor,rect'}\n"}


class Login(BaseModel):
    model_config = ConfigDict(extra="forbid")
    port: int = 0
    mode: str = ""
    ratio: float = 0
    user: dict[str, int] = {}

    @field_validator("mode")
    @classmethod
    def _known(cls, mode: str) -> str:
        raise ValueError(f"there is no mode {mode}", f"Do not write {mode}!")


def everything(read, files, **env):
    document = read({**SECRETS, **files}, **env)
    _, found = validate(Login, document.data, document)
    problems = [*document.problems, *found]
    return problems, as_text(problems) + as_json(problems) + as_github(problems)


@pytest.mark.parametrize(
    ("line", "hidden"),
    [
        ("port: !secret word", "hunter2"),
        ("mode: !secret word", "hunter2"),
        ("mode: !secret pin", "7531"),
        ("user: !secret login", "ada77"),
        ("port: !env_var TOKEN", "s3cr3t-token"),
        ("mode: !env_var TOKEN", "s3cr3t-token"),
    ],
)
def test_a_wrong_secret_is_refused_without_its_value(line, hidden, read):
    problems, told = everything(read, {"main.yaml": f"{line}\n"}, TOKEN="s3cr3t-token")

    assert problems
    assert hidden not in told


def test_a_secret_written_in_clear_elsewhere_is_starred_in_quoted_lines(read):
    problems, told = everything(read, {"main.yaml": "port: {a: hunter2}\nmode: !secret word\n"})

    assert "hunter2" not in told
    assert [problem.excerpt for problem in problems if problem.place.line == 1] == ["port: {a: *******}"]


def test_a_secret_found_after_the_mistake_is_hidden_too(read):
    _, told = everything(read, {"main.yaml": "ratio: !hunter2 x\nmode: !secret word\n"})

    assert "hunter2" not in told


@pytest.mark.parametrize(
    "secrets",
    ["word: *hunter2", "word: !hunter2 x", "word: 'hunter2", "word: !!int hunter2", "hunter2: 1\nhunter2: 2"],
)
def test_a_mistake_in_the_secrets_file_is_placed_but_not_quoted(secrets, read):
    problems, told = everything(read, {"main.yaml": "mode: !secret word\n", "secrets.yaml": secrets})

    assert any(problem.place.file == "secrets.yaml" for problem in problems)
    assert "hunter2" not in told


def test_a_short_secret_hides_only_whole_words(read):
    document = read({"main.yaml": "a: !secret x\n", "secrets.yaml": "x: 12\n"})

    assert document.masked("12 of 123, (12)") == "(hidden) of 123, ((hidden))"
