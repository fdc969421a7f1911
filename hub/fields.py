"""The types of YAML values that many kinds share: templates, durations, entity ids, lists of one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from hub.config.scalars import Sixties, Word, plain
from hub.core.errors import HubError, TemplateError
from hub.core.ports import Kinds, Origin, Template, Templates, Value
from hub.core.state import was_entity_id

T = TypeVar("T")


@dataclass(slots=True)
class Parsing:
    """What validation needs to know: which kinds there are, and who compiles templates.

    Validators find it in pydantic's validation context, beside the `Findings` for warnings.
    """

    kinds: Kinds
    templates: Templates
    origin: Origin | None = None
    """The device of a registry under which a part stands."""

    def context(self) -> dict[str, object]:
        """Return the validation context that carries this."""
        return {"parsing": self}

    @staticmethod
    def of(info: ValidationInfo) -> Parsing:
        parsing = info.context.get("parsing") if isinstance(info.context, Mapping) else None
        if not isinstance(parsing, Parsing):
            raise TypeError("validate with a Parsing in the context")
        return parsing


def refuse(problem: str, hint: str = "") -> PydanticCustomError:
    """Make the error that a validator raises; `hint` says how to mend it."""
    return PydanticCustomError("hub", "{problem}", {"problem": problem, "hint": hint})


def warn(info: ValidationInfo, problem: str, hint: str = "", *, at: object = None, key: Any = None) -> None:
    """Say what is doubtful but not wrong about `at`, the very mapping that was read, or about its `key`."""
    findings = info.context.get("findings") if isinstance(info.context, Mapping) else None
    if findings is not None:
        findings.warn(problem, hint, at=at, key=key)


def without(
    info: ValidationInfo, data: Any, retired: Collection[str], said: str = "is no longer read"
) -> Any:
    """Return a mapping without its `retired` keys, which only older files have, and warn of each."""
    if not isinstance(data, Mapping):
        return data
    for key in data:
        if key in retired:
            warn(info, f"`{key}` {said}", "Take it away", at=data, key=key)
    return {key: value for key, value in data.items() if key not in retired}


def renamed(info: ValidationInfo, data: Any, names: Mapping[str, str]) -> Any:
    """Return a mapping with old names of keys replaced by today's, and warn of each."""
    if not isinstance(data, Mapping):
        return data
    old = {key: new for key, new in names.items() if key in data and new not in data}
    for key, new in old.items():
        warn(info, f"`{key}` is called `{new}` today", f"Write `{new}`", at=data, key=key)
    return {old.get(key, key): value for key, value in data.items()} if old else data


def only_known(info: ValidationInfo, data: Any, names: Collection[str]) -> Any:
    """Return a mapping without keys that are none of `names` and resemble none of them, and warn of each."""
    if not isinstance(data, Mapping):
        return data
    strange = [
        key for key in data if key not in names and not difflib.get_close_matches(str(key), names, 1, 0.88)
    ]
    return without(info, data, strange, "means nothing here") if strange else data


def _schema(*types: str) -> WithJsonSchema:
    """Say in the configuration's JSON Schema which types of YAML values a field takes."""
    return WithJsonSchema({"type": types[0] if len(types) == 1 else list(types)})


def as_list(value: Any) -> Any:
    """Return a list where one item may stand for a list of one; None is an empty list."""
    if value is None:
        return []
    return value if isinstance(value, (list, tuple)) else [value]


OneOrMany = Annotated[tuple[T, ...], BeforeValidator(as_list)]
"""A list, or one item that stands for a list of one."""


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, (int, float)):
        return str(value)
    rendered = getattr(value, "rendered", None)  # a template's list or mapping knows how it was written
    if isinstance(rendered, str):
        return rendered
    return str(value) if isinstance(value, Word) else value


Text = Annotated[str, BeforeValidator(_text)]
"""A text; numbers and booleans are taken as they would be printed."""


def _state(value: Any) -> Any:
    if isinstance(value, bool):
        raise refuse(
            "a state is a text, not a YAML boolean", f"Write '{'on' if value else 'off'}' in quotes."
        )
    return str(value) if isinstance(value, Word) else value


