"""Made-up houses with the outcomes that were measured with Home Assistant 2026.2.3."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from hub.testing.cases import Case
from hub.testing.runner import run_case

FOLDER = Path(__file__).parent / "measured"
CASES = TypeAdapter(list[Case])


def cases() -> Iterator[object]:
    for file in sorted(FOLDER.glob("*.json")):
        for case in CASES.validate_json(file.read_bytes()):
            yield pytest.param(case, id=case.id)


@pytest.mark.parametrize("case", list(cases()))
async def test_it_ends_as_it_was_measured(case: Case) -> None:
    assert await run_case(case) == []
