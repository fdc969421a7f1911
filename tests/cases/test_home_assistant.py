"""Home Assistant's behaviour, case by case, in a house of real parts on a simulated clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from hub.testing.cases import Case
from hub.testing.runner import run_case

FOLDER = Path(__file__).parent / "home_assistant"
CASES = TypeAdapter(list[Case])


def cases() -> Iterator[object]:
    for file in sorted(FOLDER.glob("*.json")):
        for case in CASES.validate_json(file.read_bytes()):
            yield pytest.param(case, id=f"{file.stem}-{case.id}")


@pytest.mark.parametrize("case", list(cases()))
async def test_the_case_holds(case: Case) -> None:
    assert await run_case(case) == []
