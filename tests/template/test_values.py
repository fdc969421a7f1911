"""YAML data with templates in it, MQTT payloads, and templates themselves."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from hub.core.errors import TemplateError

BUTTONS = r"""{% set patterns = [
{"pattern": '^(?P<button>(?:button_)?[a-z0-9]+)_(?P<action>(?:press|hold)(?:_release)?)$', "groups": ["button", "action"]},
{"pattern": '^(?P<action>recall|scene)_(?P<scene>[0-2][0-9]{0,2})$', "groups": ["action", "scene"]},
{"pattern": '^(?P<actionPrefix>region_)(?P<region>[1-9]|10)_(?P<action>enter|leave)$', "groups": ["actionPrefix", "region", "action"]},
{"pattern": '^(?P<action>brightness_step)(?:_(?P<direction>up|down))?$', "groups": ["action", "direction"]}
] %}
{% set action_value = value_json.action|default('') %}
{% set ns = namespace(r=[('action', action_value)]) %}
{% for p in patterns %}
  {% set m = action_value|regex_findall(p.pattern) %}
  {% if m[0] is undefined %}{% continue %}{% endif %}
  {% for key, value in zip(p.groups, m[0]) %}
    {% set ns.r = ns.r|rejectattr(0, 'eq', key)|list + [(key, value)] %}
  {% endfor %}
{% endfor %}
{% if (ns.r|selectattr(0, 'eq', 'actionPrefix')|first) is defined %}
  {% set ns.r = ns.r|rejectattr(0, 'eq', 'action')|list + [('action', ns.r|selectattr(0, 'eq', 'actionPrefix')|map(attribute=1)|first + ns.r|selectattr(0, 'eq', 'action')|map(attribute=1)|first)] %}
{% endif %}
{% set ns.r = ns.r + [('event_type', ns.r|selectattr(0, 'eq', 'action')|map(attribute=1)|first)] %}
{{dict.from_keys(ns.r|rejectattr(0, 'in', ('action', 'actionPrefix'))|reject('eq', ('event_type', None))|reject('eq', ('event_type', '')))|to_json}}"""  # noqa: E501  # as devices send it


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("button_1_press", {"button": "button_1", "event_type": "press"}),
        ("1_hold_release", {"button": "1", "event_type": "hold_release"}),
        ("scene_2", {"scene": "2", "event_type": "scene"}),
        ("region_3_enter", {"region": "3", "event_type": "region_enter"}),
        ("brightness_step_up", {"direction": "up", "event_type": "brightness_step"}),
        ("toggle", {"event_type": "toggle"}),
        ("", {}),
    ],
)
def test_renders_the_buttons_of_zigbee2mqtt(house: Any, action: str, event: dict[str, str]) -> None:
    result = house.templates.compile(BUTTONS).payload(orjson.dumps({"action": action}).decode())

    assert orjson.loads(result) == event


@pytest.mark.parametrize(
    ("source", "payload", "text"),
    [
        ("{{ value_json.a.b }}", '{"a": {"b": 5}}', "5"),
        ("{{ value_json }}", "12", "12"),
        ("{{ value_json['x'] | tojson }}", b'{"x": {"y": null}}', '{"y": null}'),
        ("{{ value | upper }}", "on", "ON"),
        ("  {{ value }}  ", " on ", "on"),
        ("{{ value_json is defined }}", "no json", "False"),
        ("{{ value_json.a | default('none') }}", "{}", "none"),
        ("{{ value_json.a }}", "{}", ""),
        ("{{ value | unpack('b') }}", b"\xfe", "-2"),
        ("{{ {'off': 0}[value_json.mode] | default('None') }}", '{"mode": "off"}', "0"),
        ("{{ value if value == name else 'other' }}", "x", "x"),
        (" static ", "x", "static"),
        ("{{ value_json.n }}", '{"n": 010}', "the payload"),
    ],
)
def test_makes_a_text_of_a_payload(house: Any, source: str, payload: Any, text: str) -> None:
    template = house.templates.compile(source)

    assert template.payload(payload, {"name": "x"}, default="the payload") == text


def test_a_value_that_is_missing_gives_the_default(house: Any) -> None:
    assert house.templates.compile("{{ value_json.a.b }}").payload("{}", default=None) is None


def test_a_value_that_is_missing_leaves_the_payload(house: Any, caplog: pytest.LogCaptureFixture) -> None:
    template = house.templates.compile("{{ value_json.a.b }}")

    assert [template.payload("{}"), template.payload("{}")] == ["{}", "{}"]
    assert len(caplog.records) == 1


@pytest.mark.parametrize("source", ["{{ value | float }}", "{{ 1 / 0 }}", "{{ states['a b'] }}"])
def test_other_errors_are_errors_in_spite_of_a_default(house: Any, source: str) -> None:
    with pytest.raises(TemplateError):
        house.templates.compile(source).payload("x", default="d")


def test_a_payload_is_never_a_template(house: Any) -> None:
    assert house.templates.compile("{{ value }}").payload("{{ 1 + 1 }}") == "{{ 1 + 1 }}"


def test_renders_what_is_a_template_and_nothing_else(house: Any) -> None:
    data = {
        "plain": "12",
        "number": 5,
        "template": "{{ n + 1 }}",
        "{{ 'key' }}": ["{{ n }}", {"deep": "{{ 'a' ~ n }}"}, "True", None],
        "comment": "{# nothing #}text",
    }

    value = house.templates.value(data)

    assert value.render({"n": 1}) == {
        "plain": "12",
        "number": 5,
        "template": 2,
        "key": [1, {"deep": "a1"}, "True", None],
        "comment": "text",
    }
    assert (value.static, value.names, value.data) == (False, {"n"}, data)


@pytest.mark.parametrize("data", ["12", "[1]", 5, None, {"a": ["b", {"c": 1}]}, [], "{ }", ("{{ 1 }}",)])
def test_data_without_templates_is_the_very_data(house: Any, data: Any) -> None:
    value = house.templates.value(data)

    assert value.static
    assert value.render({"x": 1}) is data


def test_a_text_alone_is_data_too(house: Any) -> None:
    value = house.templates.value("{{ [1, 2] }}")

    assert value.render() == [1, 2]


def test_data_with_a_broken_template_is_refused(house: Any) -> None:
    with pytest.raises(TemplateError):
        house.templates.value({"a": ["{{ }}"]})


def test_limited_data_sees_no_states(house: Any) -> None:
    with pytest.raises(TemplateError):
        house.templates.value(["{{ states('a.b') }}"], limited=True).render()


def test_a_static_template_is_read_like_a_result(house: Any) -> None:
    template = house.templates.compile(" 12 ")

    assert (template.render(), template.text(), template.track()[0], template.names) == (
        12,
        "12",
        12,
        frozenset(),
    )


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{{ a }}", {"a"}),
        ("{{ states(a.b) }}{{ now() }}", {"a"}),
        ("{% set a = 1 %}{{ a + b }}", {"b"}),
        ("{% for x in xs %}{{ x }}{{ loop.index }}{% endfor %}", {"xs"}),
        ("{% macro m(p) %}{{ p }}{{ q }}{% endmacro %}{{ m(1) }}", {"q"}),
        ("{{ 1 }}", set()),
    ],
)
def test_knows_the_variables_that_it_reads(house: Any, source: str, names: set[str]) -> None:
    assert house.templates.compile(source).names == names


def test_compiles_a_source_once(house: Any) -> None:
    assert house.templates.compile("{{ 1 }}") is house.templates.compile("{{ 1 }}")
    assert house.templates.compile("{{ 1 }}", limited=True) is not house.templates.compile("{{ 1 }}")


def test_a_variable_hides_a_function(house: Any) -> None:
    assert house.render("{{ distance }}", distance=5) == 5


def test_a_result_is_trimmed(house: Any) -> None:
    assert house.text("\n {{ 1 }} \n") == "1"
    assert house.render("\n {{ 1 }} \n") == 1
