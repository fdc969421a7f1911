"""Say in the OpenAPI document what a body looks like that is read as plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]


def text(description: str) -> Schema:
    return {"type": "string", "description": description}


def truth(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def mapping(description: str) -> Schema:
    return {"type": "object", "description": description, "additionalProperties": True}


def body(
    properties: Mapping[str, Schema], *, required: Sequence[str] = (), others: bool = True
) -> dict[str, Any]:
    """Return what to add to an operation for a JSON object; `others` are taken too."""
    schema: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": others}
    if required:
        schema["required"] = list(required)
    content = {"application/json": {"schema": schema}}
    return {"requestBody": {"required": bool(required), "content": content}}
