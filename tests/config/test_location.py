"""A location that pydantic gives is read back as a path of the YAML."""

from __future__ import annotations

import pytest

from hub.config.location import path_of, path_to, value_at

DATA = {"conditions": [{"condition": "state", "state": "on", "for": {"minutes": 1}}], "7": 1, 7: 2}


@pytest.mark.parametrize(
    ("location", "missing", "path"),
    [
        ((), False, ()),
        (("conditions", 0, "state"), False, ("conditions", 0, "state")),
        (("conditions", 0, "state", "for", "minutes"), False, ("conditions", 0, "for", "minutes")),
        (("conditions", 0, "state", "entity_id"), True, ("conditions", 0, "entity_id")),
        (("conditions", 0, "function-after[f(), Model]", "for"), False, ("conditions", 0, "for")),
        (("conditions", "list[Model]", 0, "Model", "for", "int"), False, ("conditions", 0, "for")),
        (("conditions", 5), False, ("conditions",)),
        (("conditions", "str"), False, ("conditions",)),
        ((7, "[key]"), False, (7,)),
        (("gone", "str"), False, ()),
    ],
)
def test_tags_and_names_of_validators_are_left_out(location, missing, path):
    assert path_of(DATA, location, missing=missing) == path


def test_many_ambiguous_steps_are_read_in_no_time():
    data: object = "end"
    for _ in range(200):
        data = {"a": data}

    assert path_of(data, ("a",) * 300) == ("a",) * 200


def test_an_object_is_found_again_by_identity():
    wanted = DATA["conditions"][0]["for"]

    assert path_to(DATA, wanted) == ("conditions", 0, "for")
    assert value_at(DATA, ("conditions", 0, "for")) is wanted
    assert path_to(DATA, {"minutes": 1}) is None
