"""Check that the shortcut says what the template would have said."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from plugins.mqtt.shortcut import follow, path_of


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{{ value_json.a }}", ("a",)),
        ("{{value_json.a.b_1}}", ("a", "b_1")),
        ("""{{ value_json["x y"]['z'] }}""", ("x y", "z")),
        (" {{- value_json.a -}} ", ("a",)),
        ('{{ value_json["items"] }}', ("items",)),
        ("{{ value_json.items }}", None),
        ("{{ value_json }}", None),
        ("{{ value_json.a | float }}", None),
        ("{{ value_json.a }} W", None),
        ("{{ value_json[0] }}", None),
        ("{{ value.a }}", None),
    ],
)
def test_knows_the_templates_that_only_go_down(template: str, path: tuple[str, ...] | None) -> None:
    assert path_of(template) == path


@pytest.mark.parametrize(
    "content",
    [1, -0.0, 22.05, 1e300, 10**15, True, False, None, "", " text ", "None", "1.50", "ü", [1], {"b": 1}],
)
def test_says_what_the_template_says(home: Any, content: object) -> None:
    source = "{{ value_json.a }}"
    message = orjson.loads(orjson.dumps({"a": content}))
    rendered = home.house.templates.compile(source).text({"value_json": message})

    assert follow(message, path_of(source) or ()) in (rendered, None)


@pytest.mark.parametrize("content", [[1], {"b": 1}])
def test_leaves_containers_to_the_template(content: object) -> None:
    assert follow({"a": content}, ("a",)) is None


@pytest.mark.parametrize("message", [{}, [], "a", 1, None, object()])
def test_leaves_what_is_not_there_to_the_template(message: object) -> None:
    assert follow(message, ("a",)) is None
