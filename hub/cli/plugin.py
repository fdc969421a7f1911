"""`hub plugin`: what is installed, what each plugin brings, and how to get more or rid of them."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hub.cli.installer import Change, Installer, installed, simple
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask
from hub.core.errors import HubError
from hub.hookspecs import NAME as GROUP
from hub.loader import SECTION, load_plugins, try_installed

app = typer.Typer(
    name="plugin", help="See what plugins there are, install and remove them.", no_args_is_help=True
)

TEMPLATE = Path(__file__).with_name("plugin_template")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
INDEX = "plugin-index.json"
Index = Annotated[
    Path | None, typer.Option("--index", help=f"A file that lists plugins: {INDEX} beside the configuration.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]


@app.command("list")
def list_plugins(
    config: Config = DEFAULT_CONFIG,
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that are installed and not in use.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show each plugin's version, what it offers, how often it failed, and why it is left out if it is.

    They are those of the hub that runs, or that it would load.
    """
    found = _now(config)
    if as_json:
        typer.echo(json.dumps([plugin for plugin in found if everything or not plugin["off"]], indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("plugin", "version", "state", "from", "offers"):
        table.add_column(heading, overflow="fold")
    for plugin in found:
        if everything or not plugin["off"]:
            table.add_row(
                plugin["name"], plugin["version"], _state(plugin), plugin["origin"], _offers(plugin)
            )
    Console(soft_wrap=not Console().is_terminal).print(table)
    off = sum(bool(plugin["off"]) for plugin in found)
    if off and not everything:
        typer.echo(f"{off} more are installed and not in use: hub plugin list --all")


@app.command("install")
def install(
    wanted: Annotated[
        str, typer.Argument(metavar="NAME|FILE", help="A package's name, a wheel or a folder.")
    ],
    config: Config = DEFAULT_CONFIG,
    index: Index = None,
    yes: Yes = False,
) -> None:
    """Install a plugin into the environment of this hub. It runs when the YAML names it.

    First it is worked out what would change; nothing that the hub itself needs may. If the plugin does not
    load afterwards, everything is as before.
    """
    before = set(_plugins())
    _carry_out(Installer(), [_resolved(wanted, config, index)], config, before, yes=yes, upgrade=False)


@app.command("upgrade")
def upgrade(name: str, config: Config = DEFAULT_CONFIG, yes: Yes = False) -> None:
    """Install the newest version of a plugin that fits this hub."""
    package = _package_of(name)
    _carry_out(Installer(), [package], config, set(_plugins()) - {name}, yes=yes, upgrade=True)


@app.command("remove")
def remove(name: str, yes: Yes = False) -> None:
    """Remove an installed plugin. What it needed and others may use stays."""
    package = _package_of(name)
    if not yes:
        typer.confirm(f"Remove {package}?", abort=True)
    Installer().remove([package])
    typer.echo(f"{package} is removed. Take {name} away under `{SECTION}:`, and start the hub again.")


@app.command("search")
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Words that name or description should have.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    index: Index = None,
) -> None:
    """Look through an index file: a JSON list of plugins with name, package and description."""
    path = _index_path(config, index)
    if not path.is_file():
        raise HubError(f"there is no index at {path}", remedy="Name one with --index, or get the file first.")
    for entry in _read_index(path):
        text = f"{entry['name']} {entry.get('description', '')}".lower()
        if all(word.lower() in text for word in words or ()):
            typer.echo(f"{entry['name']:24} {entry.get('description', '')}")


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="What it is called: small letters, digits and _.")],
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to write it: hub-NAME here.")] = None,
    description: Annotated[str | None, typer.Option(help="What it does, in one sentence.")] = None,
) -> None:
    """Write a plugin to begin with: a trigger, its package and its tests, which pass. Overwrites nothing."""
    try:
        import copier
    except ImportError as error:
        raise HubError("copier is not installed", remedy="pip install 'hearth-hub[develop]'") from error
    if not _NAME.fullmatch(name):
        raise HubError(f"{name!r} can't be a plugin's name", remedy="Small letters, digits and _ only.")
    target = folder or Path(f"hub-{name.replace('_', '-')}")
    if target.exists() and any(target.iterdir()):
        raise HubError(f"{target} is not empty", remedy="Nothing is overwritten; name another --folder.")
    data = {"name": name, **({"description": description.rstrip(".")} if description else {})}
    copier.run_copy(str(TEMPLATE), target, data=data, defaults=True, quiet=True)
    typer.echo(f"{target} is written. Go on with:")
    typer.echo(f"  cd {target} && pip install --editable '.[dev]' && pytest")


