"""Pydantic's errors become problems with a place, a path and plain words."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import (
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from hub.config.problems import did_you_mean
from hub.config.source import load_text
from hub.config.validate import validate
from hub.core.errors import HubError


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Trigger(Part):
    """What kinds do: note their class, so that misspelt keys can be compared with their own."""

    trigger: str

    @model_validator(mode="before")
    @classmethod
    def _noted(cls, data: Any, info: ValidationInfo) -> Any:
        info.context["findings"].saw(data, cls)
        return data


class StateTrigger(Trigger):
    entity_id: str
    to: str | None = None
    for_: timedelta | None = Field(None, alias="for")

    @field_validator("to", mode="before")
    @classmethod
    def _word(cls, to: Any, info: ValidationInfo) -> Any:
        if hasattr(to, "truth"):
            info.context["findings"].warn(f"'{to}' has no quotes", "Quote it", at=to)
        return to


class NumericTrigger(Trigger):
    above: float | None = None
    below: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _range(cls, data: Any, info: ValidationInfo) -> Any:
        if data.get("above") == data.get("below"):
            info.context["findings"].warn("never fires", "Widen it", at=data, key="below")
        return data

    @field_validator("above")
    @classmethod
    def _checked(cls, above: float) -> float:
        if above == 1:
            raise ValueError("is odd", "Take 2")
        if above == 3:
            raise PydanticCustomError("odd", "{what} is odd", {"what": "3 {x}", "hint": "Take 4"})
        if above == 5:
            raise ValueError from HubError("is odd too", remedy="Take 6")
        if above == 7:
            raise HubError("is the last straw", remedy="Take 8")
        return above


KINDS = {"state": StateTrigger, "numeric_state": NumericTrigger}


def dispatched(data: Any, info: ValidationInfo) -> Any:
    kind = data.get("trigger")
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise PydanticCustomError("kind", "there is no trigger '{kind}'", {"kind": kind, "hint": hint})
    return KINDS[kind].model_validate(data, context=info.context)


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Automation(Part):
    alias: str = ""
    mode: Literal["single", "restart"] = "single"
    max: int = Field(10, ge=2, le=20)
    enabled: bool = True
    colour: Colour = Colour.RED
    limits: dict[str, int] = {}
    ratio: float = 0
    after: int | list[str] = 0
    names: list[str] = Field([], max_length=2)
    short: str = Field("", min_length=2, pattern="^a")
    triggers: Annotated[
        list[Annotated[Any, PlainValidator(dispatched)]],
        BeforeValidator(as_list),
        Field(validation_alias=AliasChoices("triggers", "trigger")),
    ] = []


class Root(Part):
    automation: list[Automation] = []


def told(text: str, model: type[BaseModel] = Root) -> list[str]:
    document = load_text(text, "a.yaml")
    _, problems = validate(model, document.data, document)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("alias: 3", "1:8: alias: should be a text, but is 3. Put it in quotes"),
        ("alias: true", "1:8: alias: should be a text, but is true. Put it in quotes"),
        ("alias:", "1:1: alias: should be a text, but is empty"),
        ("alias: [a]", "1:8: alias: should be a text, but is a list"),
        ("alias: !input x", "1:8: alias: should be a text, but is '!input x'. Only a blueprint has inputs"),
        (
            "mode: singel",
            "1:7: mode: should be one of single, restart, but is 'singel'. Did you mean 'single'?",
        ),
        ("colour: gren", "1:9: colour: should be one of red, green, but is 'gren'. Did you mean 'green'?"),
        ("max: ten", "1:6: max: should be a whole number, but is 'ten'"),
        ("max: 1.5", "1:6: max: should be a whole number, but is 1.5"),
        ("max: 1", "1:6: max: should be at least 2, but is 1"),
        ("max: 30", "1:6: max: should be at most 20, but is 30"),
        ("ratio: abc", "1:8: ratio: should be a number, but is 'abc'"),
        ("enabled: maybe", "1:10: enabled: should be true or false, but is 'maybe'"),
        ("limits: 5", "1:9: limits: should be a mapping, but is 5"),
        ("limits: {a: 1, b: x}", "1:19: limits.b: should be a whole number, but is 'x'"),
        ("limits: {1: 2}", "1:10: limits[1]: should be a text, but is 1. Put it in quotes"),
        ("after: soon", "1:8: after: should be a whole number or a list, but is 'soon'"),
        ("after: [1]", "1:9: after[0]: should be a text, but is 1. Put it in quotes"),
        ("names: [a, b, c]", "1:8: names: should have at most 2 entries, but is a list"),
        ("short: a", "1:8: short: should have at least 2 characters, but is 'a'"),
        ("short: bb", "1:8: short: should match the pattern ^a, but is 'bb'"),
        ("modus: x", "1:1: modus: unknown key. Did you mean 'mode'?"),
        ("qqq: x", "1:1: qqq: unknown key"),
        ("[]", "1:1: should be a mapping, but is a list"),
        ("", "1:1: should be a mapping, but is empty"),
    ],
)
def test_each_error_has_plain_words(text, problem):
    assert told(text, Automation) == [f"a.yaml:{problem}"]


@pytest.mark.parametrize(
    ("trigger", "problem"),
    [
        (
            "{trigger: state, entity_id: 5}",
            "1:40: triggers[0].entity_id: should be a text, but is 5. Put it in quotes",
        ),
        ("{trigger: state}", "1:12: triggers[0].entity_id: is missing"),
        ("{trigger: state, entity: x}", "1:29: triggers[0].entity: unknown key. Did you mean 'entity_id'?"),
        ("{trigger: state, entity_id: x, too: y}", "1:43: triggers[0].too: unknown key. Did you mean 'to'?"),
        (
            "{trigger: state, entity_id: x, for: y}",
            "1:48: triggers[0].for: should be a time span such as 00:05:00, but is 'y'",
        ),
        ("{trigger: sate}", "1:12: triggers[0]: there is no trigger 'sate'. Did you mean 'state'?"),
        ("{trigger: numeric_state, above: 1}", "1:44: triggers[0].above: is odd. Take 2"),
        ("{trigger: numeric_state, above: 3}", "1:44: triggers[0].above: 3 {x} is odd. Take 4"),
        ("{trigger: numeric_state, above: 5}", "1:44: triggers[0].above: is odd too. Take 6"),
        ("{trigger: numeric_state, above: 7}", "1:1: is the last straw. Take 8"),
    ],
)
def test_an_error_of_a_dispatched_kind_has_its_own_path(trigger, problem):
    assert told(f"triggers: [{trigger}]", Automation) == [f"a.yaml:{problem}"]


def test_a_single_trigger_under_the_old_name_keeps_its_path():
    assert told("trigger:\n  trigger: state\n  entity_id: []\n", Automation) == [
        "a.yaml:3:14: trigger.entity_id: should be a text, but is a list"
    ]


def test_all_errors_are_told_in_the_order_of_the_file():
    text = "automation:\n- mode: x\n  triggers:\n  - {trigger: state}\n- alias: 1\n- x\n"

    places = [line.split(": ")[:2] for line in told(text)]
    assert places == [
        ["a.yaml:2:9", "automation[0].mode"],
        ["a.yaml:4:5", "automation[0].triggers[0].entity_id"],
        ["a.yaml:5:10", "automation[1].alias"],
        ["a.yaml:6:3", "automation[2]"],
    ]


def test_a_nested_model_suggests_its_own_keys():
    assert told("automation:\n- alais: x\n") == [
        "a.yaml:2:3: automation[0].alais: unknown key. Did you mean 'alias'?"
    ]


def test_words_are_truths_for_a_bool_and_text_for_a_text():
    document = load_text("enabled: off\nalias: on\n")

    automation, problems = validate(Automation, document.data, document)

    assert problems == []
    assert automation == Automation(enabled=False, alias="on")


def test_a_validator_can_warn_at_a_word():
    document = load_text("triggers:\n- {trigger: state, entity_id: x, to: on}\n", "a.yaml")

    automation, problems = validate(Automation, document.data, document)

    assert automation is not None
    assert [str(problem) for problem in problems] == [
        "a.yaml:2:38: triggers[0].to: 'on' has no quotes. Quote it"
    ]
    assert [problem.severity for problem in problems] == ["warning"]


def test_a_validator_can_warn_at_a_key_of_what_it_was_given():
    document = load_text("triggers:\n- {trigger: numeric_state, above: 2, below: 2}\n", "a.yaml")

    _, problems = validate(Automation, document.data, document)

    assert [str(problem) for problem in problems] == ["a.yaml:2:45: triggers[0].below: never fires. Widen it"]


def test_a_part_is_validated_with_its_path_and_places():
    document = load_text("automation kitchen:\n- alias: x\n- mode: y\n", "a.yaml")
    path = ("automation kitchen", 1)

    _, problems = validate(Automation, document.data["automation kitchen"][1], document, path)

    assert str(problems[0]).startswith("a.yaml:3:9: automation kitchen[1].mode: should be one of")


def test_a_part_that_is_no_container_is_placed_by_its_path():
    document = load_text("automation:\n- x\n", "a.yaml")

    _, problems = validate(Automation, "x", document, ("automation", 0))

    assert [str(problem) for problem in problems] == [
        "a.yaml:2:3: automation[0]: should be a mapping, but is 'x'"
    ]


def test_what_is_broken_already_is_not_complained_about_again():
    document = load_text("alias: !secrt x\nmax: {{ x }}\nmode: y\n", "a.yaml")

    _, problems = validate(Automation, document.data, document)

    assert len(document.problems) == 2
    assert [problem.path for problem in problems] == [("mode",)]


def test_an_alias_does_not_hide_where_its_text_stands():
    document = load_text("x: &x {mode: y}\nautomation: [*x, *x]\n", "a.yaml")

    _, problems = validate(list[Automation], document.data["automation"], document, ("automation",))

    assert [str(problem.place) for problem in problems] == ["a.yaml:1:14", "a.yaml:1:14"]
    assert [problem.path for problem in problems] == [("automation", 0, "mode"), ("automation", 1, "mode")]
