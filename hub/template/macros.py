"""Find the house's own macros: `custom_templates/*.jinja`, for `import` and `from`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

LARGEST_FILE = 5 * 1024 * 1024


class MacroLoader(BaseLoader):
    """Files are read at `read`, never while a template renders."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._sources: dict[str, str] = {}
        self._round = 0
        self.read()

    def read(self) -> None:
        """Read the files again."""
        self._round += 1
        self._sources = {}
        if self._folder is None or not self._folder.is_dir():
            return
        root = self._folder.resolve()
        for path in sorted(root.rglob("*.jinja")):
            # A link must not bring in what lies outside the folder.
            if path.resolve().is_relative_to(root) and path.stat().st_size <= LARGEST_FILE:
                self._sources[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        if template not in self._sources:
            raise TemplateNotFound(template)
        loaded = self._round
        return self._sources[template], template, lambda: loaded == self._round

    def list_templates(self) -> list[str]:
        return list(self._sources)
