"""The folder in which a house's backups lie (`hub.core.backups.Backups`). The work is done in threads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hub.core.clock import Clock
from hub.core.errors import HubError, NotFound
from hub.storage.backup.cipher import is_encrypted
from hub.storage.backup.making import SUFFIX, Source, make
from hub.storage.backup.manifest import Manifest
from hub.storage.backup.opening import SCHEMAS, opened, verify

_SCHEDULED, _MANUAL = "scheduled", "manual"


class Shelf:
    """Backups of one house. What is made is opened and looked at before it counts."""

    def __init__(
        self, source: Callable[[], Source], clock: Clock, schemas: Mapping[str, int] = SCHEMAS
    ) -> None:
        self._source = source
        self._clock = clock
        self._schemas = schemas
        self._turn = asyncio.Lock()

    async def create(
        self, *, history: bool = True, password: str | None = None, scheduled: bool = False
    ) -> Mapping[str, Any]:
        """See `Backups.create`."""
        now = self._clock.now()
        async with self._turn:
            kind = _SCHEDULED if scheduled else _MANUAL
            return await asyncio.to_thread(self._create, kind, now, history, password)

    def _create(self, kind: Any, now: datetime, history: bool, password: str | None) -> Mapping[str, Any]:
        source = self._source()
        target = source.shelf / f"{kind}-{now:%Y%m%d-%H%M%S}{SUFFIX}"
        manifest = make(source, target, now, history=history, password=password, kind=kind)
        try:
            verify(target, password, self._schemas)
        except HubError:
            target.unlink(missing_ok=True)
            raise
        return _told(target, manifest)

    async def list(self) -> Sequence[Mapping[str, Any]]:
        """See `Backups.list`."""
        return await asyncio.to_thread(lambda: listed(self._source().shelf))

    async def verify(self, name: str, password: str | None = None) -> Mapping[str, Any]:
        """See `Backups.verify`."""
        path = await self.path(name)
        return await asyncio.to_thread(lambda: _told(path, verify(path, password, self._schemas)))

    async def keep(self, count: int) -> Sequence[str]:
        """See `Backups.keep`."""
        return await asyncio.to_thread(lambda: _keep(self._source().shelf, count))

    async def path(self, name: str) -> Path:
        """See `Backups.path`."""
        shelf = self._source().shelf
        if name != os.path.basename(name) or not name.endswith(SUFFIX) or name.startswith("."):
            raise NotFound(f"{name!r} is no name of a backup", remedy="See `hub backup list`.")
        path = shelf / name
        if not await asyncio.to_thread(path.is_file):
            raise NotFound(f"there is no backup {name}", remedy="See `hub backup list`.")
        return path


def listed(shelf: Path) -> Sequence[Mapping[str, Any]]:
    """Return what is known of each backup in a folder, the newest first; a broken one says why."""
    if not shelf.is_dir():
        return []
    paths = [path for path in shelf.iterdir() if path.suffix == SUFFIX and not path.name.startswith(".")]
    return [_look(path) for path in sorted(paths, key=_when, reverse=True)]


def _when(path: Path) -> str:
    return path.stem.partition("-")[2] or path.stem


def _look(path: Path) -> Mapping[str, Any]:
    if is_encrypted(path):
        return {**_file(path), "encrypted": True, "kind": path.name.partition("-")[0]}
    try:
        with opened(path) as (manifest, _):
            return _told(path, manifest)
    except HubError as error:
        return {**_file(path), "problem": str(error)}


def _file(path: Path) -> dict[str, Any]:
    return {"name": path.name, "path": str(path), "bytes": path.stat().st_size}


def _told(path: Path, manifest: Manifest) -> Mapping[str, Any]:
    return {
        **_file(path),
        "encrypted": is_encrypted(path),
        "created": manifest.created,
        "version": manifest.version,
        "house": manifest.house,
        "history": manifest.history,
        "kind": manifest.kind,
        "files": len(manifest.files),
    }


def _keep(shelf: Path, count: int) -> Sequence[str]:
    mine = sorted(shelf.glob(f"{_SCHEDULED}-*{SUFFIX}"), key=_when, reverse=True)
    for path in mine[count:]:
        path.unlink(missing_ok=True)
    return [path.name for path in mine[count:]]
