"""The levels of the log by the names that Home Assistant gives them."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from hub.api import refuse

LEVELS = {
    "notset": logging.NOTSET,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
    "fatal": logging.CRITICAL,
}


def _level(value: Any) -> int:
    name = str(value).strip().lower()
    if name not in LEVELS:
        raise refuse(f"{value!r} is no level of the log", f"The levels are {', '.join(LEVELS)}.")
    return LEVELS[name]


Level = Annotated[int, PlainValidator(_level), WithJsonSchema({"type": "string", "enum": list(LEVELS)})]
