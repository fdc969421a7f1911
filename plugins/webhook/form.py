"""Read what a request carries: JSON, or the fields of a form."""

from __future__ import annotations

import json
from email import message_from_bytes, policy
from typing import Any
from urllib.parse import parse_qsl

FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data"


def facts_of(content_type: str, body: bytes) -> dict[str, Any]:
    """Return `json` for JSON (None if it can't be read), else `data` with the form's fields."""
    kind = content_type.partition(";")[0].strip().lower()
    if "json" in kind:
        return {"json": _json(body)}
    if kind == FORM:
        return {"data": dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))}
    if kind == PARTS:
        return {"data": _parts(content_type, body)}
    return {"data": {}}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _parts(content_type: str, body: bytes) -> dict[str, str]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", errors="replace")
    message = message_from_bytes(head + body, policy=policy.HTTP)
    found: dict[str, str] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content.decode(errors="replace")
    return found
