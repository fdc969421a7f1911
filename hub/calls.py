"""Check the data of a service call against the model of the service's fields."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hub.core.errors import ServiceRefused

Data = TypeVar("Data", bound=BaseModel)


def check(service: str, model: type[Data], data: Mapping[str, Any]) -> Data:
    """Check a service's data; raises `ServiceRefused` that names every wrong field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ServiceRefused(f"{service}: {_in_words(error, model)}") from error


def _in_words(error: ValidationError, model: type[BaseModel]) -> str:
    words = []
    for detail in error.errors(include_url=False):
        name = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, model.model_fields, 1)
            words.append(f"unknown field {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
        elif detail["type"] == "missing":
            words.append(f"the field {name!r} is missing")
        else:
            words.append(f"{name}: {detail['msg']}" if name else detail["msg"])
    return "; ".join(words)
