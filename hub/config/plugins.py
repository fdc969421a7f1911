"""The section `plugins:`: which are used, how each runs, and what one in a process of its own may."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticCustomError

_UNITS = {"": 0, "B": 0, "KIB": 10, "MIB": 20, "GIB": 30}
LEAST_MEMORY = 32 << 20


def _refuse(problem: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError("hub", "{problem}", {"problem": problem, "hint": hint})


def _bytes(value: Any) -> Any:
    """Read such as `128MiB`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)", str(value).strip())
    unit = found.group(2).upper() if found else ""
    if found is None or unit not in _UNITS:
        raise _refuse(f"{value!r} is no size", "Write such as 128MiB.")
    return int(float(found.group(1)) * (1 << _UNITS[unit]))


def _share(value: Any) -> Any:
    """Read such as `10%`, of one core."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", str(value).strip())
    if found is None:
        raise _refuse(f"{value!r} is no share of a processor", "Write such as 10%.")
    return float(found.group(1)) / 100


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Filters = Annotated[list[str], BeforeValidator(_listed)]


class PluginOptions(BaseModel):
    """How one plugin runs. All but `run` and `faults` is for one in a process of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: Literal["here", "process"] = "here"
    faults: Annotated[int, Field(ge=1)] = 10
    """So many faults in ten minutes, and it is switched off."""
    memory: Annotated[int, BeforeValidator(_bytes), Field(ge=LEAST_MEMORY)] = 256 << 20
    cpu: Annotated[float, BeforeValidator(_share), Field(gt=0, le=64)] = 0.5
    """The share of one core that it may use over a few seconds."""
    publish: Filters | None = None
    """What it may publish, in place of what its manifest asks for."""
    subscribe: Filters | None = None
    config: dict[str, Any] = {}
    """What is handed to it."""


def _by_name(data: Any) -> Any:
    """Take a list of names, or one name, for a mapping without options."""
    if data is None:
        return {}
    if isinstance(data, str):
        return {data: {}}
    if isinstance(data, list):
        return {name: {} for name in data} if all(isinstance(name, str) for name in data) else data
    if isinstance(data, Mapping):
        return {name: {} if options is None else options for name, options in data.items()}
    return data


PluginsField = Annotated[dict[str, PluginOptions], BeforeValidator(_by_name)]
PLUGINS: TypeAdapter[dict[str, PluginOptions]] = TypeAdapter(PluginsField)
