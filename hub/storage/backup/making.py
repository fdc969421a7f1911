"""Make a backup: a zip file with a manifest, written beside its place and moved there when it is whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from hub import __version__
from hub.core.errors import HubError
from hub.storage.backup import manifest as manifests
from hub.storage.backup.cipher import encrypt
from hub.storage.backup.contents import (
    BACKUPS,
    configuration_files,
    copy_database,
    data_files,
    history_file,
    is_database,
)
from hub.storage.backup.manifest import Manifest, Member

SUFFIX = ".hearth"
_READ = 1 << 20
# Nobody works on a backup for so long (seconds).
ABANDONED = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Source:
    """A house as its files: the configuration file, those it reads, and the data folder.

    `db_url` is where history is kept, as `recorder:` says.
    """

    config: Path
    data: Path
    house: str = "Home"
    included: tuple[Path, ...] = field(default=())
    db_url: str = ""

    @property
    def shelf(self) -> Path:
        """Where backups lie if nothing else is said."""
        return self.data / BACKUPS

    @property
    def history(self) -> Path | None:
        """The file in which history lies, None if it is in no file of the data folder."""
        file = history_file(self.data, self.db_url)
        return file if file is not None and file.resolve().parent == self.data.resolve() else None


def make(
    source: Source,
    target: Path,
    now: datetime,
    *,
    history: bool = True,
    password: str | None = None,
    kind: Literal["manual", "scheduled"] = "manual",
) -> Manifest:
    """Write a backup to `target`, also while the hub runs; return its manifest. Raises `HubError`."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(target.parent, (".making-", ".verifying-", ".opening-"), now)
    if target.exists():
        raise HubError(f"{target} is there already", remedy="Give the backup another name.")
    try:
        with tempfile.TemporaryDirectory(prefix=".making-", dir=target.parent) as name:
            folder = Path(name)
            members = list(_stage(source, folder, history=history))
            told = Manifest(
                format=manifests.FORMAT,
                created=now.isoformat(timespec="seconds"),
                version=__version__,
                house=source.house,
                config=source.config.name,
                data_dir=_relative(source),
                history=source.history is not None
                and any(member.path == f"data/{source.history.name}" for member in members),
                kind=kind,
                files=tuple(members),
            )
            packed = folder / "packed"
            _pack(told, folder, packed)
            if password is not None:
                sealed = folder / "sealed"
                encrypt(packed, sealed, password)
                packed = sealed
            os.replace(packed, target)
            _sync(target.parent)
    except OSError as error:
        raise HubError(
            f"the backup could not be written: {error}", remedy="Make room, or take another place."
        ) from error
    return told


def _stage(source: Source, folder: Path, *, history: bool) -> Iterable[Member]:
    root = source.config.parent
    for path in configuration_files(source.config, source.included, source.data):
        yield _member(path, f"config/{path.relative_to(root).as_posix()}", folder)
    for path in data_files(source.data, history=history, kept=source.history):
        yield _member(path, f"data/{path.name}", folder)


def _member(path: Path, name: str, folder: Path) -> Member:
    staged = folder / "files" / name
    staged.parent.mkdir(parents=True, exist_ok=True)
    version = None
    if is_database(path):
        version = copy_database(path, staged)
    else:
        shutil.copyfile(path, staged)
    mode = stat.S_IMODE(path.stat().st_mode)
    return Member(
        path=name, size=staged.stat().st_size, sha256=digest(staged), mode=mode, schema_version=version
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ):
            sha.update(piece)
    return sha.hexdigest()


def _pack(told: Manifest, folder: Path, packed: Path) -> None:
    with (
        os.fdopen(os.open(packed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        archive.writestr(manifests.NAME, told.as_json())
        for member in told.files:
            archive.write(folder / "files" / member.path, member.path)
    with packed.open("rb") as written:
        os.fsync(written.fileno())


def sweep(folder: Path, prefixes: tuple[str, ...], now: datetime) -> None:
    """Delete what somebody who was killed left half done: it can hold secrets in clear."""
    for path in folder.iterdir():
        try:
            if path.name.startswith(prefixes) and now.timestamp() - path.stat().st_mtime > ABANDONED:
                shutil.rmtree(path, ignore_errors=True)
        except FileNotFoundError:  # its owner was quicker
            continue


def _relative(source: Source) -> str:
    folder = source.config.parent
    return str(source.data.relative_to(folder) if source.data.is_relative_to(folder) else source.data)


def _sync(folder: Path) -> None:
    """Make a rename last over a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
