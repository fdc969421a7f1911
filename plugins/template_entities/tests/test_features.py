"""What an entity can do is told in Home Assistant's bits."""

from __future__ import annotations

from typing import Any

import pytest

from hub.testing import SimulatedHouse

A: list[Any] = [{"event": "x"}]


@pytest.mark.parametrize(
    ("domain", "options", "features"),
    [
        ("cover", {"open_cover": A, "close_cover": A}, 3),
        ("cover", {"open_cover": A, "close_cover": A, "stop_cover": A, "set_cover_position": A}, 15),
        ("fan", {"turn_on": A, "turn_off": A}, 48),
        ("fan", {"turn_on": A, "turn_off": A, "set_percentage": A, "set_direction": A}, 53),
        ("light", {"turn_on": A, "turn_off": A}, 0),
        ("light", {"turn_on": A, "turn_off": A, "effect_list": "{{ ['a'] }}", "set_effect": A}, 4),
        ("lock", {"lock": A, "unlock": A, "open": A}, 1),
        ("switch", {"turn_on": A, "turn_off": A}, None),
    ],
)
async def test_features(
    house: SimulatedHouse, domain: str, options: dict[str, Any], features: int | None
) -> None:
    house.set_up({"template": [{domain: {"name": "Pump", **options}}]})
    state = house.house.states.get(f"{domain}.pump")
    assert state is not None
    assert state.attributes.get("supported_features") == features
