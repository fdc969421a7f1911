"""What a backup says of itself: its files with their sizes and hashes, and which hub wrote it."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hub.core.errors import HubError

NAME = "manifest.json"
FORMAT = 1
LONGEST_MANIFEST = 16 << 20
_ROOTS = ("config", "data")


class Member(BaseModel):
    """A file of a backup, under `config/` or `data/`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    mode: Annotated[int, Field(ge=0, le=0o777)] = 0o600
    schema_version: int | None = None
    """Of a database: the version of its schema."""

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        parts = PurePosixPath(path).parts
        odd = not parts or len(parts) < 2 or parts[0] not in _ROOTS or "\\" in path or "\0" in path
        if odd or path.startswith("/") or any(part in ("..", ".", "") for part in path.split("/")):
            raise ValueError(f"{path!r} does not stay inside the backup")
        return path

    @property
    def root(self) -> str:
        return self.path.partition("/")[0]

    @property
    def relative(self) -> str:
        """The path below `config/` or `data/`."""
        return self.path.partition("/")[2]


class Manifest(BaseModel):
    """The first thing in a backup."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int
    created: str
    version: str
    house: str = ""
    config: str = "config.yaml"
    data_dir: str = "data"
    history: bool = False
    kind: Literal["manual", "scheduled"] = "manual"
    files: tuple[Member, ...] = ()

    def as_json(self) -> bytes:
        return json.dumps(self.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()

    @property
    def size(self) -> int:
        return sum(member.size for member in self.files)


def read_manifest(data: bytes) -> Manifest:
    """Read a manifest. Raises `HubError` for one that is damaged, or of a newer hub."""
    try:
        told = json.loads(data)
        number = told["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise HubError("the backup's manifest can't be read: it is damaged") from error
    if not isinstance(number, int) or number > FORMAT:
        raise HubError(
            f"the backup was written by a newer hub ({told.get('version')}, format {number})",
            remedy="Install that version, and restore it there.",
        )
    try:
        manifest = Manifest.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise HubError(f"the backup's manifest is not right: {first['msg']}") from error
    paths = [member.path for member in manifest.files]
    if len(set(paths)) < len(paths):
        raise HubError("the backup's manifest is not right: it names a file twice")
    return manifest


def is_newer(version: str, than: str) -> bool:
    """Tell whether a version of the hub is newer than another."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0])[:3])
