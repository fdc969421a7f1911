"""`hub service`: let systemd start the hub, watch over it, and keep it in bounds."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Annotated

import typer

from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.core.errors import HubError

app = typer.Typer(name="service", help="Run the hub as a service of systemd.", no_args_is_help=True)

UNIT = Path(__file__).with_name("hearth.service")
SYSTEM_UNITS = Path("/etc/systemd/system")
_AS_ROOT = "Run it with sudo, or add --user for a service of your own that needs no root."

Name = Annotated[str, typer.Option(help="What the service is called, if there are several hubs.")]
User = Annotated[
    bool, typer.Option("--user", help="A service of this user: no root, but it runs only from log-in on.")
]


@dataclass(frozen=True, slots=True)
class Service:
    """A unit of systemd, the system's or a user's."""

    name: str
    user: bool

    @property
    def unit(self) -> str:
        return f"{self.name}.service"

    @property
    def file(self) -> Path:
        return (Path.home() / ".config/systemd/user" if self.user else SYSTEM_UNITS) / self.unit

    def systemctl(self, *words: str, check: bool = True) -> int:
        return self._call(["systemctl", *(["--user"] if self.user else []), *words], check)

    def journalctl(self, *words: str) -> int:
        return self._call(["journalctl", "--user-unit" if self.user else "-u", self.unit, *words], False)

    @staticmethod
    def _call(command: list[str], check: bool) -> int:
        if shutil.which(command[0]) is None:
            raise HubError(
                f"{command[0]} is not here: no systemd",
                remedy="`hub service install --print` shows the unit; others can supervise `hub run` too.",
            )
        code = subprocess.run(command, check=False).returncode
        if check and code:
            raise HubError(f"`{' '.join(command)}` failed with {code}", remedy="It says why above.")
        return code


@app.command("install")
def install(
    config: Config = DEFAULT_CONFIG,
    name: Name = "hearth",
    user: User = False,
    run_as: Annotated[
        str | None, typer.Option(help="Whose the process is: the owner of the configuration.")
    ] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Show the unit; change nothing.")] = False,
) -> None:
    """Write the unit, start the hub now and with the machine. Once more: an update of the unit."""
    path = find_config(config)
    service = Service(name, user)
    text = unit_text(path, user=user, run_as=run_as)
    if only_print:
        typer.echo(text, nl=False)
        return
    _need_root(service)
    service.file.parent.mkdir(parents=True, exist_ok=True)
    fresh = service.file.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(service.file)
    service.systemctl("daemon-reload")
    service.systemctl("enable", service.unit)
    service.systemctl("restart", service.unit)
    typer.echo(f"{service.file} is written, and the hub runs. See: hub service status; hub service logs -f")
    if user:
        typer.echo(
            f"To let it run also while nobody is logged in: sudo loginctl enable-linger {getpass.getuser()}"
        )


@app.command("status")
def status(name: Name = "hearth", user: User = False) -> None:
    """Say whether it runs, since when, and what it logged last."""
    raise typer.Exit(Service(name, user).systemctl("status", "--no-pager", f"{name}.service", check=False))


@app.command("logs")
def logs(
    name: Name = "hearth",
    user: User = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many, newest last.", min=0)] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes next.")] = False,
) -> None:
    """Show what the service wrote to the journal. `hub logs` shows the same from the hub's own file."""
    more = ["--follow"] if follow else ["--no-pager"]
    raise typer.Exit(Service(name, user).journalctl("--lines", str(lines), *more))


@app.command("remove")
def remove(name: Name = "hearth", user: User = False) -> None:
    """Stop the service and take its unit away. Configuration and data stay."""
    service = Service(name, user)
    if not service.file.exists():
        raise HubError(f"there is no {service.file}", remedy="Name another with --name, or add --user.")
    _need_root(service)
    service.systemctl("disable", "--now", service.unit)
    service.file.unlink()
    service.systemctl("daemon-reload")
    typer.echo(f"{service.unit} is gone; the configuration and its data are where they were")


def unit_text(config: Path, *, user: bool, run_as: str | None = None) -> str:
    """Return the unit that runs this very installation with `config`."""
    owner = run_as or pwd.getpwuid(config.stat().st_uid).pw_name
    if not user and owner == "root" and run_as is None:
        raise HubError(
            f"{config} belongs to root, and a hub need not run as root",
            remedy="Give the folder to a user and name it with --run-as; --run-as root if it must be.",
        )
    try:
        pwd.getpwnam(owner)
    except KeyError:
        raise HubError(f"there is no user {owner!r}", remedy=f"sudo useradd --system {owner}") from None
    folder, data = config.parent, data_dir_of(config)
    return Template(UNIT.read_text(encoding="utf-8")).substitute(
        config=_quoted(config).replace("$", "$$"),
        command=_quoted(_command()).replace("$", "$$"),
        folder=str(folder).replace("%", "%%"),
        writable=" ".join(dict.fromkeys([_quoted(folder), _quoted(data.absolute())])),
        user="" if user else f"User={owner}\n",
        target="default.target" if user else "multi-user.target",
    )


def _command() -> Path:
    """Return the `hub` of this environment."""
    beside = Path(sys.executable).with_name("hub")
    found = beside if beside.exists() else Path(shutil.which("hub") or sys.argv[0])
    return found.absolute()


def _quoted(path: Path) -> str:
    """Return a path as systemd reads it: `%` stands for itself, blanks do not end it."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"' if any(sign in text for sign in ' "\\') else text


def _need_root(service: Service) -> None:
    if not service.user and os.geteuid() != 0:
        raise HubError(f"{SYSTEM_UNITS} belongs to root", remedy=_AS_ROOT)
