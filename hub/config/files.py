"""Open configuration files, and only such as lie below the configuration's root."""

from __future__ import annotations

import codecs
import difflib
import os
from collections.abc import Mapping
from pathlib import Path

from hub.config.syntax import SyntaxTrouble, position

BIGGEST = 4 * 1024 * 1024
SECRETS = "secrets.yaml"
_BIGGEST_SUM = 4 * BIGGEST
_MOST_FILES = 5_000
_MOST_NAMES = 50_000
_NEAR = 0.8


class Unreadable(Exception):
    """A file that cannot or must not be opened; `missing`: there is none, nor one of nearly that name."""

    def __init__(self, text: str, hint: str = "", *, missing: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.hint = hint
        self.missing = missing


class NoFolder(Unreadable):
    """A folder that is not there."""


class Folder:
    """The configuration's root; nothing outside it is read, not by `..` and not through a link."""

    def __init__(self, root: Path, instead: Mapping[Path, str] | None = None) -> None:
        """`instead` holds texts that are read in the place of files: such as are not saved yet."""
        self.root = Path(os.path.abspath(root))
        self._instead = instead or {}
        self._real = self.root.resolve()
        self._read = 0

    def name(self, path: Path) -> str:
        """Return how messages call a file: by its path below the root."""
        try:
            return Path(os.path.abspath(path)).relative_to(self.root).as_posix()
        except ValueError:
            return path.as_posix()

    def check(self, path: Path) -> Path:
        """Return the real path; raise Unreadable if it is not below the root."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, or a NUL in the name
            raise Unreadable(f"'{self.name(path)}' is not a usable file name") from None
        if not real.is_relative_to(self._real):
            text = f"'{self.name(path)}' lies outside the configuration folder, so it is not read"
            raise Unreadable(text, "Move it inside", missing=True)
        return real

    def read(self, path: Path) -> str:
        """Return the text of a file; raise Unreadable, or SyntaxTrouble if it is not UTF-8."""
        real = self.check(path)
        if real in self._instead:
            return self._instead[real].removeprefix("\ufeff")
        try:
            if real.is_dir():
                raise Unreadable(f"'{self.name(path)}' is a folder", "Use !include_dir_list or its sisters")
            if real.exists() and not real.is_file():  # a pipe would block for ever
                raise Unreadable(f"'{self.name(path)}' is not an ordinary file")
            with real.open("rb") as file:
                raw = file.read(BIGGEST + 1)
        except FileNotFoundError:
            near = self._near(path)
            raise Unreadable(f"there is no file '{self.name(path)}'", near, missing=not near) from None
        except OSError as error:
            raise Unreadable(f"'{self.name(path)}' cannot be read: {error.strerror}") from None
        self._weigh(path, len(raw))
        return decoded(raw)

    def yaml_files(self, folder: Path) -> list[Path]:
        """Return all *.yaml below a folder, sorted, but for hidden names and secrets.yaml."""
        if not self.check(folder).is_dir():
            raise NoFolder(f"there is no folder '{self.name(folder)}'", self._near(folder, folders=True))
        found: list[Path] = []
        seen = 0
        for parent, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found += [Path(parent, name) for name in names if _is_included(name)]
            seen += len(names)
            if len(found) > _MOST_FILES or seen > _MOST_NAMES:
                raise Unreadable(f"'{self.name(folder)}' holds too many files", "Name a smaller folder")
        return sorted(found)

    def _weigh(self, path: Path, size: int) -> None:
        self._read += size
        if size > BIGGEST:
            raise Unreadable(f"'{self.name(path)}' is bigger than {BIGGEST // 1024**2} MiB", "Split it up")
        if self._read > _BIGGEST_SUM:
            raise Unreadable(f"all files together are bigger than {_BIGGEST_SUM // 1024**2} MiB")

    def _near(self, path: Path, *, folders: bool = False) -> str:
        try:
            entries = path.parent.iterdir()
            names = [entry.name for entry in entries if not folders or entry.is_dir()]
        except OSError:
            return ""
        # All of them end in .yaml: what comes before that must be near.
        stems = {Path(name).stem: name for name in names}
        near = difflib.get_close_matches(path.stem, stems, n=1, cutoff=_NEAR)
        return f"Did you mean '{stems[near[0]]}'?" if near else ""


def decoded(raw: bytes) -> str:
    """Return UTF-8 text without its mark; raise SyntaxTrouble at the first byte that is something else."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise SyntaxTrouble(1, 1, "this file is UTF-16", "Save it as UTF-8")
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = position(error.object[: error.start].decode("utf-8"))
        what = f"byte 0x{error.object[error.start]:02x} is not UTF-8"
        raise SyntaxTrouble(line, column, what, "Save the file as UTF-8") from None


def _is_included(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(".") and name != SECRETS
