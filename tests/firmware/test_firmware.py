"""What firmware really sends: devices, entities, states, commands and their answers, from recorded messages.

Each file beside this one is one case in the format of docs/testing.md.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.testing.cases import Case
from hub.testing.runner import run_case

RECORDED = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_the_firmware_works(path: Path) -> None:
    case = Case.model_validate_json(path.read_bytes())  # noqa: ASYNC240  # a small file, read before the case

    assert await run_case(case) == []
