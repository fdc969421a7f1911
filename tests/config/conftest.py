"""Write configuration files and read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from hub.config import syntax
from hub.config.document import Document
from hub.config.source import load

Files = Mapping[str, str | bytes]
Read = Callable[..., Document]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write the given files below a configuration root and load `main.yaml`."""

    def write_and_load(files: Files | str, **env: str) -> Document:
        root = tmp_path / "config"
        for name, content in ({"main.yaml": files} if isinstance(files, str) else files).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load(root / "main.yaml", env=env)

    return write_and_load


@pytest.fixture(
    params=[
        pytest.param("fast", marks=pytest.mark.skipif(syntax.CParser is None, reason="no C parser")),
        "pure",
    ]
)
def each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with the C parser, where it is installed, and without."""
    if request.param == "pure":
        monkeypatch.setattr(syntax, "CParser", None)
    return str(request.param)
