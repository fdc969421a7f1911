"""The rules of ARCHITECTURE.md, checked from the imports."""

from __future__ import annotations

import ast
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

# From the top down; a name may import those of rows below its own. Names on one row never each other.
ROWS = (
    ("hub.__main__",),
    ("hub.cli",),
    ("hub.app",),
    ("hub.web", "hub.testing"),
    ("hub.rendering", "hub.upkeep"),
    ("hub.building",),
    (
        "hub.configuration",
        "hub.loader",
        "hub.control",
        "hub.notifier",
        "hub.crashes",
        "hub.watchdog",
        "hub.faults",
        "hub.apart",
        "hub.logfile",
        "hub.schema",
        "hub.items",
    ),
    ("plugins",),
    ("hub.api",),
    ("hub.hookspecs", "hub.domains", "hub.watch", "hub.energy", "hub.telemetry", "hub.plugin_pages"),
    ("hub.automation", "hub.storage", "hub.template", "hub.mqtt"),
    ("hub.registry",),
    ("hub.broker",),
    ("hub.kinds",),
    ("hub.fields", "hub.absent", "hub.foreign", "hub.calls"),
    ("hub.config",),
    ("hub.core",),
    ("hub",),  # the version, nothing else
)

# Where each library is at home. What is not here (pydantic, orjson) may be used above the core.
HOMES = {
    "aiomqtt": ("hub.mqtt",),
    "amqtt": ("plugins.amqtt",),
    "aiosqlite": ("hub.broker", "hub.registry", "hub.mqtt", "hub.storage", "hub.telemetry", "plugins.sqlite"),
    "asyncpg": ("plugins.postgres",),
    "argon2": ("hub.registry",),
    "astral": ("plugins.sun",),
    "copier": ("hub.cli",),
    "cryptography": ("hub.registry", "hub.storage", "hub.web"),
    "fastapi": ("hub.web",),
    "google": ("plugins.sparkplug",),
    "jinja2": ("hub.template",),
    "pyotp": ("hub.registry",),
    "pyarrow": ("hub.storage",),
    "prometheus_client": ("plugins.prometheus",),
    "pluggy": ("hub.hookspecs", "hub.loader"),
    "rich": ("hub.cli",),
    "ruamel": ("hub.config",),
    "_ruamel_yaml": ("hub.config",),
    "slugify": ("hub.core.slugs",),
    "sqlite3": ("hub.broker", "hub.registry", "hub.mqtt", "hub.storage", "hub.telemetry", "plugins.sqlite"),
    "starlette": ("hub.web",),
    "structlog": ("hub.logfile",),
    "typer": ("hub.cli",),
    "uvicorn": ("hub.web",),
    "uvloop": ("hub.cli",),
    "zeroconf": ("plugins.zeroconf",),
}

# The machine's clock is read in one module; these take a duration from it, or the broker's own seconds.
CLOCK = "hub.core.clock"
TIME = {"hub.app": {"perf_counter"}, "hub.broker": {"monotonic"}}
EDGE = ("hub.cli", "hub.config")