StateText = Annotated[str, BeforeValidator(_state)]
"""The text of a state. `on` and `off` need no quotes here, `true` is refused."""


def _bool(value: Any) -> Any:
    return value.truth if isinstance(value, Word) else value


Bool = Annotated[bool, BeforeValidator(_bool)]


def looks_like_template(value: object) -> bool:
    return isinstance(value, str) and ("{{" in value or "{%" in value or "{#" in value)


def _compile(source: Any, info: ValidationInfo, *, limited: bool) -> Template:
    if isinstance(source, bool):
        source = str(source)
    if not isinstance(source, (str, int, float)):
        raise refuse("should be a template (a text)")
    try:
        return Parsing.of(info).templates.compile(str(source), limited=limited)
    except TemplateError as error:
        raise refuse(error.problem, error.remedy) from error


def _template(source: Any, info: ValidationInfo) -> Template:
    return _compile(source, info, limited=False)


def _limited_template(source: Any, info: ValidationInfo) -> Template:
    return _compile(source, info, limited=True)


TemplateField = Annotated[Template, PlainValidator(_template), _schema("string", "number", "boolean")]
"""A template, compiled when the configuration is read."""

LimitedTemplate = Annotated[
    Template, PlainValidator(_limited_template), _schema("string", "number", "boolean")
]
"""A template that is rendered once at set-up, and sees neither states nor the time."""


def compile_value(data: Any, info: ValidationInfo, *, limited: bool = False) -> Value:
    """Compile YAML data in which any text may be a template."""
    try:
        return Parsing.of(info).templates.value(plain(data), limited=limited)
    except TemplateError as error:
        raise refuse(error.problem, error.remedy) from error


def _value(data: Any, info: ValidationInfo) -> Value:
    return compile_value(data, info)


def _mapping_value(data: Any, info: ValidationInfo) -> Value:
    if data is None:
        data = {}
    if not isinstance(data, Mapping) and not looks_like_template(data):
        raise refuse("should be a mapping of names to values")
    return compile_value(data, info)


def _call_data(data: Any, info: ValidationInfo) -> Value:
    """Read the data of a service call: Home Assistant takes a text for it, with which a run then fails."""
    if isinstance(data, str) and not looks_like_template(data):
        if data.strip():
            warn(info, "the data of a service is a text here: the call will fail", "Write a mapping", at=data)
            return compile_value(data, info)
        data = {}
    return _mapping_value(data, info)


def _limited_mapping(data: Any, info: ValidationInfo) -> Value:
    if not isinstance(data, Mapping):
        raise refuse("should be a mapping of names to values")
    return compile_value(data, info, limited=True)


ValueField = Annotated[Value, PlainValidator(_value)]
"""Any YAML data; texts in it may be templates."""

DataField = Annotated[Value, PlainValidator(_mapping_value), _schema("object", "string", "null")]
CallDataField = Annotated[Value, PlainValidator(_call_data), _schema("object", "string", "null")]
"""A mapping whose values may be templates, or one template that gives a mapping."""

LimitedData = Annotated[Value, PlainValidator(_limited_mapping), _schema("object")]


class Later:
    """A field whose model `find(data)` brings, only when the YAML has one: `Annotated[Part, Later(find)]`.

    `every` brings all that it may be, for the configuration's schema.
    """

    def __init__(
        self, find: Callable[[Any], type[BaseModel]], every: Callable[[], Sequence[type[BaseModel]]]
    ) -> None:
        self._find = find
        self._every = every

    def _read(self, data: Any, info: ValidationInfo) -> Any:
        kind = self._find(data)
        if isinstance(data, kind):
            return data
        findings = info.context.get("findings") if info.context else None
        if findings is not None:  # so that a misspelt key is told with the one that is meant
            findings.saw(data, kind)
        return kind.model_validate(data, context=info.context)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            self._read, serialization=core_schema.plain_serializer_function_ser_schema(lambda each: each)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        some = [handler(kind.__pydantic_core_schema__) for kind in self._every()]
        return some[0] if len(some) == 1 else {"oneOf": some}