def _carry_out(
    installer: Installer, wanted: list[str], config: Path, before: set[str], *, yes: bool, upgrade: bool
) -> None:
    changes = installer.plan(wanted, upgrade=upgrade)
    if not changes:
        typer.echo("nothing to do: it is installed, and there is no newer version")
        return
    for change in changes:
        typer.echo(str(change))
    if not yes:
        typer.confirm("Go on?", abort=True)
    then = installed()
    installer.install(wanted, upgrade=upgrade)
    try:
        fresh = _tried(config, before)
    except HubError as error:
        installer.undo([Change(each.name, then.get(each.name), None) for each in changes])
        raise HubError(f"{error.problem}; all is as before", remedy=error.remedy) from error
    for name in fresh:
        typer.echo(f"{name} is installed. To use it, write in the configuration:\n{SECTION}: [{name}]")


def _tried(config: Path, before: set[str]) -> list[str]:
    """Load the plugins that are new, in a process of their own; return their names. Raises `HubError`."""
    program = (
        "import json, sys; from hub.cli.plugin import trial; "
        "print(json.dumps(trial(json.loads(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", program, json.dumps(sorted(before))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise HubError(f"the hub does not come up with it: {last}")
    told: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    if not told:
        raise HubError("it is no plugin: it has no entry point in the group `hub`")
    for name, error in told.items():
        if error:
            raise HubError(f"plugin {name} does not load: {error}")
    return list(told)


def trial(before: list[str]) -> dict[str, str]:
    """Load all installed plugins but those in `before`; return their errors by name."""
    return {plugin.name: plugin.error for plugin in try_installed(set(before))}


def _plugins() -> dict[str, str]:
    """Return the installed plugins, with the package that each comes in."""
    points = importlib.metadata.entry_points(group=GROUP)
    return {point.name: point.dist.name for point in points if point.dist is not None}


def _package_of(name: str) -> str:
    package = _plugins().get(name)
    if package is None:
        raise HubError(
            f"no plugin {name!r} is installed", remedy="hub plugin list --all shows those that are."
        )
    return package


def _resolved(wanted: str, config: Path, index: Path | None) -> str:
    """Return what the installer is told: a path, or a package's name, by way of the index if that has it."""
    if "://" in wanted or wanted.startswith("-"):
        raise HubError(
            f"{wanted!r} is neither a name nor a file", remedy="Get the wheel first, then install the file."
        )
    path = Path(wanted)
    if path.suffix == ".whl" or path.is_dir():
        if not path.exists():
            raise HubError(f"there is no {path}")
        return str(path.absolute())
    file = _index_path(config, index)
    entries = _read_index(file) if file.is_file() else []
    found = next((entry for entry in entries if simple(entry["name"]) == simple(wanted)), None)
    return str(found.get("package", wanted)) if found is not None else wanted


def _index_path(config: Path, index: Path | None) -> Path:
    return index or (config if config.is_dir() else config.parent) / INDEX


def _read_index(path: Path) -> list[dict[str, Any]]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [entry for entry in entries if isinstance(entry["name"], str)]
    except (ValueError, KeyError, TypeError) as error:
        raise HubError(
            f"{path} is no index: {error}", remedy="It is a JSON list of {name, package}."
        ) from None


def _now(config: Path) -> list[dict[str, Any]]:
    """Return the plugins of the hub that runs; of one that does not, those that it would load."""
    with contextlib.suppress(HubError, typer.Exit):
        told: list[dict[str, Any]] = ask(data_dir_of(config), "plugins")
        return told
    return [plugin.told() for plugin in load_plugins(config.absolute()).found]


def _state(plugin: Mapping[str, Any]) -> str:
    faults = f", {plugin['faults']} faults" if plugin["faults"] else ""
    if plugin["off"]:
        return f"off: {plugin['off']}"
    if plugin["error"]:
        return f"[red]left out[/red]: {plugin['error']}"
    if plugin["disabled"]:
        return f"[red]switched off[/red]: {plugin['disabled']}{faults}"
    return (_process(plugin["process"]) if plugin["apart"] else "loaded") + faults


def _process(told: Mapping[str, Any] | None) -> str:
    """Say how the process of a plugin is; nothing is known of it while the hub does not run."""
    if told is None:
        return "in a process of its own"
    size = f", {told['memory'] >> 20} MiB" if told["pid"] is not None else ""
    end = f", it ended with {told['last_end']}" if told["last_end"] else ""
    return f"process {told['state']}{size}{end}"


def _offers(plugin: Mapping[str, Any]) -> str:
    return "; ".join(f"{hook}: {', '.join(names)}" for hook, names in plugin["offers"].items())
