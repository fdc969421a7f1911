"""Install Python packages into the environment in which the hub runs, whatever made that environment."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.core.errors import HubError

OURS = "hearth-hub"
_SIMPLE = re.compile(r"[-_.]+")
_CONFLICT = re.compile(r"(?im)^.*(conflict|incompatible|requires|depends on|no matching|because).*$")
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Change:
    """What an installation does to a package: `before` is None for a new one, `after` for one that goes."""

    name: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.name} {self.after} is new"
        return (
            f"{self.name} goes" if self.after is None else f"{self.name} {self.before} becomes {self.after}"
        )


def simple(name: str) -> str:
    """Return a distribution's name as it is compared (PEP 503)."""
    return _SIMPLE.sub("-", name).lower()


def installed() -> dict[str, str]:
    """Return the version of every distribution here, by its simple name."""
    found = {}
    for distribution in importlib.metadata.distributions():
        found[simple(distribution.metadata["Name"])] = distribution.version
    return found


class Installer:
    """pip of this environment, or uv where there is no pip (as in `uv tool`)."""

    def __init__(self) -> None:
        self._pip = importlib.util.find_spec("pip") is not None
        self._uv = shutil.which("uv")
        if not self._pip and self._uv is None:
            raise HubError(
                "neither pip nor uv is here to install with",
                remedy=f"python -m ensurepip, with {sys.executable}; or install uv.",
            )

    def plan(self, wanted: list[str], *, upgrade: bool = False) -> list[Change]:
        """Return what an installation would do, without doing it. Raises `HubError` if it can't be done.

        Nothing that the hub itself stands on may change: a plugin that needs that is refused.
        """
        with self._kept() as kept:
            words = ["install", "--dry-run", *(["--upgrade"] if upgrade else []), "-c", str(kept), *wanted]
            if self._pip:
                return _reported(self._run([*words, "--quiet", "--report", "-"], wanted))
            return _told(self._run(words, wanted))

    def install(self, wanted: list[str], *, upgrade: bool = False) -> None:
        with self._kept() as kept:
            self._run(["install", *(["--upgrade"] if upgrade else []), "-c", str(kept), *wanted], wanted)

    def undo(self, changes: list[Change]) -> None:
        """Bring back what was there before."""
        gone = [change.name for change in changes if change.before is None]
        back = [f"{change.name}=={change.before}" for change in changes if change.before is not None]
        if gone:
            self.remove(gone)
        if back:
            self._run(["install", "--no-deps", *back], back)

    def remove(self, names: list[str]) -> None:
        self._run(["uninstall", *(["--yes"] if self._pip else []), *names], names)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[Path]:
        """Give a constraints file that holds everything the hub needs at its present version."""
        here = installed()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kept.txt"
            names = sorted(_needed_by(OURS) & here.keys())
            path.write_text("".join(f"{name}=={here[name]}\n" for name in names))
            yield path

    def _run(self, words: list[str], wanted: list[str]) -> str:
        if self._pip:
            command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *words]
        else:
            command = [str(self._uv), "pip", words[0], "--python", sys.executable, *words[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise HubError(f"{', '.join(wanted)} can't be installed: {_reason(done.stderr)}")
        return done.stdout if self._pip else done.stderr


def _reported(report: str) -> list[Change]:
    """Read pip's installation report (its format is version 1)."""
    here = installed()
    items = [item["metadata"] for item in json.loads(report)["install"]]
    return [Change(simple(item["name"]), here.get(simple(item["name"])), item["version"]) for item in items]


def _told(text: str) -> list[Change]:
    """Read what uv says it would do: a line ` + name==version` each, or ` + name @ file:///…`."""
    here = installed()
    found = re.findall(r"(?m)^ [+~] ([^=\s]+)(?:==| @ )(\S+)", text)
    return [Change(simple(name), here.get(simple(name)), _version(told)) for name, told in found]


def _version(told: str) -> str:
    """Return the version that a wheel has in its name; of a folder nothing but where it is can be said."""
    if "://" not in told:
        return told
    parts = told.rpartition("/")[2].split("-")
    return parts[1] if told.endswith(".whl") and len(parts) > 1 else f"from {told.removeprefix('file://')}"


def _reason(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("WARNING")]
    told = [line for line in lines if _CONFLICT.match(line)] or lines
    return "\n  ".join(told[-_SHOWN:]) or "nothing was said of why"


def _needed_by(name: str) -> set[str]:
    """Return a distribution and all that it requires, as far as it is installed."""
    found: set[str] = set()
    left = [simple(name)]
    while left:
        one = left.pop()
        if one in found:
            continue
        found.add(one)
        try:
            requires = importlib.metadata.requires(one) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        left += [simple(re.split(r"[\s;<>=!~\[(]", text, maxsplit=1)[0]) for text in requires]
    return found
