"""A command as it stands in the YAML: a program and its words, in which templates may stand."""

from __future__ import annotations

import re
import shlex
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema

from hub.api import HubError, Parsing, Template, TemplateError, looks_like_template, refuse
from plugins.command_line.running import run_program

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARK = "\ue000{}\ue001"
_MARKED = re.compile("\ue000(\\d+)\ue001")


class Program:
    """A program and what it is called with. What a template renders stays one word, whatever is in it."""

    def __init__(self, text: str, words: tuple[str | Template, ...]) -> None:
        self.text = text
        self._words = words

    @property
    def path(self) -> str:
        return str(self._words[0])

    async def output(self, seconds: float, given: str | None = None) -> str:
        """Run it and return what it prints; raises `HubError` if it fails, or takes too long."""
        status, told, complaint = await self.run(seconds, given)
        if status:
            first = complaint.strip().partition("\n")[0]
            raise HubError(f"{self.path} failed with {status}{f': {first}' if first else ''}")
        return told

    async def run(self, seconds: float, given: str | None = None) -> tuple[int, str, str]:
        """Run it; return its exit status, what it prints, what it complains. `given` is what it reads."""
        words = [word if isinstance(word, str) else word.text() for word in self._words]
        return await run_program(words, seconds, given)


def _parse(value: Any, info: ValidationInfo) -> Program:
    if isinstance(value, Program):
        return value
    if not isinstance(value, str) or not value.strip():
        raise refuse("a command is a text, such as /usr/bin/uptime -p")
    templates: list[str] = []

    def keep(found: re.Match[str]) -> str:
        templates.append(found[0])
        return _MARK.format(len(templates) - 1)

    try:
        words = shlex.split(_TEMPLATE.sub(keep, value))
    except ValueError:
        raise refuse(f"a quote in {value!r} is not closed") from None
    whole = [_MARKED.sub(lambda found: templates[int(found[1])], word) for word in words]
    if looks_like_template(whole[0]):
        raise refuse("the program itself can't be a template", "Only what it is called with can be one.")
    templating = Parsing.of(info).templates
    try:
        return Program(
            value, tuple(templating.compile(word) if looks_like_template(word) else word for word in whole)
        )
    except TemplateError as error:
        raise refuse(error.problem, error.remedy) from error


ProgramField = Annotated[Program, PlainValidator(_parse), WithJsonSchema({"type": "string"})]
