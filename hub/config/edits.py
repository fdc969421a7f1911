"""Write configuration files: atomically, never over somebody else's change, and so that it can be undone."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.config.files import SECRETS, Folder, Unreadable
from hub.config.syntax import SyntaxTrouble
from hub.core.errors import HubError, NotFound

KEPT = 200
_SUFFIXES = (".yaml", ".yml")
_NEVER = (SECRETS,)


class Overtaken(HubError):
    """The file is another one by now."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} was changed meanwhile",
            remedy="Load it again, and make your change on what is there now.",
        )


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file, and by what to tell later whether it is still the same."""

    name: str
    text: str

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.text)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change that was saved: by whom, when, and how the file was before."""

    number: int
    name: str
    at: float
    by: str
    what: str
    before: str | None
    """None if the file was not there."""
    after: str
    """The fingerprint of what was written."""


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def difference(name: str, old: str, new: str) -> str:
    """Return a unified diff, empty if nothing differs."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), name, name, lineterm="")
    return "\n".join(lines)


class Files:
    """The YAML files below a configuration's folder, and what was changed in them from here.

    What is overwritten is kept in `kept`, so that it can be undone. Secrets are not shown here.
    """

    def __init__(self, root: Path, kept: Path) -> None:
        self.root = root
        self._kept = kept

    def names(self) -> list[str]:
        """Return all files that may be shown, sorted."""
        return sorted(path.relative_to(self.root).as_posix() for path in self._paths())

    def _paths(self) -> Iterator[Path]:
        for parent, folders, names in os.walk(self.root):
            folders[:] = [
                name for name in folders if not name.startswith(".") and Path(parent, name) != self._kept
            ]
            for name in names:
                if name.endswith(_SUFFIXES) and not name.startswith(".") and name not in _NEVER:
                    yield Path(parent, name)

    def read(self, name: str) -> Text:
        """Return a file's text. Raises `HubError`."""
        path = self._path(name)
        try:
            return Text(name, Folder(self.root).read(path))
        except Unreadable as error:
            raise NotFound(error.text, remedy=error.hint) from None
        except SyntaxTrouble as error:
            raise HubError(f"{name}: {error.text}") from None

    def write(
        self, name: str, text: str, expected: str | None, *, at: float, by: str, what: str = ""
    ) -> Edit:
        """Write a file whose fingerprint is `expected` (None: a new one), and remember how it was.

        Raises `Overtaken` if it is not, and then nothing was written.
        """
        path = self._path(name)
        before = self._present(name, path)
        if (fingerprint(before) if before is not None else None) != expected:
            raise Overtaken(name)
        edit = self._remember(name, before, text, at, by, what)
        _replace(path, text)
        return edit

    def history(self, name: str | None = None) -> list[Edit]:
        """Return what was changed, the newest first."""
        found = (_edit_of(path) for path in sorted(self._kept.glob("*.json"), reverse=True))
        return [edit for edit in found if edit is not None and name in (None, edit.name)]

    def edit(self, number: int) -> Edit:
        for edit in self.history():
            if edit.number == number:
                return edit
        raise NotFound(f"no change has the number {number}", remedy="It may be too long ago.")

    def undo(self, number: int, *, at: float, by: str) -> Edit:
        """Write back how the file was before that change. Raises `Overtaken` if it was changed since."""
        edit = self.edit(number)
        if edit.before is None:
            raise HubError(f"{edit.name} was new with this change", remedy="Delete the file by hand.")
        return self.write(edit.name, edit.before, edit.after, at=at, by=by, what=f"undo {number}")

    def _present(self, name: str, path: Path) -> str | None:
        return self.read(name).text if path.exists() else None

    def _path(self, name: str) -> Path:
        path = self.root / name
        parts = Path(name).parts
        hidden = any(part.startswith(".") for part in parts)
        if (
            not parts
            or hidden
            or not name.endswith(_SUFFIXES)
            or Path(name).is_absolute()
            or path.name in _NEVER
        ):
            raise HubError(
                f"{name!r} is no file that can be edited here",
                remedy="Name a YAML file below the configuration's folder; secrets.yaml is edited by hand.",
            )
        try:
            Folder(self.root).check(path)
        except Unreadable as error:
            raise HubError(error.text, remedy=error.hint) from None
        return path

    def _remember(self, name: str, before: str | None, text: str, at: float, by: str, what: str) -> Edit:
        self._kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = sorted(self._kept.glob("*.json"))
        number = int(known[-1].stem) + 1 if known else 1
        edit = Edit(number, name, at, by, what, before, fingerprint(text))
        told = {field: getattr(edit, field) for field in Edit.__slots__ if field != "number"}
        _replace(self._kept / f"{number:08}.json", json.dumps(told))
        for old in known[: max(0, len(known) + 1 - KEPT)]:
            old.unlink(missing_ok=True)
        return edit


def _edit_of(path: Path) -> Edit | None:
    try:
        return Edit(int(path.stem), **json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):  # written by hand, or by a later version
        return None


def _replace(path: Path, text: str) -> None:
    """Put a file in the place of another at once; who it belonged to may read it as before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    # Its name begins with a dot: who watches the folder does not take it for a file of the configuration.
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
