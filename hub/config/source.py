"""Read a configuration from YAML files: includes, secrets and the environment put in, every place known."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from hub.config.builder import Builder, tag_name
from hub.config.document import Document, Kind, Spot
from hub.config.files import BIGGEST, SECRETS, Folder, Unreadable
from hub.config.includes import Includes
from hub.config.problems import did_you_mean
from hub.config.reading import Budget, Exhausted, Refused, Site, Size, Value
from hub.config.scalars import Input
from hub.config.secrets import Secrets
from hub.config.syntax import SyntaxTrouble

FILE_NAMES = ("config.yaml", "configuration.yaml", "config.example.yaml")
"""What a configuration is called, in the order in which it is looked for."""
_DEEPEST_INCLUDE = 16


def load(
    path: Path,
    *,
    root: Path | None = None,
    env: Mapping[str, str] | None = None,
    instead: Mapping[Path, str] | None = None,
) -> Document:
    """Read `path` and all it includes; `root` (its folder, if not given) is the configuration's root.

    `instead` has texts that are read in the place of files, by their real paths.

    What is wrong is in the document's `problems`; nothing is raised, and what could be read is there.
    """
    path = Path(os.path.abspath(path))
    folder = Folder(root or path.parent, instead)
    reader = _Reader(folder, os.environ if env is None else env)
    reader.read_all(path, lambda: folder.read(path))
    return reader.document


def load_text(
    text: str, name: str = "", *, root: Path | None = None, env: Mapping[str, str] | None = None
) -> Document:
    """Read `text` as if it were the file `name` below `root`; without a root it can include nothing."""
    folder = Folder(root) if root else None
    reader = _Reader(folder, os.environ if env is None else env)
    path = Path(os.path.abspath(root), name) if root else Path(name)
    reader.read_all(path, lambda: _checked(text))
    return reader.document


class _Reader:
    """One reading of a configuration: what its files share."""

    def __init__(self, folder: Folder | None, env: Mapping[str, str], *, private: bool = False) -> None:
        self.document = Document(private=private)
        self._folder = folder
        self._env = env
        self._budget = Budget()
        self._open: list[Path] = []
        self._known: dict[Path, tuple[Value | None, Size]] = {}
        self._tags: dict[str, Callable[[str, Path, Site], Value]] = {
            "!env_var": self._env_var,
            "!input": _input,
        }
        if folder:
            self._tags |= self._tags_of(folder)

    def read_all(self, path: Path, text: Callable[[], str]) -> None:
        """Fill the document from the file to begin with."""
        name = self._name(path)
        nowhere = Site(Spot(name, 0, 0), (), 0)
        try:
            value = self._built(path, text, nowhere)
        except (Unreadable, Refused) as trouble:
            value = self._broken(nowhere.spot, trouble.text, trouble.hint)
        except Exhausted as trouble:
            value = self._broken(trouble.spot, trouble.text, trouble.hint)
        self.document.data, self.document.spot = value or Value(None, Spot(name, 1, 1))
        self.document.mask_problems()

    def _tags_of(self, folder: Folder) -> dict[str, Callable[[str, Path, Site], Value]]:
        includes = Includes(self.document, folder, self._budget, self._read)
        secrets = Secrets(folder.root, self.document, partial(_private, folder, self._env))
        tags = {
            "!include": includes.file,
            "!include_dir_list": includes.dir_list,
            "!include_dir_merge_list": includes.dir_merge_list,
            "!include_dir_named": includes.dir_named,
            "!include_dir_merge_named": includes.dir_merge_named,
        }

        def beside(read: Callable[[Path, Site], Value], text: str, path: Path, site: Site) -> Value:
            if not text:
                raise Refused("a file name is missing")
            # Home Assistant's own folder in a container: files that were written for it say so.
            below = text.removeprefix("/config/")
            return read((folder.root if below != text else path.parent) / below, site)

        def secret(text: str, path: Path, site: Site) -> Value:
            if self.document.private:
                raise Refused("a secret cannot be another secret")
            value = secrets.find(text, path.parent)
            return Value(value, site.spot._replace(kind=Kind.SECRET))

        return {tag: partial(beside, read) for tag, read in tags.items()} | {"!secret": secret}

    def _read(self, path: Path, site: Site) -> Value | None:
        """Read a file for the tag at `site`; raise Refused if it cannot be opened."""
        assert self._folder is not None
        path = Path(os.path.normpath(path))
        if path.name == SECRETS:
            raise Refused(f"'{SECRETS}' cannot be included", "Name a single secret with !secret")
        if path in self._open:
            chain = " -> ".join(map(self._name, (*self._open[self._open.index(path) :], path)))
            raise Refused(f"files include each other for ever: {chain}", "Remove one of the includes")
        if len(self._open) >= _DEEPEST_INCLUDE:
            raise Refused(
                f"more than {_DEEPEST_INCLUDE} files include one another", "Include them from above"
            )
        if path in self._known:
            value, size = self._known[path]
            self._budget.repeat(size, site.depth, site.spot)
            return value
        with self._budget.measured(site.depth) as measure:
            try:
                value = self._built(path, partial(self._folder.read, path), site)
            except Unreadable as error:
                raise Refused(error.text, error.hint, missing=error.missing) from None
            self._known[path] = value, measure()
        return value

    def _built(self, path: Path, text: Callable[[], str], site: Site) -> Value | None:
        name = self._name(path)
        self._open.append(path)
        try:
            whole = text()
            self.document.files.append(name)
            if not self.document.private:
                self.document.texts[name] = whole
            return Builder(self.document, name, whole, self._budget, partial(self._tag, path), site).build()
        except SyntaxTrouble as trouble:
            return self._broken(Spot(name, trouble.line, trouble.column), trouble.text, trouble.hint)
        finally:
            self._open.pop()

    def _tag(self, path: Path, tag: str, text: str, site: Site) -> Value:
        if tag in self._tags:
            return self._tags[tag](text.strip(), path, site)
        if tag == "!secret" or tag.startswith("!include_dir") or tag == "!include":
            raise Refused(f"'{tag}' cannot be used here")
        raise Refused(f"the tag '{tag_name(tag)}' is not known", did_you_mean(tag, self._tags))

    def _env_var(self, text: str, path: Path, site: Site) -> Value:
        name, _, default = text.partition(" ")
        if name in self._env:
            value = self._env[name]
            self.document.secrets.update(part for part in [value] if part)
            return Value(value, site.spot._replace(kind=Kind.SECRET))
        if not default:
            text = f"the environment variable '{name}' is not set"
            raise Refused(text, "Set it, or write a default after it", missing=True)
        return Value(default.strip(), site.spot)

    def _broken(self, spot: Spot, text: str, hint: str) -> Value:
        self.document.problems.append(self.document.problem(spot, text, hint))
        return Value(None, spot._replace(kind=Kind.BROKEN))

    def _name(self, path: Path) -> str:
        return self._folder.name(path) if self._folder else path.as_posix()


def _checked(text: str) -> str:
    if len(text) > BIGGEST:
        raise Unreadable(f"the text is bigger than {BIGGEST // 1024**2} MiB", "Split it up")
    return text.removeprefix("\ufeff")


def _input(text: str, path: Path, site: Site) -> Value:
    if not text:
        raise Refused("'!input' needs a name")
    return Value(Input(text, site.spot.place), site.spot)


def _private(folder: Folder, env: Mapping[str, str], path: Path) -> Document:
    reader = _Reader(folder, env, private=True)
    reader.read_all(path, lambda: folder.read(path))
    return reader.document
