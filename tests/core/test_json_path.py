"""A path finds one place in JSON, or says that it is none."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.errors import HubError
from hub.core.json_path import json_at

CONTENT = {"a": {"b": [1, {"c d": 2}], "e-f": 3}, "list": [{"x": 1}, {"x": 2}]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", CONTENT),
        ("$.a.b[0]", 1),
        ("$.a.b[-1]['c d']", 2),
        ('$["a"].e-f', 3),
        ("a.e-f", 3),
        ("$.list[*].x", 1),
        ("$.list.[1].x", 2),
        ("$..x", 1),
        ("$.*.e-f", 3),
        ("$.a.nothing", None),
        ("$.a.b[7]", None),
        ("$.a.b.c", None),
    ],
)
def test_finds(path: str, found: Any) -> None:
    assert json_at(CONTENT, path) == found


@pytest.mark.parametrize("path", ["$.a[", "$.a[?(@.b)]", "$!"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(HubError, match="is no JSON path"):
        json_at(CONTENT, path)
