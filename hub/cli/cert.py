"""`hub cert`: certificates with which the hub's listeners prove who they are."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.init import write_new
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.registry.server_certificates import KeyPair, issue_server, make_authority

app = typer.Typer(name="cert", help="Make certificates for listeners with TLS.", no_args_is_help=True)

AUTHORITY = ("ca.crt", "ca.key")
SERVER = ("server.crt", "server.key")
USUAL_DAYS = 825
"""The longest that all clients accept."""
HERE = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[A-Za-z0-9_*]([A-Za-z0-9_.-]*[A-Za-z0-9])?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")


@app.command("create")
def create(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]...", help="Host names and IP addresses under which clients reach the hub."
        ),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where to write them: tls beside the configuration.")
    ] = None,
    days: Annotated[int, typer.Option(help="How long it is good.", min=1, max=7_000)] = USUAL_DAYS,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Make an authority and a server's certificate. Never overwrites anything.

    An authority that is already there issues the new one, so that clients need not be told.
    """
    home = config if config.is_dir() else config.parent
    target = folder if folder is not None else home / "tls"
    wanted = list(dict.fromkeys([*(names or _own_names()), *HERE]))
    _check(wanted)
    now = SystemClock().now()
    made = _make(target, wanted, now, days)
    for line in _report(target, home, wanted, made, now + timedelta(days=days)):
        typer.echo(line)


def _make(folder: Path, names: list[str], now: datetime, days: int) -> list[str]:
    """Write what is missing, and return the names of the files."""
    there = {name for name in (*AUTHORITY, *SERVER) if os.path.lexists(folder / name)}
    if there not in (set(), set(AUTHORITY)):
        raise HubError(
            f"{folder} already has {', '.join(sorted(there))}",
            remedy="Nothing is overwritten. For a new certificate of the same authority move "
            f"{' and '.join(SERVER)} away, or name another --folder.",
        )
    authority = _kept(folder) if there else make_authority(f"Hearth on {names[0]}", now)
    server = issue_server(authority, names, now, days)
    files = {} if there else dict(zip(AUTHORITY, (authority.certificate, authority.key), strict=True))
    files.update(zip(SERVER, (server.certificate, server.key), strict=True))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, data in files.items():
        write_new(folder / name, data.decode("ascii"))
    return list(files)


def _kept(folder: Path) -> KeyPair:
    try:
        return KeyPair(*((folder / name).read_bytes() for name in AUTHORITY))
    except OSError as error:
        raise HubError(f"{error.filename} can't be read: {error.strerror}") from None


def _check(names: list[str]) -> None:
    for name in names:
        if not _HOST.fullmatch(name):
            raise HubError(f"{name!r} is neither a host name nor an IP address", remedy="Such as hub.local.")


def _own_names() -> list[str]:
    """Return the names and the address under which this machine is most likely reached."""
    name = socket.gethostname().partition(".")[0].lower()
    return [*([name, f"{name}.local"] if _HOST.fullmatch(name) else []), *_own_address()]


def _own_address() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only asks which way it would go
            yield str(probe.getsockname()[0])
        except OSError:
            return


def _report(folder: Path, home: Path, names: list[str], made: list[str], end: datetime) -> Iterator[str]:
    shown = folder.relative_to(home) if folder.is_relative_to(home) else folder.absolute()
    host = names[0]
    yield f"{folder} has now {', '.join(made)}."
    yield f"The certificate is for {', '.join(names)}; it is good until {end:%Y-%m-%d}."
    yield "Write in the configuration:"
    yield "  broker:"
    yield "    listeners:"
    yield '      - host: ""'
    yield "        port: 8883"
    yield "        tls:"
    yield f"          certificate: {shown / SERVER[0]}"
    yield f"          key: {shown / SERVER[1]}"
    yield f"A client needs {AUTHORITY[0]}, and no key:"
    yield f"  mosquitto_sub -h {host} -p 8883 --cafile {folder / AUTHORITY[0]} -u NAME -P PASSWORD -t '#'"
    yield f"  hub mqtt sub -h {host} -p 8883 --cafile {folder / AUTHORITY[0]} -u NAME -P PASSWORD -t '#'"
    yield f"Whoever has {AUTHORITY[1]} can pretend to be this hub; only the next certificate needs it."
    yield f"For that, move {' and '.join(SERVER)} away and run this again: clients need nothing new."