class Variables:
    """A `variables:` block: names in the order written, each rendered with those before it."""

    __slots__ = ("items", "names")

    def __init__(self, items: Mapping[str, Value]) -> None:
        self.items = dict(items)
        names: frozenset[str] = frozenset()
        for value in items.values():
            names |= value.names
        self.names = names

    def render(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return only the block's own names, rendered in order over `variables`."""
        seen = dict(variables)
        mine: dict[str, Any] = {}
        for name, value in self.items.items():
            try:
                mine[name] = seen[name] = value.data if value.static else value.render(seen)
            except TemplateError as error:
                error.within(name)
                raise
        return mine


def _variables(data: Any, info: ValidationInfo, *, limited: bool) -> Variables:
    if not isinstance(data, Mapping):
        raise refuse("should be a mapping of names to values")
    return Variables({str(name): compile_value(value, info, limited=limited) for name, value in data.items()})


def _full_variables(data: Any, info: ValidationInfo) -> Variables:
    return _variables(data, info, limited=False)


def _limited_variables(data: Any, info: ValidationInfo) -> Variables:
    return _variables(data, info, limited=True)


VariablesField = Annotated[Variables, PlainValidator(_full_variables), _schema("object")]
LimitedVariables = Annotated[Variables, PlainValidator(_limited_variables), _schema("object")]


def entity_id(value: Any) -> str:
    """Check one entity id; upper case is forgiven."""
    if not isinstance(value, str):
        raise refuse("should be an entity id such as sensor.kitchen")
    text = value.strip().lower()
    if not was_entity_id(text) and re.fullmatch(r"[0-9a-f]{32}", text) is None:
        raise refuse(f"{value!r} is no entity id", "Write domain.name, such as sensor.kitchen.")
    return text


def _entity_ids(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)):
        raise refuse("should be an entity id or a list of them")
    return tuple(entity_id(item) for item in value)


EntityId = Annotated[str, PlainValidator(entity_id), _schema("string")]
EntityIds = Annotated[tuple[str, ...], PlainValidator(_entity_ids), _schema("string", "array")]
"""One entity id, several separated by commas, or a list."""

_HOW = 'Write seconds, "HH:MM:SS" or minutes: 5.'
_CLOCK = re.compile(r"([+-])?(\d+):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?")
_UNITS = {
    "days": 86400.0,
    "hours": 3600.0,
    "minutes": 60.0,
    "seconds": 1.0,
    "milliseconds": 0.001,
    "weeks": 604800.0,
}


def seconds_of(value: Any) -> float:
    """Return the seconds that a number, `HH:MM[:SS]`, a mapping of units or a timedelta means.

    Raises `HubError` for anything else.
    """
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return _seconds_of_units(value)
    if isinstance(value, bool) or value is None:
        raise HubError(f"{value!r} is no duration", remedy=_HOW)
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, Sixties):
        return float(value.number)
    match = _CLOCK.fullmatch(str(value).strip())
    if match:
        sign, hours, minutes, seconds = match.groups()
        total = int(hours) * 3600 + int(minutes) * 60 + float(seconds or 0)
        return -total if sign == "-" else total
    try:
        return float(str(value))
    except ValueError:
        raise HubError(f"{value!r} is no duration", remedy=_HOW) from None


def _seconds_of_units(units: Mapping[str, Any]) -> float:
    unknown = [name for name in units if name not in _UNITS]
    if unknown or not units:
        raise HubError(f"{dict(units)!r} is no duration", remedy=f"The units are {', '.join(_UNITS)}.")
    try:
        return sum(float(amount) * _UNITS[name] for name, amount in units.items())
    except (TypeError, ValueError):
        raise HubError(f"{dict(units)!r} is no duration", remedy="Give each unit a number.") from None


