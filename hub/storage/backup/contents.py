"""Find what belongs into a backup, and copy databases while others write to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote

from hub.core.errors import HubError

HISTORY = "history.db"
STREAMS = "telemetry.db"
# Beside the configuration file: what configurations are made of.
_SUFFIXES = (
    *(".yaml", ".yml", ".json", ".jinja", ".j2", ".py", ".txt"),
    *(".pem", ".crt", ".cer", ".key", ".md", ".csv"),
)
_FOLDERS = (
    *("blueprints", "plugins", "custom_templates", "packages", "automations", "scripts", "scenes"),
    *("tls", "certs", "certificates", "ssl", "includes", "templates", "www"),
)
_NEVER = ("__pycache__", "node_modules", "venv")
BACKUPS = "backups"
_LARGEST = 64 << 20
_DATABASE = b"SQLite format 3\0"
_NOT_DATA = (".sock", "-wal", "-shm", "-ahead", "-journal", ".lock", ".part")


def configuration_files(config: Path, included: Iterator[Path] | tuple[Path, ...], data: Path) -> list[Path]:
    """Return the files of a configuration: those it reads, and what stands beside them by custom."""
    folder = config.parent
    found = {config, *(path for path in included if path.is_relative_to(folder))}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path == data:
            continue
        if path.is_file() and path.suffix in _SUFFIXES:
            found.add(path)
        elif path.is_dir() and not path.is_symlink() and path.name in _FOLDERS:
            found.update(_below(path, data))
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def _below(folder: Path, data: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in _NEVER or path.is_symlink() or path == data:
            continue
        if path.is_dir():
            yield from _below(path, data)
        elif path.is_file() and path.stat().st_size <= _LARGEST:
            yield path


def history_file(data: Path, db_url: object) -> Path | None:
    """Return the file in which history lies, None if it lies in no file."""
    scheme, _, rest = str(db_url or f"sqlite:///{HISTORY}").partition(":///")
    return data / unquote(rest) if scheme == "sqlite" else None


def data_files(data: Path, *, history: bool, kept: Path | None = None) -> list[Path]:
    """Return what the hub keeps: databases, its certificate authority, and other files in the data folder.

    Without `history` neither the file `kept` in which that lies nor streams of samples are among them.
    """
    past = {HISTORY, STREAMS, kept.name if kept is not None else HISTORY}
    return [
        path
        for path in sorted(data.iterdir() if data.is_dir() else ())
        if path.is_file()
        and not path.is_symlink()
        and not path.name.startswith(".")
        and not path.name.endswith(_NOT_DATA)
        and ".damaged-" not in path.name
        and ".before-" not in path.name
        and (history or path.name not in past)
    ]


def is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_DATABASE)) == _DATABASE


def copy_database(source: Path, target: Path) -> int:
    """Write a consistent copy, on a connection of its own; return the version of its schema.

    Raises `HubError` if the database is damaged.
    """
    try:
        with closing(sqlite3.connect(source, timeout=10, isolation_level=None)) as db:
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
            db.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        raise HubError(
            f"{source.name} can't be copied: {error}", remedy="See `hub backup list` for an older one."
        ) from error
    target.chmod(0o600)
    return version


def check_database(path: Path) -> int:
    """Open a database, look it through and return the version of its schema. Raises `HubError`."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            version = int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise HubError(f"{path.name} in the backup is damaged: {error}") from error
    if found != "ok":
        raise HubError(f"{path.name} in the backup is damaged: {found}")
    return version
