"""The pages of docs/reference, as text by their place."""

from __future__ import annotations

import inspect
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from hub.automation.model import AutomationModel, ScriptModel
from hub.building import prepare
from hub.config.dashboards import DashboardModel
from hub.config.model import HubModel
from hub.config.web import WebModel
from hub.kinds import Action, Condition, Trigger
from hub.registry.declared import BrokerModel, RegistryModel
from hub.storage.model import RecorderModel, ShownModel
from scripts.reference import examples, hooks
from scripts.reference.meanings import ROOT
from scripts.reference.pieces import HIDDEN, example, models, more, nested, said, table, unwrapped

_HEAD = "<!-- Written by scripts/reference from the models. Don't change it here. -->\n\n"
_CORE: dict[str, tuple[type[BaseModel], str]] = {
    "hub": (HubModel, "configuration.md"),
    "web": (WebModel, "web.md"),
    "dashboards": (DashboardModel, "pages.md"),
    "recorder": (RecorderModel, "history.md"),
    "logbook": (ShownModel, "history.md"),
    "history": (ShownModel, "history.md"),
    "registries": (RegistryModel, "iot-core.md"),
    "brokers": (BrokerModel, "iot-core.md"),
    "automation": (AutomationModel, "automations.md"),
    "script": (ScriptModel, "automations.md"),
}
_MANUAL = {
    "safety": "safety.md",
    "backup": "backup.md",
    "energy": "energy.md",
    "telemetry": "telemetry.md",
    "embedded": "mqtt.md",
    "external": "mqtt.md",
}
_COMMON_TRIGGER = ("id", "alias", "variables", "enabled")
_COMMON_CONDITION = ("alias", "enabled")
_COMMON_ACTION = ("alias", "enabled", "continue_on_error")