class Duration:
    """A length of time as it stands in the YAML; with templates it is known only when rendered."""

    __slots__ = ("_fixed", "value")

    def __init__(self, value: Value) -> None:
        self.value = value
        self._fixed: float | None = seconds_of(value.data) if value.static else None

    @property
    def fixed(self) -> float | None:
        """The seconds, None if a template decides."""
        return self._fixed

    def seconds(self, variables: Mapping[str, Any] | None = None) -> float:
        """Return the seconds; raises `HubError` if a template gives no duration, or a negative one."""
        if self._fixed is not None:
            return self._fixed
        seconds = seconds_of(self.value.render(variables))
        if seconds < 0:
            raise HubError(f"a duration can't be negative ({seconds:g} s)")
        return seconds

    def period(self, variables: Mapping[str, Any] | None = None) -> timedelta:
        """Return `seconds` as a timedelta; raises `HubError` also for what no clock can wait for."""
        seconds = self.seconds(variables)
        try:
            return timedelta(seconds=seconds)
        except (OverflowError, ValueError) as error:
            raise HubError(f"{seconds} s is no length of time") from error


def _doubt_sixties(value: Any, info: ValidationInfo) -> None:
    """Warn of `10:00`, which YAML counts in minutes and people may mean in hours."""
    if isinstance(value, Sixties) and value.number != seconds_of(str(value)):
        sign = "-" if value.number < 0 else ""
        length = f"{sign}{timedelta(seconds=abs(value.number))}"
        text = f"{value} without quotes is {length}, for YAML counts minutes and seconds here"
        warn(info, text, f"Write '{length}', or '{value}' in quotes for hours and minutes", at=value)


def _duration(value: Any, info: ValidationInfo, *, negative: bool = False) -> Duration:
    _doubt_sixties(value, info)
    try:
        duration = Duration(compile_value(value, info))
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error
    if not negative and duration.fixed is not None and duration.fixed < 0:
        raise refuse("a duration can't be negative")
    return duration


def _positive_duration(value: Any, info: ValidationInfo) -> Duration:
    return _duration(value, info)


def _timedelta(value: Any, info: ValidationInfo) -> timedelta:
    _doubt_sixties(value, info)
    try:
        return timedelta(seconds=seconds_of(value))
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error


DurationField = Annotated[Duration, PlainValidator(_positive_duration), _schema("string", "number", "object")]
"""Seconds, `HH:MM[:SS[.ms]]`, a mapping of units, or templates of these."""

Period = Annotated[timedelta, PlainValidator(_timedelta), _schema("string", "number", "object")]
"""A duration without templates; may be negative (`-00:30:00`)."""


_TRUE, _FALSE = ("1", "true", "yes", "on", "enable"), ("0", "false", "no", "off", "disable")


def _enabled(value: Any, info: ValidationInfo) -> bool | Template:
    if isinstance(value, (bool, int, float)):
        return bool(value)
    if isinstance(value, Word):
        return bool(value.truth)
    if looks_like_template(value):
        return _compile(value, info, limited=True)
    if isinstance(value, str) and value.lower().strip() in (*_TRUE, *_FALSE):
        return value.lower().strip() in _TRUE
    raise refuse("should be true, false or a template")


Enabled = Annotated[bool | Template, PlainValidator(_enabled), _schema("boolean", "string")]
"""Whether a part takes part; a template is rendered once, when the automation is set up."""


def _limit(value: Any) -> float | str:
    if isinstance(value, bool):
        raise refuse("should be a number or an entity id, not a boolean")
    if isinstance(value, (int, float)):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    found = entity_id(value)
    if found.partition(".")[0] not in ("input_number", "number", "sensor", "zone"):
        raise refuse(
            f"{value!r} can't be a limit", "Use a number, or an input_number, number, sensor or zone entity."
        )
    return found


Limit = Annotated[float | str, PlainValidator(_limit), _schema("number", "string")]
"""A number, or the entity whose state is the number."""


def is_true(result: object) -> bool:
    """Tell whether a rendered result counts as true where Home Assistant asks a template loosely.

    `true`, `on`, `yes`, `enable`, `1` in any case, and any number but 0.
    """
    if isinstance(result, bool):
        return result
    if isinstance(result, str):
        return result.strip().lower() in ("1", "true", "yes", "on", "enable")
    if isinstance(result, (int, float)):
        return result != 0
    return False


def is_enabled(enabled: bool | Template, variables: Mapping[str, Any] | None = None) -> bool:
    """Decide an `enabled:` at set-up."""
    return enabled if isinstance(enabled, bool) else is_true(enabled.render(variables))
