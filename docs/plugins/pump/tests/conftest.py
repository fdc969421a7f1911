"""The hub's fixtures, with this plugin in the house."""

from __future__ import annotations

import hub_pump
import pytest

pytest_plugins = ["hub.testing.fixtures"]


@pytest.fixture
def hub_plugins() -> dict[str, object]:
    return {"pump": hub_pump}