def all_pages() -> dict[str, str]:
    """Return every page by its path below docs/reference."""
    with tempfile.TemporaryDirectory() as folder:
        house, _ = prepare(Path(folder) / "config.yaml", safe=True)
    pages = dict(_all(house.kinds))
    pages["README.md"] = _index(pages)
    return {path: _HEAD + re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" for path, text in pages.items()}


def _all(kinds: Any) -> Iterator[tuple[str, str]]:
    yield "parts/triggers.md", _parts("Triggers", "trigger", kinds.triggers.items(), Trigger, _COMMON_TRIGGER)
    yield (
        "parts/conditions.md",
        _parts("Conditions", "condition", kinds.conditions.items(), Condition, _COMMON_CONDITION),
    )
    yield "parts/actions.md", _parts("Actions", "action", kinds.actions.items(), Action, _COMMON_ACTION)
    for name, (model, page) in _CORE.items():
        yield f"sections/{name}.md", _section(name, model, ROOT / "docs" / page)
    yield "sections/broker.md", _engines(dict(kinds.engines.items()))
    for name, model in kinds.integrations.items():
        if name != "mqtt":
            yield f"sections/{name}.md", _section(name, model, _page_of(model, name))
    yield from _platforms(dict(kinds.platforms.items()))
    yield from _services(kinds)
    yield "hooks.md", hooks.page()


def _page_of(model: type[BaseModel], name: str = "") -> Path:
    if name in _MANUAL:
        return ROOT / "docs" / _MANUAL[name]
    parts = model.__module__.split(".")
    return ROOT / "plugins" / parts[1] / "README.md" if parts[0] == "plugins" else ROOT / "docs/README.md"


# --- pages ----------------------------------------------------------------------------------------


def _parts(
    title: str,
    category: str,
    kinds: Iterable[tuple[str, type[BaseModel]]],
    base: type[BaseModel],
    common: tuple[str, ...],
) -> str:
    text = [f"# {title}\n", f"Every {category} takes these:\n"]
    text.append(table(base, Path(), (), only=common))
    for name, kind in sorted(kinds):
        if "." in name:  # one of `device` for a domain; its keys come from the device
            continue
        page = _page_of(kind)
        text.append(f"\n## {name}\n\n{said(kind)} {more(page)}\n")
        text.append(table(kind, page, (category, name), without=(*common, *HIDDEN - {name})))
        text.append(nested(kind, page, (category, name), 3))
        shown = examples.step(page, name) if category == "action" else examples.part(page, category, name)
        text.append(example(shown))
    return "\n".join(filter(None, text))


def _section(name: str, model: type[BaseModel], page: Path) -> str:
    model, form = unwrapped(model)
    hints = (name, name.removeprefix("input_"))
    text = [f"# {name}\n", f"{said(model)} {more(page)}\n"]
    if form:
        text.append(f"{form}:\n")
    text.append(table(model, page, hints, without=tuple(HIDDEN)))
    text.append(nested(model, page, hints, 2))
    text.append(example(examples.section(page, name)))
    return "\n".join(filter(None, text))


def _engines(engines: Mapping[str, type[BaseModel]]) -> str:
    text = ["# broker\n", "The MQTT server, or another one: `engine` says which.\n"]
    order = sorted(engines, key=lambda name: (name != "embedded", name))
    for name in order:
        kind = engines[name]
        page = _page_of(kind, name)
        usual = ", the usual one" if name == "embedded" else ""
        text.append(f"\n## engine: {name}\n\n{said(kind)} {more(page)}{usual and ' It is the usual one.'}\n")
        text.append(table(kind, page, (name,), without=("engine",)))
        text.append(nested(kind, page, (name,), 3))
    text.append(example(examples.section(ROOT / "docs/mqtt.md", "broker")))
    return "\n".join(filter(None, text))


def _platforms(platforms: Mapping[str, type[BaseModel]]) -> Iterator[tuple[str, str]]:
    options = next(kind for name, kind in platforms.items() if name == "registry.sensor")
    base = next(each for each in options.__mro__ if each.__name__ == "EntityOptions")
    by_platform: dict[str, dict[str, type[BaseModel]]] = {}
    for name, kind in platforms.items():
        platform, _, domain = name.partition(".")
        by_platform.setdefault(platform, {})[domain] = kind
    page = _page_of(base)
    yield "mqtt/README.md", _of_mqtt(base, page, by_platform["registry"])
    for domain, kind in by_platform.pop("registry").items():
        yield f"mqtt/{domain}.md", _mqtt_domain(domain, kind, base, page)
    for platform, kinds in by_platform.items():
        yield f"platforms/{platform}.md", _platform(platform, kinds)


def _of_mqtt(base: type[BaseModel], page: Path, domains: Iterable[str]) -> str:
    links = ", ".join(f"[{domain}]({domain}.md)" for domain in sorted(domains))
    return "\n".join(
        [
            "# mqtt\n",
            f"Entities over MQTT, by hand under `mqtt:` or announced by devices. {more(page)}\n",
            f"{links}.\n",
            "Every one of them takes these:\n",
            table(base, page, ("entit",)),
            nested(base, page, ("device",), 2),
        ]
    )


def _mqtt_domain(domain: str, kind: type[BaseModel], base: type[BaseModel], page: Path) -> str:
    hints = (domain, domain.replace("_", " "))
    text = [f"# {domain} over MQTT\n", f"{said(kind)} [What all entities take](README.md). {more(page)}\n"]
    for title, model in _schemas(kind):
        if title:
            text.append(f"\n## {title}\n\n{said(model)}\n")
        text.append(table(model, page, hints, without=tuple(base.model_fields)))
        text.append(nested(model, page, hints, 3 if title else 2, apart=models(base)))
    needed = [name for name, field in kind.model_fields.items() if field.is_required()]
    text.append(example(examples.over_mqtt(page, domain) or examples.made_up(domain, needed)))
    return "\n".join(filter(None, text))


def _schemas(kind: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the forms of a kind: a light has three, by `schema:`."""
    made = inspect.getmodule(kind)
    lights = getattr(made, "LIGHTS", None)
    if kind.model_fields or lights is None:
        yield "", kind
        return
    for name, each in lights.items():
        yield f"schema: {name}", each


def _platform(platform: str, kinds: Mapping[str, type[BaseModel]]) -> str:
    page = _page_of(next(iter(kinds.values())))
    text = [f"# platform: {platform}\n", f"{more(page)}\n"]
    for domain, kind in kinds.items():
        model, form = unwrapped(kind)
        text.append(f"\n## {domain}\n\n{said(kind)}\n")
        text.append(f"{form}:\n" if form else "")
        hints = (platform, domain)
        text.append(table(model, page, hints, without=tuple(HIDDEN)))
        text.append(nested(model, page, hints, 3))
        text.append(example(examples.platform(page, domain, platform)))
    return "\n".join(filter(None, text))


def _services(kinds: Any) -> Iterator[tuple[str, str]]:
    for name, domain in sorted(kinds.domains.items()):
        services: Mapping[str, type[BaseModel]] = domain.services
        if not services:
            continue
        page = _page_of(domain)
        text = [f"# Services of {name}\n", f"For entities of the class `{name}`. {more(page)}\n"]
        bare = [f"`{name}.{each}`" for each, data in sorted(services.items()) if data.__name__ == "NoData"]
        if bare:
            text.append(f"These take nothing but their target: {', '.join(bare)}.\n")
        for service, data in sorted(services.items()):
            if data.__name__ == "NoData":
                continue
            text.append(f"\n## {name}.{service}\n\n{said(data)}\n")
            text.append(table(data, page, (name, service)) or "It takes nothing but its target.\n")
            text.append(nested(data, page, (name, service), 3))
        yield f"services/{name}.md", "\n".join(filter(None, text))


def _index(pages: Mapping[str, str]) -> str:
    titles = {
        "parts": "Of automations and scripts",
        "sections": "Sections of the configuration",
        "mqtt": "Entities over MQTT",
        "platforms": "Platforms of other entities",
        "services": "Services of entities",
    }
    text = [
        "# YAML reference\n",
        "Every key that there is, with what it takes and what holds without it. These pages are written from "
        "the very models that read your YAML, so they can't be behind. What it is good for is told by the "
        "page that each of them names. `hub schema` gives the same to editors.\n",
        'A *duration* is `"00:05:00"`, a number of seconds, or a mapping such as `{minutes: 5}`. Where *one '
        "or several* are taken, one needs no list. A [template](../templates.md) is a text.\n",
    ]
    for folder, title in titles.items():
        inside = sorted(path for path in pages if path.startswith(f"{folder}/"))
        links = ", ".join(
            f"[{Path(path).stem if 'README' not in path else 'all'}]({path})" for path in inside
        )
        text.append(f"## {title}\n\n{links}\n")
    return "\n".join(text)
