"""Examples of each kind, taken from the YAML that the manual's pages show: it is tried there."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OWN = {
    "history_stats": """\
sensor:
  - platform: history_stats
    name: Heating today
    entity_id: switch.heater
    state: "on"
    start: "{{ today_at() }}"
    end: "{{ now() }}"
""",
    "logbook": """\
logbook:
  exclude:
    domains: [sun]
""",
    "history": """\
history:
  exclude:
    entities: [sensor.uptime]
""",
}
"""Of what no page shows an example."""
_FIRST = {
    "image": "image_topic",
    "lawn_mower": "start_mowing_command_topic",
    "water_heater": "temperature_command_topic",
}
"""The option that makes the least entity, where no single one is needed."""
_TAG = re.compile(r"!(secret|include\w*|env_var) ")


def _reader() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True  # `"22:00"` has them for a reason that other programs know
    return yaml


@functools.cache
def _documents(pages: tuple[Path, ...]) -> tuple[Any, ...]:
    return tuple(_read(pages))


def _read(pages: tuple[Path, ...]) -> Iterator[Any]:
    for page in pages:
        for block in _FENCE.findall(page.read_text(encoding="utf-8")):
            if "!" in block and _TAG.search(block):
                block = re.sub(r"!(\w+) ([\w./-]+)", r"'!\1 \2'", block)
            try:
                yield _reader().load(block)
            except YAMLError:
                continue


@functools.cache
def _all() -> tuple[Any, ...]:
    readme = sorted(ROOT.glob("plugins/*/README.md"))
    pages = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("docs/cookbook/*.md")])
    return _documents((*readme, *pages))


def everywhere(page: Path) -> tuple[Any, ...]:
    """Return the YAML of the pages, that of the kind's own page first."""
    return (*(_documents((page,)) if page.is_file() else ()), *_all())


def _mappings(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
        for each in data.values():
            yield from _mappings(each)
    elif isinstance(data, list):
        for each in data:
            yield from _mappings(each)


def part(page: Path, key: str, name: str) -> str:
    """Return a trigger or condition of this name: a mapping that has `key: name`."""
    for data in everywhere(page):
        for found in _mappings(data):
            if found.get(key) == name and "id" not in found and len(found) > 1:
                return dumped([found])
    return ""


def step(page: Path, key: str) -> str:
    """Return an action that begins with this key."""
    for data in everywhere(page):
        for found in _mappings(data):
            if (
                found is not data
                and next(iter(found), None) == key
                and not {"triggers", "alias", "use_blueprint"} & set(found)
            ):
                return dumped([found])
    return ""


def platform(page: Path, domain: str, name: str) -> str:
    """Return an entity of a platform."""
    if name in _OWN:
        return _OWN[name]
    for data in everywhere(page):
        if isinstance(data, dict) and isinstance(data.get(domain), list):
            for found in data[domain]:
                if isinstance(found, dict) and found.get("platform") == name:
                    return dumped({domain: [found]})
    return ""


def _has(data: Any, name: str) -> bool:
    return isinstance(data, dict) and bool(data.get(name)) and "expect" not in data


def section(page: Path, name: str) -> str:
    """Return a whole section, the shortest that is not empty."""
    if name in _OWN:
        return _OWN[name]
    own = _documents((page,)) if page.is_file() else ()
    found = [[dumped({name: data[name]}) for data in some if _has(data, name)] for some in (own, _all())]
    return found[0][0] if found[0] else min(found[1], key=len, default="")


def over_mqtt(page: Path, domain: str) -> str:
    """Return an MQTT entity of a domain."""
    for data in everywhere(page):
        blocks = data.get("mqtt") if isinstance(data, dict) else None
        for block in blocks if isinstance(blocks, list) else [blocks]:
            found = block.get(domain) if isinstance(block, dict) else None
            if found:
                return dumped({"mqtt": [{domain: found[0] if isinstance(found, list) else found}]})
    return ""


def made_up(domain: str, needed: list[str]) -> str:
    """Return an MQTT entity with nothing but what it needs."""
    values: dict[str, Any] = {"options": ["one", "two"], "event_types": ["press"]}
    keys = needed or [_FIRST.get(domain, "command_topic")]
    topics = {key: f"home/{domain}/set" if "command" in key else f"home/{domain}" for key in keys}
    options = {key: values.get(key, topics[key]) for key in keys}
    return dumped({"mqtt": [{domain: {"name": domain.replace("_", " ").capitalize(), **options}}]})


def dumped(data: Any) -> str:
    """Return data as YAML, without the comments of the place it is from."""
    text = StringIO()
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 100
    yaml.allow_unicode = True
    yaml.dump(_bare(data), text)
    shown = re.sub(r"'!(\w+) ([\w./-]+)'", r"!\1 \2", text.getvalue())
    return re.sub(r"^  ", "", shown, flags=re.MULTILINE) if isinstance(data, list) else shown


def _bare(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _bare(each) for key, each in data.items()}
    if isinstance(data, list):
        return [_bare(each) for each in data]
    return data
