"""What the documents say is true: YAML is accepted, commands exist, links lead somewhere."""

from __future__ import annotations

import asyncio
import functools
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel, TypeAdapter

from hub.automation.model import AutomationModel
from hub.building import build_house, prepare
from hub.cli.app import app
from hub.config.model import HubModel
from hub.config.source import load_text
from hub.config.web import WebModel, WebTls
from hub.configuration import read_data, read_files
from hub.core.clock import SystemClock
from hub.core.ports import House
from hub.core.settings import Settings
from hub.loader import Plugins, load_plugins
from hub.mqtt.accounts import UserModel
from hub.mqtt.closed import ClosedMqtt
from hub.mqtt.embedded import EmbeddedEngine
from hub.mqtt.limits import ServerLimits
from hub.mqtt.listening import ListenerModel
from hub.mqtt.tls import ServerTls
from hub.storage.model import Choice, RecorderModel
from hub.testing import SimulatedHouse
from hub.testing.cases import Case
from hub.testing.runner import run_case

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "config.example.yaml"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")])
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_AUTOMATION_KEYS = {
    *AutomationModel.model_fields,
    *("trigger", "condition", "action"),
}
_MANIFEST_KEYS = {"name", "version", "hub_api", "description"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a document."""

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


def blocks(*languages: str) -> list[Block]:
    return [block for document in DOCUMENTS for block in _blocks(document) if block.language in languages]


def _blocks(document: Path) -> Iterator[Block]:
    text = document.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        yield Block(document, text.count("\n", 0, found.start()) + 2, found[1], found[2])


# --- YAML -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_yaml_is_accepted(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(block.document.parent)  # where the examples of plugins have their code
    assert _trouble(block, tmp_path) == []


def _trouble(block: Block, folder: Path) -> list[str]:
    _write_what_it_names(block.text, folder)
    document = load_text(block.text, "example.yaml", root=folder)
    if document.problems or _is_manifest(document.data):
        return [str(problem) for problem in document.problems]
    if _is_cases(document.data):
        _write_its_configuration(block, document.data, folder)
        return [text for case in _cases(document.data) for text in asyncio.run(run_case(case, folder))]
    path = folder / "config.yaml"
    house = _house(block.document.parent, path)
    if isinstance(document.data, dict) and not _is_part(document.data):
        path.write_text(block.text, encoding="utf-8")
        found = read_files(path, house)
    else:
        found = read_data({"automation": [_whole(document.data)]}, house)
    return [str(problem) for problem in found.problems]


def _write_what_it_names(text: str, folder: Path) -> None:
    """Put beside the example the secrets and files that it includes."""
    names = re.findall(r"!secret (\w+)", text)
    (folder / "secrets.yaml").write_text("".join(f"{name}: A-secret-for-tests\n" for name in names))
    for name in re.findall(r"!include ([\w./-]+)", text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}\n" if f"broker: !include {name}" in text else "[]\n")
    for name in re.findall(r"!include_dir_\w+ ([\w./-]+)", text):
        (folder / name).mkdir(parents=True, exist_ok=True)


def _write_its_configuration(block: Block, cases: Any, folder: Path) -> None:
    """Let cases find the file that they name: the block before theirs."""
    names = {case["config_file"] for case in cases if "config_file" in case}
    *_, before = [None, *(each for each in _blocks(block.document) if each.line < block.line)]
    for name in names:
        assert before is not None
        _write_what_it_names(before.text, folder)
        (folder / name).write_text(before.text, encoding="utf-8")


@functools.cache
def _ours() -> Plugins:
    return load_plugins(installed=False)


def _house(example: Path, path: Path) -> House:
    """Build a house with our plugins; for the page of an example of a plugin, with that one as well."""
    if not any(example.glob("hub_*/__init__.py")):
        settings = Settings(config_dir=path.parent, data_dir=path.parent / "data")
        return build_house(SystemClock(), settings, _ours().catalogs, ClosedMqtt())
    path.touch()
    _put_in_its_plugin(example, path.parent)
    return prepare(path)[0]


def _put_in_its_plugin(example: Path, folder: Path) -> None:
    for package in example.glob("hub_*/__init__.py"):
        name = example.name
        shutil.copytree(package.parent, folder / "plugins" / name)
        manifest = f'name: {name}\nversion: "1"\nhub_api: "1"\ndescription: An example\n'
        (folder / "plugins" / name / "manifest.yaml").write_text(manifest)


def _is_manifest(data: Any) -> bool:
    return isinstance(data, dict) and set(data) == _MANIFEST_KEYS


def _is_cases(data: Any) -> bool:
    return isinstance(data, list) and all(isinstance(item, dict) and "expect" in item for item in data)


def _cases(data: Any) -> list[Case]:
    return TypeAdapter(list[Case]).validate_python(data)


def _is_part(data: dict[str, Any]) -> bool:
    return set(data) <= _AUTOMATION_KEYS


def _whole(part: Any) -> dict[str, Any]:
    """Make a whole automation of the part that an example shows."""
    if isinstance(part, dict):
        return {"triggers": [], "actions": [], **part} if not _old(part) else part
    first = part[0]
    if "trigger" in first or "platform" in first:
        return {"triggers": part, "actions": []}
    if "condition" in first:
        return {"triggers": [], "conditions": part, "actions": []}
    return {"triggers": [], "actions": part}


def _old(part: dict[str, Any]) -> bool:
    return "trigger" in part or "action" in part


# --- commands -------------------------------------------------------------------------------------


def _commands() -> Iterator[tuple[str, str]]:
    """Yield each command of the documents with the place where it stands."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        inline = re.findall(r"`((?:hub|scripts/\w+|\.venv/bin/hub)(?: [^`]*)?)`", _FENCE.sub("", text))
        shell = "".join(block.text for block in _blocks(document) if block.language == "sh")
        fenced = [line.strip() for line in shell.splitlines()]
        for command in [*inline, *fenced]:
            yield str(document.relative_to(ROOT)), re.sub(r"\s+#.*", "", command)


def _messages() -> Iterator[tuple[str, str]]:
    """Yield each command that the hub itself names, in what it says or writes."""
    sources = [
        *ROOT.glob("hub/**/*.py"),
        *ROOT.glob("plugins/*/*.py"),
        *ROOT.glob("*.yaml"),
        *ROOT.glob("hub/**/*.yaml"),
    ]
    for source in sources:
        for command in re.findall(r"`(hub [a-z]+(?: [a-z]+)?)[^`]*`", source.read_text(encoding="utf-8")):
            yield str(source.relative_to(ROOT)), command


@pytest.mark.parametrize(("place", "command"), sorted({*_commands(), *_messages()}))
def test_commands_exist(place: str, command: str) -> None:
    words = shlex.split(command)
    assert _is_there(words), f"{place} names {command!r}"


def _is_there(words: list[str]) -> bool:
    program = words[0] if words else ""
    if program.startswith("scripts/"):
        return (ROOT / program).is_file()
    if Path(program).name == "hub":
        return words[1:2] == ["NAME"] or _is_verb(words[1:])  # the verb that a plugin brings
    return True


@functools.cache
def _verbs() -> Any:
    return typer.main.get_command(app)


def _is_verb(words: list[str]) -> bool:
    here: Any = _verbs()
    while hasattr(here, "commands") and words and not words[0].startswith("-"):
        verb, *words = words
        if verb not in here.commands:
            return False
        here = here.commands[verb]
    given = {word.partition("=")[0] for word in words if word.startswith("-")}
    return given <= {"--help", "-h", *(name for parameter in here.params for name in parameter.opts)}


# --- settings -------------------------------------------------------------------------------------

# Taken so that Home Assistant's files can be read; docs/configuration.md says what becomes of them.
_FOREIGN = {
    *("media_dirs", "legacy_templates", "debug"),
    *("allowlist_external_dirs", "allowlist_external_urls", "whitelist_external_dirs"),
    *("auth_providers", "auth_mfa_modules"),
    *("auto_repack", "db_max_retries", "db_retry_wait"),
}


@pytest.mark.parametrize(
    "model",
    [
        *(HubModel, EmbeddedEngine, ListenerModel, UserModel, ServerTls, WebModel, WebTls),
        *(RecorderModel, Choice),
    ],
)
def test_every_setting_stands_in_the_example(model: type[BaseModel]) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    shown = set(re.findall(r"^[\s#-]*(\w+):", text, re.MULTILINE))
    assert set(model.model_fields) - _FOREIGN <= shown


def test_every_limit_stands_in_the_manual() -> None:
    text = (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8")
    assert {name for name in ServerLimits.model_fields if f"`{name}`" not in text} == set()


def test_the_settings_of_other_programs_are_explained() -> None:
    pages = ("configuration.md", "history.md")
    text = "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in pages)
    assert {name for name in _FOREIGN if f"`{name}`" not in text} == set()


def test_the_example_has_no_mistake() -> None:
    house, _ = prepare(EXAMPLE)
    found = read_files(EXAMPLE, house)
    assert [str(problem) for problem in found.problems] == []


# --- links ----------------------------------------------------------------------------------------


def _links() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        text = _FENCE.sub("", document.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" not in target:
                yield str(document.relative_to(ROOT)), target


@pytest.mark.parametrize(("name", "target"), sorted(set(_links())))
def test_links_lead_somewhere(name: str, target: str) -> None:
    path, _, anchor = target.partition("#")
    document = ROOT / name
    found = document.parent / path if path else document
    assert found.exists()
    assert not anchor or anchor in _anchors(found)


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


_OF_OTHERS = {"certificate verify failed", "alert unknown ca", "Address already in use"}
"""What a symptom quotes of other programs."""

# --- what else the manual shows -------------------------------------------------------------------


@pytest.fixture
def plugins_with_knock(tmp_path: Path) -> Plugins:
    """Our plugins and the one that the manual shows."""
    shown = [block for block in blocks("yaml", "python") if block.document.name == "plugins.md"]
    first = next(number for number, block in enumerate(shown) if "hub_api" in block.text)
    folder = tmp_path / "plugins" / "knock"
    folder.mkdir(parents=True)
    for name, block in zip(("manifest.yaml", "__init__.py", "trigger.py"), shown[first:], strict=True):
        (folder / name).write_text(block.text, encoding="utf-8")
    return load_plugins(tmp_path, installed=False)


async def test_the_plugin_of_the_manual_works(plugins_with_knock: Plugins) -> None:
    simulated = SimulatedHouse(plugins=plugins_with_knock)
    knock = {"trigger": "knock", "door": "front", "times": 2}
    simulated.set_up({"automation": [{"triggers": [knock], "actions": [{"action": "test.automation"}]}]})

    simulated.mqtt.deliver("doors/front/knocks", b"3")
    simulated.mqtt.deliver("doors/front/knocks", b"2")

    assert len(simulated.calls) == 1
    await simulated.stop()


def test_the_functions_of_the_manual_exist() -> None:
    text = (ROOT / "docs" / "templates.md").read_text(encoding="utf-8")
    table = text.partition("| to ask for")[2].partition("\n\n")[0]
    names = set(re.findall(r"`(\w+)", table))
    templates = SimulatedHouse().house.templates
    asked = {name: f"{{{{ {name} is defined or '{name}' is filter }}}}" for name in names}
    assert [
        name for name, template in asked.items() if templates.compile(template).render() is not True
    ] == []


def test_the_symptoms_of_the_manual_are_what_the_hub_says() -> None:
    headings = re.findall(r"^### (.*)$", (ROOT / "docs/troubleshooting.md").read_text("utf-8"), re.MULTILINE)
    quoted = [text for heading in headings for text in re.findall(r"`([^`]+)`", heading)]
    sources = (*ROOT.glob("hub/**/*.py"), *ROOT.glob("plugins/*/*.py"))
    said = "".join(source.read_text("utf-8") for source in sources)
    said = re.sub(r"\"\s*\n\s*f?\"", "", said)
    parts = {part.strip("'`:;()? ") for text in quoted for part in text.split("…")} - _OF_OTHERS
    assert {part for part in parts if part not in said} == set()
