"""Find the values of `!secret` in the secrets.yaml files beside and above the file that asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hub.config.document import Document
from hub.config.files import SECRETS
from hub.config.problems import did_you_mean
from hub.config.reading import Refused


class Secrets:
    """`read` opens one secrets.yaml as a private document; `document` is told what to hide."""

    def __init__(self, root: Path, document: Document, read: Callable[[Path], Document]) -> None:
        self._root = root
        self._document = document
        self._read = read
        self._known: dict[Path, dict[str, object]] = {}

    def find(self, name: str, folder: Path) -> object:
        """Return the secret from the nearest secrets.yaml upwards; raise Refused if none has it."""
        known: list[str] = []
        for path in self._files(folder):
            secrets = self._load(path)
            if name in secrets:
                self._document.secrets.update(_texts(secrets[name]))
                return secrets[name]
            known += secrets
        hint = did_you_mean(name, known) or f"Add it to {SECRETS}"
        raise Refused(f"no secret '{name}'", hint, missing=not known)

    def _files(self, folder: Path) -> Iterator[Path]:
        for parent in (folder, *folder.parents):
            if (path := parent / SECRETS).exists():
                yield path
            if parent == self._root:
                return

    def _load(self, path: Path) -> dict[str, object]:
        if path not in self._known:
            read = self._read(path)
            self._document.problems += read.problems
            self._document.files += read.files
            items = read.data if isinstance(read.data, dict) else {}
            self._known[path] = {str(key): value for key, value in items.items()}
        return self._known[path]


def _texts(value: object) -> Iterator[str]:
    """Yield each part of a secret that must not be shown; what can be guessed at once hides nothing."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool) and str(value):
        yield str(value)
