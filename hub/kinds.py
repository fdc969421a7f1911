"""The shape of each kind of part that a plugin can offer.

A kind is a frozen pydantic model: its fields are its YAML keys, its docstring is its help text, and one
method does its work. What the YAML calls a trigger, condition or action is parsed here by the name in
the catalog, so that parts nest in each other (a `choose` holds conditions and actions).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Protocol, runtime_checkable

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails

from hub.absent import absence, lacking, unheard_of
from hub.core.cause import Cause
from hub.core.clock import Detach, nothing
from hub.core.errors import HubError
from hub.core.ports import House, Mqtt
from hub.core.services import Outcome
from hub.core.store import HistoryStore
from hub.core.web import WebHandler, WebRole
from hub.fields import (
    Enabled,
    OneOrMany,
    Parsing,
    Text,
    VariablesField,
    is_enabled,
    looks_like_template,
    only_known,
    refuse,
    warn,
)
from hub.foreign import names


class Kind(BaseModel):
    """A part of the house as the YAML declares it."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    partly: ClassVar[bool] = False
    """Whether Home Assistant's of the same name takes more keys: those are then only warned of."""

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any, info: ValidationInfo) -> Any:
        return only_known(info, data, cls.model_fields) if cls.partly else data

    @classmethod
    def beyond(cls, data: Mapping[str, Any]) -> str:
        """Say what of `data` nobody here can do: it is then read with a warning and does nothing."""
        return ""


# --- triggers -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begun:
    """A time that ran when the hub ended: when it is over (seconds since 1970), and what was noted."""

    key: str
    due: float
    facts: Mapping[str, Any]


class Timers(Protocol):
    """The times that run for one trigger; they go on over a restart of the hub."""

    def left(self) -> Sequence[Begun]:
        """Return those that ran when the hub ended. `begin` each again, or `drop` it."""
        ...

    def begin(self, key: str, seconds: float, facts: Mapping[str, Any], over: Callable[[], None]) -> Detach:
        """Call `over` in so many seconds. `facts` are kept, and so is when it is over."""
        ...

    def drop(self, key: str) -> None:
        """Forget a time that was left."""
        ...


@dataclass(slots=True)
class Attachment:
    """What a trigger is given when it is attached.

    `fire(facts, cause)` starts a run; `facts` become `trigger.<name>` beside the common ones.
    `variables` are the automation's `trigger_variables`; `name` stands for it in the log.
    """

    house: House
    fire: Callable[[dict[str, Any], Cause | None], None]
    variables: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The common trigger variables (id, idx, alias, platform), for templates of the trigger itself."""
    timers: Timers | None = None

    def left(self) -> Sequence[Begun]:
        """Return the times that ran when the hub ended; what is over by now is in the past."""
        return self.timers.left() if self.timers is not None else ()

    def after(
        self,
        seconds: float,
        over: Callable[[], None],
        *,
        key: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> Detach:
        """Call `over` in so many seconds, also if the hub is started again meanwhile.

        `facts` is what `left` then gives back under `key`, which is the trigger's own.
        """
        if self.timers is None:
            return self.house.clock.call_later(seconds, over)
        return self.timers.begin(key, seconds, facts or {}, over)

    def forget(self, begun: Begun) -> None:
        """Do without a time that was left."""
        if self.timers is not None:
            self.timers.drop(begun.key)


class Trigger(Kind):
    """Fires when something happens. Attach it, and call what you got back to stop it."""

    platform: str = ""
    id: Text | None = None
    """What `trigger.id` and the condition `trigger` know it by; without, its place in the list, from 0."""
    alias: Text | None = None
    """What traces call it."""
    variables: VariablesField | None = None
    """Values for templates, worked out when it fires."""
    enabled: Enabled = True
    """`false` leaves it out."""

    def attach(self, attachment: Attachment) -> Detach:
        """Begin to watch. Raises `HubError` if that can't be done."""
        raise NotImplementedError

    def waits_for(self, house: House) -> str:
        """Say in words what must happen, with the values now: for traces and `explain`."""
        return f"{self.platform}"

    def because(self, facts: Mapping[str, Any]) -> str:
        """Say in words what happened, by the facts with which it fired: for the logbook."""
        return str(facts.get("description") or self.platform)

    def distance(self, house: House) -> str:
        """Say how far it is from firing now, as `needs 1.4 more` or `in 2 min 10 s`; nothing if unknown."""
        return ""


