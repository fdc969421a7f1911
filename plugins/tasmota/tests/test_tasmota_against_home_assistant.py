"""Hold devices with Tasmota to what Home Assistant 2026.2.3 did with the same ones.

home_assistant.json has one case a line; the answers were recorded from the real thing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from hub.testing.cases import Case
from hub.testing.runner import run_case

RECORDED = Path(__file__).with_name("home_assistant.json")


def cases() -> Iterator[object]:
    for case in TypeAdapter(list[Case]).validate_json(RECORDED.read_bytes()):
        yield pytest.param(case, id=case.id)


@pytest.mark.parametrize("case", list(cases()))
async def test_it_does_the_same(case: Case) -> None:
    assert await run_case(case) == []
