"""Put a backup back: all of it or nothing, and what was there before is kept aside.

Everything is written and looked at beside its place first. Then a list of moves is made durable, and the
moves are done. If the machine stops in between, the next start of the hub or of a restore does the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from hub.config.layout import lay_out
from hub.config.source import load
from hub.core.errors import HubError
from hub.storage.backup.making import sweep
from hub.storage.backup.manifest import Manifest
from hub.storage.backup.opening import SCHEMAS, extract, opened

PLAN = ".restoring.json"
_BESIDE = ("-wal", "-shm", "-journal", "-ahead")
Move = tuple[str, str]


def restore(
    backup: Path,
    folder: Path,
    now: datetime,
    *,
    password: str | None = None,
    schemas: Mapping[str, int] = SCHEMAS,
) -> tuple[Manifest, Path]:
    """Restore a backup into the folder of a configuration; return its manifest and where the old files are.

    Raises `HubError`, and changes nothing, if the backup is damaged or of a newer hub.
    """
    finish(folder)
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder, (".restoring-",), now)
    staging = Path(tempfile.mkdtemp(prefix=".restoring-", dir=folder))
    try:
        with opened(backup, password) as (manifest, archive):
            extract(manifest, archive, staging, schemas)
        data = _data_folder(manifest, staging, folder)
        aside = folder / f"before-restore-{now:%Y%m%d-%H%M%S}"
        plan = _plan(manifest, staging, folder, data, aside)
        _settle(staging)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    _write_plan(folder, {"staging": staging.name, "moves": plan})
    finish(folder)
    return manifest, aside


def finish(folder: Path) -> bool:
    """Do what is left of a restore that was broken off; tell whether there was one."""
    path = folder / PLAN
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except ValueError as error:
        raise HubError(f"{path} can't be read: {error}", remedy="Restore the backup again.") from error
    for old, new in plan["moves"]:
        source, target = Path(old), Path(new)
        if source.exists() and not (target.exists() and _is_aside(target)):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.replace(source, target)
    for parent in {Path(new).parent for _, new in plan["moves"]} | {folder}:
        if parent.is_dir():
            _sync(parent)
    path.unlink()
    shutil.rmtree(folder / plan["staging"], ignore_errors=True)
    return True


def _is_aside(target: Path) -> bool:
    return any(part.startswith("before-restore-") for part in target.parts)


def _plan(manifest: Manifest, staging: Path, folder: Path, data: Path, aside: Path) -> list[Move]:
    """List the moves: first all that is replaced goes aside, then all that is new comes in."""
    roots = {"config": folder, "data": data}
    away: list[Move] = []
    come: list[Move] = []
    for member in manifest.files:
        target = roots[member.root] / member.relative
        for suffix in ("", *(_BESIDE if member.schema_version is not None else ())):
            old = target.with_name(target.name + suffix)
            if old.exists():
                away.append((str(old), str(aside / f"{member.path}{suffix}")))
        come.append((str(staging / member.path), str(target)))
    return [*away, *come]


def _data_folder(manifest: Manifest, staging: Path, folder: Path) -> Path:
    """Return the data folder that the restored configuration means; it must lie below the folder."""
    config = staging / "config" / manifest.config
    wanted = "data"
    if config.is_file():
        section = lay_out(load(config)).sections.get("hub")
        if section is not None and isinstance(section.data, dict):
            wanted = str(section.data.get("data_dir", wanted))
    data = (folder / wanted).resolve()
    if not data.is_relative_to(folder.resolve()):
        raise HubError(
            f"the backup's configuration keeps its data in {wanted}, outside of {folder}",
            remedy="Unpack it with `hub backup extract`, and put the files where they belong.",
        )
    return data


def _write_plan(folder: Path, plan: dict[str, object]) -> None:
    path = folder / f"{PLAN}.part"
    with path.open("w", encoding="utf-8") as file:
        json.dump(plan, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path, folder / PLAN)
    _sync(folder)


def _settle(folder: Path) -> None:
    """Make all below a folder last over a power cut, before anything else is moved for it."""
    for parent, _, files in os.walk(folder):
        for path in (*(Path(parent) / name for name in files), Path(parent)):
            _sync(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
