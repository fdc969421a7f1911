"""The YAML of an automation and of a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from hub.fields import Bool, LimitedVariables, Text, VariablesField
from hub.kinds import ActionsField, ConditionsField, TriggersField

Mode = Literal["single", "restart", "queued", "parallel"]
AfterRestart = Literal["run", "skip"]
_Level = Literal["silent", "critical", "fatal", "error", "warning", "warn", "info", "debug", "notset"]
MaxExceeded = Annotated[
    _Level,
    # In any case, as Home Assistant takes it; editors offer the small ones.
    BeforeValidator(
        lambda level: level.lower() if isinstance(level, str) else level, json_schema_input_type=_Level | str
    ),
]
STORED_TRACES = 50


class TraceOptions(BaseModel):
    """How many traces of runs are kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    stored_traces: int = Field(STORED_TRACES, ge=0, le=1000)


class Sequenced(BaseModel):
    """What automations and scripts have in common: how their runs get on with each other."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    alias: Text | None = None
    description: Text = ""
    mode: Mode = "single"
    max: int = Field(10, ge=1)
    max_exceeded: MaxExceeded = "warning"
    variables: VariablesField | None = None
    after_restart: AfterRestart = "run"
    trace: TraceOptions = TraceOptions()


class AutomationModel(Sequenced):
    """When one of the triggers fires and all conditions hold, do the actions."""

    id: Text | None = None
    triggers: TriggersField = Field(validation_alias=AliasChoices("triggers", "trigger"))
    conditions: ConditionsField = Field((), validation_alias=AliasChoices("conditions", "condition"))
    actions: ActionsField = Field(validation_alias=AliasChoices("actions", "action"))
    trigger_variables: LimitedVariables | None = None
    initial_state: Bool | None = None
    hide_entity: Bool | None = None


class ScriptField(BaseModel):
    """One field that a script takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: Text | None = None
    description: Text | None = None
    advanced: Bool = False
    required: Bool = False
    default: Any = None
    example: Any = None
    selector: Any = None


class ScriptModel(Sequenced):
    """A sequence of actions that is called by name."""

    icon: str | None = None
    fields: Mapping[str, ScriptField] = {}
    sequence: ActionsField