# --- conditions -----------------------------------------------------------------------------------


class Scope(Protocol):
    """What conditions and templates see of a run."""

    @property
    def house(self) -> House: ...

    @property
    def variables(self) -> Mapping[str, Any]: ...


class Condition(Kind):
    """Holds or does not. Asked synchronously: nothing changes between two conditions of a run."""

    condition: str = ""
    alias: Text | None = None
    """What traces call it."""
    enabled: Enabled = True
    """`false` leaves it out."""

    def test(self, scope: Scope) -> bool:
        """Tell whether it holds; raises `HubError` if that can't be told."""
        raise NotImplementedError

    def why(self, scope: Scope) -> str:
        """Say why it does not hold, with values; asked right after `test` gave False."""
        return f"{self.condition} does not hold"


def holds(condition: Condition, scope: Scope) -> bool | None:
    """Test a condition; None if it is disabled and so does not count."""
    if condition.enabled is True or is_enabled(condition.enabled):
        return condition.test(scope)
    return None


# --- actions --------------------------------------------------------------------------------------


class StopRun(Exception):
    """Ends the whole run: the `stop` action, or a wait that was not worth going on after."""

    def __init__(
        self, reason: str, *, error: bool = False, response: Any = None, aborted: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error = error
        self.response = response
        self.aborted = aborted


class SequenceOver(Exception):
    """Ends the sequence it is raised in: a condition among the actions that did not hold."""


class Run(Scope, Protocol):
    """One run of a sequence of actions, as an action sees it."""

    cause: Cause

    def set_variables(self, values: Mapping[str, Any]) -> None:
        """Assign: a name is changed where it was first defined, a new one is the whole run's."""
        ...

    def sequence(
        self, actions: Sequence[Action], path: str, variables: Mapping[str, Any] | None = None
    ) -> Awaitable[None] | None:
        """Run actions as a block of their own; `path` is relative to the step under way."""
        ...

    def branch(self, path: str, variables: Mapping[str, Any] | None = None, *, apart: bool = False) -> Run:
        """Return a run for a block of its own, that may go on beside this one.

        What one that is `apart` makes known to the whole run (`set_for_all`) stays in it.
        """
        ...

    def check(self, conditions: Sequence[Condition], path: str) -> bool:
        """Test conditions as an *and*; an error counts as false, with a warning."""
        ...

    def call(
        self, domain: str, service: str, data: Mapping[str, Any], *, return_response: bool = False
    ) -> Outcome:
        """Call a service with this run as its cause."""
        ...

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Wait on the house's clock."""
        ...

    def hold(self, **facts: Any) -> None:
        """Say what `resume` will need of the step under way; `due` is when its wait is over at the latest."""
        ...

    def keep(self) -> None:
        """Say that something in what is held has changed."""
        ...

    @property
    def held(self) -> Mapping[str, Any] | None:
        """What was held."""
        ...

    def was_in(self, path: str) -> bool:
        """Tell in `resume` whether the block at `path` was under way."""
        ...

    def rejoin(self) -> Awaitable[Any] | None:
        """Return in `resume` the run that the step waits for, if it was taken up again too."""
        ...

    def set_for_all(self, name: str, value: Any) -> None:
        """Make a variable known to the whole run, as `wait` is."""
        ...

    def note(self, **result: Any) -> None:
        """Add to the trace of the step under way."""
        ...

    def warn(self, text: str, *args: object) -> None:
        """Log a warning that names the automation and the step."""
        ...

    def complain(self, text: str, *args: object) -> None:
        """Log an error that names the automation and the step."""
        ...


class Action(Kind):
    """Does something. Returns None when it is done at once, else what to wait for."""

    alias: Text | None = None
    """What traces call it."""
    enabled: Enabled = True
    """`false` leaves it out."""
    continue_on_error: bool = False
    """Go on with the next step when this one fails."""

    def run(self, run: Run) -> Awaitable[None] | None:
        raise NotImplementedError

    def resume(self, run: Run) -> Awaitable[None] | None:
        """Take up again what waited when the hub ended, by what `run.held` says.

        Blocks do so with `run.sequence` for each block that `run.was_in`. Without it the step counts as done.
        """
        return None


# --- the rest -------------------------------------------------------------------------------------


class EntityPlatform(Kind):
    """One entity as a platform declares it. Offered as `<platform>.<domain>`, such as `mqtt.sensor`."""

    def add(self, house: House) -> Detach:
        """Let the entity live until the Detach is called."""
        raise NotImplementedError


class Integration(Kind):
    """A top-level section of the YAML, offered under its key.

    One that is `always` there is started also without its key, as if the section were empty. If it then
    makes entities that no line of YAML declares, it says so with `uninvited`: `hub test` leaves it out.
    """

    always: ClassVar[bool] = False
    uninvited: ClassVar[bool] = False

    def divided(self, data: Any) -> Iterable[tuple[str, Any, Integration]]:
        """Yield name, YAML data and integration of each part of the section `data` that can live by itself.

        A reload then changes only those whose data changed. Nothing: the section changes as a whole.
        """
        return ()

    def start(self, house: House) -> Detach:
        """Set up; called once, before automations listen. Long work goes to `house.tasks.spawn`."""
        raise NotImplementedError


class ServiceData(BaseModel):
    """The fields of one service; what a call's data is checked against.

    `entity_id`, `device_id`, `area_id`, `floor_id` and `label_id` are taken out before. `response` says
    whether the service answers: `none`, `optional` or `only`; an entity's answer stands under its id.
    """

    response: ClassVar[Literal["none", "optional", "only"]] = "none"

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class NoData(ServiceData):
    """A service that takes no fields but its target."""


class Domain:
    """A class of entities (`switch`, `climate`): the services that each of its entities may obey."""

    name: ClassVar[str]
    services: ClassVar[Mapping[str, type[ServiceData]]] = {}
    features: ClassVar[Mapping[str, int]] = {}
    """The bits of Home Assistant's `supported_features`, by the services that an entity obeys.

    Under `""` is what all have. A class without any does not show the attribute.
    """


class Page:
    """A page of a plugin in the menu: files as they are, and answers beside them.

    Offered under its name: `folder` with its `index.html` stands at `/plugin/NAME/`, and what `answers`
    returns at `/api/plugin/NAME/…`. Both are for people with at least `role`. The browser loads only what
    comes from the hub itself (`script-src 'self'`): scripts and styles are files, never in the page's text.
    """

    title: ClassVar[str]
    folder: ClassVar[Path]
    role: ClassVar[WebRole] = "viewer"

    def answers(self, house: House) -> Mapping[str, WebHandler]:
        """Return what answers GET at which path below `/api/plugin/NAME/`."""
        return {}


class Door(Protocol):
    """An engine that is open: the hub's way to MQTT, and how to close it."""

    @property
    def mqtt(self) -> Mqtt: ...

    def lines(self) -> Iterable[str]:
        """Say in words what is listening or connected, one line each."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class Renewable(Protocol):
    """A door whose certificates can be loaded anew while it is open."""

    async def reload_certificates(self) -> None: ...


class BrokerEngine(Kind):
    """What stands behind `broker: engine:`. Its fields are the keys of `broker:`."""

    engine: str = ""

    async def open(self, house: House) -> Door:
        """Listen or connect. Raises `HubError` if it can't."""
        raise NotImplementedError


class Store(Kind):
    """Where history is kept. Offered under the scheme of the address that `recorder: db_url:` gives."""

    schema_version: ClassVar[int] = 0
    """The newest version of its tables that it can read."""
    url: str = ""

    async def open(self, house: House) -> HistoryStore:
        """Open or make it. Raises `StoreFailed` if that can't be done now, `StoreBroken` if it is damaged."""
        raise NotImplementedError

    async def set_aside(self, house: House) -> str:
        """Put a damaged store away, so that a new one can be made; return where it is kept."""
        raise NotImplementedError


def uses(model: Any, kinds: Collection[type]) -> bool:
    """Tell whether a model, or anything that it is made of, is of one of these classes."""
    if isinstance(model, BaseModel):
        return type(model) in kinds or any(uses(part, kinds) for part in vars(model).values())
    if isinstance(model, Mapping):
        return any(uses(part, kinds) for part in model.values())
    return isinstance(model, (list, tuple)) and any(uses(part, kinds) for part in model)


# --- parsing by name ------------------------------------------------------------------------------


def _parse_trigger(data: Any, info: ValidationInfo) -> Any:
    if isinstance(data, Trigger):
        return data
    if not isinstance(data, Mapping):
        raise refuse("a trigger should be a mapping", "Begin it with `trigger: state` or another trigger.")
    key = "trigger" if "trigger" in data else "platform"
    name = data.get(key)
    if not isinstance(name, str):
        raise refuse("a trigger needs its kind", "Begin it with `trigger: state` or another trigger.")
    kind = _kind(Parsing.of(info).kinds.triggers, name, "trigger", key, data, info)
    rest = {k: v for k, v in data.items() if k != key}
    return _validated(kind, {**rest, "platform": name}, info, source=data)


# Home Assistant's order: where a mapping has several of these keys, the first decides.
ACTION_KEYS = (
    "delay", "wait_template", "condition", "and", "or", "not", "event", "device_id", "scene", "repeat",
    "choose", "wait_for_trigger", "variables", "if", "action", "service", "service_template", "stop",
    "parallel", "sequence", "set_conversation_response",
)  # fmt: skip
_CONDITION_KEYS = ("condition", "and", "or", "not")
_SAME_ACTION = {"service": "action", "service_template": "action"}
_DEVICE_PARTS = ("device", "device_id")


def _parse_action(data: Any, info: ValidationInfo) -> Any:
    if isinstance(data, Action):
        return data
    if looks_like_template(data):
        return ConditionStep(held=_parse_condition(data, info))
    if not isinstance(data, Mapping):
        raise refuse("an action should be a mapping", "Begin it with `action: domain.service`.")
    kinds = Parsing.of(info).kinds.actions
    key = next((k for k in ACTION_KEYS if k in data), None) or next((k for k in kinds if k in data), None)
    if key is None:
        raise refuse("this is no action known here", kinds.hint(str(next(iter(data), ""))))
    if key in _CONDITION_KEYS:
        common = {k: data[k] for k in ("continue_on_error",) if k in data}
        # A mapping that needs no change stays itself: by that its place is known.
        rest = {k: v for k, v in data.items() if k not in common} if common else data
        return ConditionStep(held=_parse_condition(rest, info), **common)
    kind = _kind(kinds, _SAME_ACTION.get(key, key), "action", key, data, info)
    return _validated(kind, data, info)


def _parse_condition(data: Any, info: ValidationInfo) -> Any:
    if isinstance(data, Condition):
        return data
    kinds = Parsing.of(info).kinds.conditions
    if isinstance(data, str):
        if not looks_like_template(data):
            raise refuse(f"{data!r} is no condition", "Write a template, or `condition: state` and its keys.")
        return _validated(_kind(kinds, "template", "condition"), {"value_template": data}, info, "template")
    if isinstance(data, list):
        return _validated(_kind(kinds, "and", "condition"), {"conditions": data}, info, "and")
    if not isinstance(data, Mapping):
        raise refuse("a condition should be a mapping or a template")
    for short in ("and", "or", "not"):
        if short in data and "condition" not in data:
            return _shorthand(_kind(kinds, short, "condition"), short, data, info)
    name = data.get("condition")
    if isinstance(name, str) and looks_like_template(name):
        rest = {k: v for k, v in data.items() if k != "condition"}
        return _validated(
            _kind(kinds, "template", "condition"), {**rest, "value_template": name}, info, "template"
        )
    if isinstance(name, list):
        return _shorthand(_kind(kinds, "and", "condition"), "condition", data, info)
    if not isinstance(name, str):
        raise refuse("a condition needs its kind", "Begin it with `condition: state` or another condition.")
    return _validated(_kind(kinds, name, "condition", "condition", data, info), data, info)


def _shorthand(kind: Any, short: str, data: Mapping[str, Any], info: ValidationInfo) -> Any:
    rest = {k: v for k, v in data.items() if k != short}
    return _validated(
        kind, {**rest, "conditions": data[short]}, info, "and" if short == "condition" else short
    )


def _kind(
    catalog: Any,
    name: str,
    what: str,
    key: str = "",
    data: Mapping[str, Any] | None = None,
    info: ValidationInfo | None = None,
) -> Any:
    """Return the kind of this name; `key` is where in the mapping `data` the name stands.

    What only Home Assistant has gets a stand-in and a warning, so that the rest of its files can be used.
    """
    kind = _of_integration(catalog, name, data) or catalog.get(name)
    if info is None or data is None:
        absent = None
    elif kind is not None:
        absent = lacking(what, name, kind.beyond(data))
    else:
        absent = absence(what, name, catalog)
        if absent is None:
            absent = unheard_of(what, name, catalog, names())
    if absent is not None and info is not None:
        warn(info, absent.problem, absent.hint, at=data, key=key)
        return _STAND_INS[what]
    if kind is not None:
        return kind
    problem = refuse(f"no {what} is called {name!r}", catalog.hint(name))
    if not key or what == "action":
        raise problem
    detail = InitErrorDetails(type=problem, loc=(key,), input=name)
    raise ValidationError.from_exception_data(what, [detail])


def _of_integration(catalog: Any, name: str, data: Mapping[str, Any] | None) -> Any:
    """Return what `DOMAIN.device` offers for a device part of that domain, None if nobody does."""
    if data is None or name not in _DEVICE_PARTS:
        return None
    return catalog.get(f"{data.get('domain')}.device")


def _validated(
    kind: Any, data: Mapping[str, Any], info: ValidationInfo, condition: str = "", source: Any = None
) -> Any:
    """Let `kind` read `data`; `source` is the mapping as it stands in the file, if it is another."""
    given = {**data, "condition": condition} if condition else data
    findings = info.context.get("findings") if info.context else None
    if findings is not None:
        findings.saw(data if source is None else source, kind)
        findings.copied(given, data if source is None else source)
    try:
        return kind.model_validate(given, context=info.context)
    except HubError as error:  # what a model's own check refuses
        raise refuse(error.problem, error.remedy) from error


# --- what only Home Assistant has -----------------------------------------------------------------


class AbsentTrigger(Trigger):
    """Stands for a trigger that no plugin offers. It never fires."""

    model_config = ConfigDict(extra="allow")

    def attach(self, attachment: Attachment) -> Detach:
        return nothing

    def waits_for(self, house: House) -> str:
        return f"nothing: no plugin offers the trigger {self.platform!r}"


class AbsentCondition(Condition):
    """Stands for a condition that no plugin offers. Whether it holds can't be told."""

    model_config = ConfigDict(extra="allow")

    def test(self, scope: Scope) -> bool:
        raise HubError(f"no plugin offers the condition {self.condition!r}")


class AbsentAction(Action):
    """Stands for an action that no plugin offers. It refuses to run."""

    model_config = ConfigDict(extra="allow")

    def run(self, run: Run) -> None:
        raise HubError("no plugin offers this action", remedy="Call a service on the entity instead.")


_STAND_INS = {"trigger": AbsentTrigger, "condition": AbsentCondition, "action": AbsentAction}


TriggerField = Annotated[Trigger, PlainValidator(_parse_trigger), WithJsonSchema({"x-part": "trigger"})]
ConditionField = Annotated[
    Condition, PlainValidator(_parse_condition), WithJsonSchema({"x-part": "condition"})
]
ActionField = Annotated[Action, PlainValidator(_parse_action), WithJsonSchema({"x-part": "action"})]


def _flat(data: Any) -> list[Any]:
    """Flatten `- triggers: [...]` and lists in lists."""
    items = data if isinstance(data, (list, tuple)) else [data]
    flat: list[Any] = []
    for item in items:
        if isinstance(item, Mapping) and set(item) == {"triggers"}:
            flat.extend(_flat(item["triggers"]))
        elif isinstance(item, (list, tuple)):
            flat.extend(_flat(item))
        elif item is not None:
            flat.append(item)
    return flat


TriggersField = Annotated[tuple[TriggerField, ...], BeforeValidator(_flat)]
ConditionsField = OneOrMany[ConditionField]
ActionsField = OneOrMany[ActionField]


class ConditionStep(Action):
    """A condition among the actions: when it does not hold, the block it stands in is over."""

    held: Condition = Field(exclude=True)

    def run(self, run: Run) -> Awaitable[None] | None:
        if not run.check([self.held], ""):
            raise SequenceOver
        return None
