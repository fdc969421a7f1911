"""Open a backup and look at all of it before anything of it is trusted."""

from __future__ import annotations

import errno
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hub import __version__
from hub.broker.schema import MIGRATIONS as MQTT_MIGRATIONS
from hub.core.catalog import Catalog
from hub.core.errors import HubError
from hub.registry.schema import MIGRATIONS as HUB_MIGRATIONS
from hub.storage.agenda import MIGRATIONS as AGENDA_MIGRATIONS
from hub.storage.backup.cipher import decrypt, is_encrypted
from hub.storage.backup.contents import HISTORY, check_database
from hub.storage.backup.making import digest
from hub.storage.backup.manifest import LONGEST_MANIFEST, NAME, Manifest, Member, is_newer, read_manifest
from hub.storage.memory import MIGRATIONS as MEMORY_MIGRATIONS
from hub.storage.model import DEFAULT_STORE
from hub.storage.registry import MIGRATIONS as ENTITIES_MIGRATIONS
from hub.storage.traces import MIGRATIONS as TRACES_MIGRATIONS

SCHEMAS: Mapping[str, int] = {
    "data/hub.db": len(HUB_MIGRATIONS),
    "data/mqtt.db": len(MQTT_MIGRATIONS),
    "data/memory.db": len(MEMORY_MIGRATIONS),
    "data/agenda.db": len(AGENDA_MIGRATIONS),
    "data/entities.db": len(ENTITIES_MIGRATIONS),
    "data/traces.db": len(TRACES_MIGRATIONS),
}
"""The newest schema of each database that this hub can read."""


def known_schemas(
    stores: Catalog[Any], others: Mapping[str, int] = MappingProxyType({})
) -> Mapping[str, int]:
    """Return the newest schema of each database, by patterns of paths; that of history as its store says."""
    found = {**SCHEMAS, **others}
    store = stores.get(DEFAULT_STORE)
    return {**found, f"data/{HISTORY}": store.schema_version} if store is not None else found


_READ = 1 << 20
_DAMAGED = "the backup is damaged"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES)
# What zipfile says of a file that is no zip file, or one that is damaged.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)


@contextmanager
def opened(path: Path, password: str | None = None) -> Iterator[tuple[Manifest, zipfile.ZipFile]]:
    """Open a backup, decrypted if need be, and read its manifest. Raises `HubError`."""
    try:
        sealed = is_encrypted(path)
    except OSError as error:
        raise HubError(f"{path} can't be read: {error.strerror}", remedy="See `hub backup list`.") from error
    if not sealed:
        with _unzipped(path) as both:
            yield both
        return
    if password is None:
        raise HubError(f"{path.name} is encrypted", remedy="Give its password.")
    with tempfile.TemporaryDirectory(prefix=".opening-", dir=_workplace(path)) as name:
        plain = Path(name) / "plain"
        decrypt(path, plain, password)
        with _unzipped(plain) as both:
            yield both


def _workplace(path: Path) -> Path | None:
    """Return where to unpack: beside a backup, unless it lies where nobody may write."""
    return path.parent if os.access(path.parent, os.W_OK) else None


@contextmanager
def _unzipped(path: Path) -> Iterator[tuple[Manifest, zipfile.ZipFile]]:
    try:
        archive = zipfile.ZipFile(path)
    except _UNREADABLE as error:
        raise HubError(f"{_DAMAGED}, or is none: {error}") from error
    with archive:
        yield _manifest(archive), archive


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        info = archive.getinfo(NAME)
        if info.file_size > LONGEST_MANIFEST:
            raise HubError(f"{_DAMAGED}: its manifest is too long")
        return read_manifest(archive.read(NAME))
    except KeyError:
        raise HubError(f"{_DAMAGED}, or is none: it has no manifest") from None
    except _UNREADABLE as error:
        raise HubError(f"{_DAMAGED}: {error}") from error


def verify(path: Path, password: str | None = None, schemas: Mapping[str, int] = SCHEMAS) -> Manifest:
    """Look at every file of a backup, and open its databases. Raises `HubError` for what is wrong."""
    with (
        opened(path, password) as (manifest, archive),
        tempfile.TemporaryDirectory(prefix=".verifying-", dir=_workplace(path)) as name,
    ):
        extract(manifest, archive, Path(name), schemas)
    return manifest


def extract(
    manifest: Manifest, archive: zipfile.ZipFile, folder: Path, schemas: Mapping[str, int] = SCHEMAS
) -> None:
    """Write a backup's files below a folder, each looked at. Raises `HubError`, also for a newer hub's."""
    if is_newer(manifest.version, __version__):
        raise HubError(
            f"the backup was written by a newer hub ({manifest.version}, this is {__version__})",
            remedy="Install that version, and restore it there.",
        )
    named = {member.path for member in manifest.files} | {NAME}
    strange = [info.filename for info in archive.infolist() if info.filename not in named]
    if strange:
        raise HubError(f"{_DAMAGED}: {strange[0]!r} is not in its manifest")
    for member in manifest.files:
        _refuse_newer(member, member.schema_version, schemas)
        target = folder / member.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(archive, member, target)
        if member.schema_version is not None:
            _refuse_newer(member, check_database(target), schemas)


def _refuse_newer(member: Member, version: int | None, schemas: Mapping[str, int]) -> None:
    newest = next((schemas[path] for path in schemas if fnmatchcase(member.path, path)), version)
    if version is not None and newest is not None and version > newest:
        raise HubError(
            f"{member.path} in the backup is of a newer hub (schema {version})",
            remedy="Install that version, and restore it there.",
        )


def _write(archive: zipfile.ZipFile, member: Member, target: Path) -> None:
    """Write one file, never more of it than its manifest says."""
    left = member.size
    try:
        with archive.open(member.path) as source, target.open("xb") as out:
            while piece := source.read(min(_READ, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                out.write(piece)
    except KeyError:
        raise HubError(f"{_DAMAGED}: {member.path} is missing") from None
    except _UNREADABLE as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise HubError(
                f"there is no room for the files of the backup: {error.strerror}",
                remedy=f"Make room for {member.size >> 20} MiB and more where {target.parent} is.",
            ) from error
        raise HubError(f"{_DAMAGED}: {member.path}: {error}") from error
    target.chmod(member.mode & 0o777 or 0o600)
    if left or digest(target) != member.sha256:
        raise HubError(f"{_DAMAGED}: {member.path} is not what was saved")
