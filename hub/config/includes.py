"""Put other files in the place of `!include` and its four sisters for whole folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from hub.config.document import Document, Kind, Marks, Spot
from hub.config.files import Folder, NoFolder, Unreadable
from hub.config.problems import Key, Severity
from hub.config.reading import Budget, Refused, Site, Value, may_lack

ReadFile = Callable[[Path, Site], Value | None]


class Includes:
    """`read` reads one file for a site and returns None if it is empty."""

    def __init__(self, document: Document, folder: Folder, budget: Budget, read: ReadFile) -> None:
        self._document = document
        self._folder = folder
        self._budget = budget
        self._read = read

    def file(self, path: Path, site: Site) -> Value:
        """`!include`: an empty file is an empty mapping."""
        return self._read(path, site) or self._new({}, site.spot)

    def dir_list(self, path: Path, site: Site) -> Value:
        """`!include_dir_list`: each file an item."""
        items: list[object] = []
        marks = Marks(site.spot)
        for _, value in self._values(path, site):
            _append(items, marks, value)
        return self._kept(items, marks)

    def dir_merge_list(self, path: Path, site: Site) -> Value:
        """`!include_dir_merge_list`: the items of all files, each of which holds a list."""
        items: list[object] = []
        marks = Marks(site.spot)
        for _, value in self._values(path, site):
            if not isinstance(value.data, list):
                self._expected("list", value, site)
                continue
            theirs = self._document.marks[id(value.data)]
            for index, item in enumerate(value.data):
                _append(items, marks, Value(item, theirs.values[index]))
        return self._kept(items, marks)

    def dir_named(self, path: Path, site: Site) -> Value:
        """`!include_dir_named`: each file under its name."""
        mapping: dict[Key, object] = {}
        marks = Marks(site.spot)
        for file, value in self._values(path, site, empty=True):
            key_spot = Spot(self._folder.name(file), 1, 1)
            self._put(mapping, marks, file.stem, key_spot, value, site)
        return self._kept(mapping, marks)

    def dir_merge_named(self, path: Path, site: Site) -> Value:
        """`!include_dir_merge_named`: the keys of all files, each of which holds a mapping."""
        mapping: dict[Key, object] = {}
        marks = Marks(site.spot)
        for _, value in self._values(path, site):
            if not isinstance(value.data, dict):
                self._expected("mapping", value, site)
                continue
            theirs = self._document.marks[id(value.data)]
            for key, item in value.data.items():
                self._put(mapping, marks, key, theirs.keys[key], Value(item, theirs.values[key]), site)
        return self._kept(mapping, marks)

    def _values(self, path: Path, site: Site, *, empty: bool = False) -> Iterator[tuple[Path, Value]]:
        try:
            files = self._folder.yaml_files(path)
        except NoFolder as error:
            self._no_folder(error, site)
            return
        except Unreadable as error:
            raise Refused(error.text, error.hint, missing=error.missing) from None
        self._budget.spend(len(files), site.spot)
        for file in files:
            value = self._read_or_report(file, site)
            if value is None and empty:
                value = self._new({}, site.spot)
            if value is not None:
                yield file, value

    def _no_folder(self, error: NoFolder, site: Site) -> None:
        """A misspelt folder is an error. One that is empty is not kept by Git, and so may not be there."""
        if error.hint:
            raise Refused(error.text, error.hint) from None
        problem = self._document.problem(
            site.spot, error.text, "It counts as empty", path=site.path, severity="warning", missing=True
        )
        self._document.problems.append(problem)

    def _read_or_report(self, file: Path, site: Site) -> Value | None:
        try:
            return self._read(file, site)
        except Refused as refused:
            self._report(site.spot, refused.text, refused.hint, site)
            return Value(None, site.spot._replace(kind=Kind.BROKEN))

    def _put(
        self, mapping: dict[Key, object], marks: Marks, key: Key, spot: Spot, value: Value, site: Site
    ) -> None:
        if key in mapping:
            first = marks.keys[key].place
            text = f"the key '{key}' stands twice, first at {first}"
            if not self._doubt(spot, text, "Rename one: only the last counts", site):
                return
        mapping[key] = value.data
        marks.keys[key], marks.values[key] = spot, value.spot

    def _expected(self, what: str, value: Value, site: Site) -> None:
        if value.spot.kind is not Kind.BROKEN:
            text = f"this file should hold a {what}, for it is merged into one"
            self._doubt(value.spot, text, "It is left out", site)

    def _doubt(self, spot: Spot, text: str, hint: str, site: Site) -> bool:
        """Say what Home Assistant passes over in silence; tell whether to do so, too."""
        passed = may_lack(site.path)
        severity: Severity = "warning" if passed else "error"
        found = self._document.problem(spot, text, hint, path=site.path, severity=severity)
        self._document.problems.append(found)
        return passed

    def _report(self, spot: Spot, text: str, hint: str, site: Site) -> None:
        self._document.problems.append(self._document.problem(spot, text, hint, path=site.path))

    def _new(self, container: dict[Key, object], spot: Spot) -> Value:
        return self._kept(container, Marks(spot))

    def _kept(self, container: dict[Key, object] | list[object], marks: Marks) -> Value:
        self._document.keep(container, marks)
        return Value(container, marks.spot)


def _append(items: list[object], marks: Marks, value: Value) -> None:
    marks.values[len(items)] = value.spot
    items.append(value.data)