@dataclass(frozen=True)
class Module:
    """A module of the project, with what it imports anywhere in its text, functions included."""

    name: str
    path: Path

    @property
    def tree(self) -> ast.Module:
        return _tree(self.path)

    def imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from (_imported(node.module or "", alias.name) for alias in node.names)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def modules() -> dict[str, Module]:
    found = {}
    for path in sorted(ROOT.glob("hub/**/*.py")) + sorted(ROOT.glob("plugins/**/*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "tests" in parts or any(part.startswith("_bundled") for part in parts):
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path)
    return found


def _imported(module: str, name: str) -> str:
    whole = f"{module}.{name}"
    return whole if whole in modules() else module


def within(name: str, homes: tuple[str, ...] | str) -> bool:
    homes = (homes,) if isinstance(homes, str) else homes
    return any(name == home or name.startswith((f"{home}.", f"{home}_")) for home in homes)


def row_name(module: str) -> str:
    """Return the name under which a module stands in ROWS."""
    parts = module.split(".")
    return "plugins" if parts[0] == "plugins" else ".".join(parts[:2])


def row_of(module: str) -> int:
    return next(index for index, row in enumerate(ROWS) if row_name(module) in row)


def own(imported: str) -> bool:
    return imported.partition(".")[0] in ("hub", "plugins")


def each() -> list[Module]:
    return list(modules().values())


def plugin_modules() -> list[Module]:
    return [module for module in each() if module.name.startswith("plugins.")]


def test_every_module_has_its_row() -> None:
    assert not [m.name for m in each() if not any(row_name(m.name) in row for row in ROWS)]


def test_imports_go_down_only() -> None:
    assert not [f"{m.name} imports {name}" for m in each() for name in m.imports() if _goes_up(m.name, name)]


def _goes_up(module: str, imported: str) -> bool:
    return own(imported) and row_name(imported) != row_name(module) and row_of(imported) <= row_of(module)


def test_imports_are_absolute() -> None:
    assert not [
        f"{module.name}:{node.lineno}"
        for module in each()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]


def test_a_library_has_one_home() -> None:
    assert not [
        f"{module.name} imports {name}"
        for module in each()
        for name in module.imports()
        if name.partition(".")[0] in HOMES and not within(module.name, HOMES[name.partition(".")[0]])
    ]


def test_the_core_is_made_of_the_standard_library() -> None:
    """Only slugs come from a library, and it has its home there."""
    libraries = {
        (module.name, name.partition(".")[0])
        for module in each()
        for name in module.imports()
        if within(module.name, "hub.core")
    }
    foreign = {(name, library) for name, library in libraries if library not in sys.stdlib_module_names}
    assert {pair for pair in foreign if pair[1] != "hub"} == {("hub.core.slugs", "slugify")}


def test_a_plugin_sees_only_the_api_and_itself() -> None:
    assert not [
        f"{module.name} imports {name}"
        for module in plugin_modules()
        for name in module.imports()
        if own(name) and name != "hub.api" and not within(name, ".".join(module.name.split(".")[:2]))
    ]


def test_the_hub_names_no_plugin() -> None:
    hub = [module for module in each() if within(module.name, "hub")]
    assert not [m.name for m in hub for name in m.imports() if name.startswith("plugins")]


def test_the_api_defines_nothing() -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    tree = modules()["hub.api"].tree
    assert not [node for node in tree.body if not isinstance(node, allowed)]


def test_imports_have_no_cycle() -> None:
    """Also not inside functions or for type checkers only: every import in the text counts."""
    edges = {module.name: set(module.imports()) & modules().keys() - {module.name} for module in each()}
    assert _peeled(edges) == {}


def _peeled(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """Take away what imports nothing more and what nobody imports, until only cycles are left."""
    while True:
        imported = set().union(*edges.values())
        left = {
            name: targets & edges.keys() for name, targets in edges.items() if targets and name in imported
        }
        if left == edges:
            return left
        edges = left


def test_the_time_is_asked_of_the_clock() -> None:
    assert not [
        f"{module.name}: {read}"
        for module in each()
        for read in _time_reads(module.tree)
        if module.name != CLOCK and read not in _time_allowed(module.name)
    ]


def _time_allowed(module: str) -> set[str]:
    return {name for home, names in TIME.items() if within(module, home) for name in names}


def _time_reads(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner, name = node.value.id, node.attr
            if owner == "time" and hasattr(time, name):
                yield name
            elif owner in ("datetime", "date") and name in ("now", "today", "utcnow"):
                yield f"{owner}.{name}"


def test_a_plugin_waits_on_the_houses_clock() -> None:
    """So that tests can move it."""
    assert not [
        f"{module.name}:{node.lineno}"
        for module in plugin_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "asyncio.sleep"
    ]


def test_the_environment_is_read_at_the_edge() -> None:
    reads = ("os.environ", "os.getenv", "os.environb")
    assert not [
        f"{module.name}:{node.lineno}"
        for module in each()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in reads and not within(module.name, EDGE)
    ]


def test_every_module_says_what_it_is_for() -> None:
    assert not [module.name for module in each() if not ast.get_docstring(module.tree)]


def test_names_say_what_a_thing_is() -> None:
    vague = re.compile(r"\.(utils?|helpers?|misc|common)$")
    assert not [m.name for m in each() if vague.search(m.name) and m.name != "plugins.helpers"]
    empty = re.compile(r"^Base[A-Z]|Manager$|^async_")
    assert not [f"{m.name}.{name}" for m in each() for name in _definitions(m.tree) if empty.search(name)]


def _definitions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name


def test_the_document_draws_the_same_rows() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = text.partition("## Who may import whom")[2].partition("```")[2].partition("```")[0]
    names = [re.split(r"\s{3,}", line)[0].split() for line in drawn.strip().splitlines()]
    assert names == [[name.removeprefix("hub.") for name in row] for row in ROWS]
