"""Operations: here each is done when it is answered, and can be asked for again for a while."""

from __future__ import annotations

import secrets
from collections import deque
from typing import Any

from hub.core.clock import Clock
from hub.core.errors import NotFound
from hub.web.iot.forms import camel

MOST = 1_000
EMPTY = "type.googleapis.com/google.protobuf.Empty"


class Operations:
    """The latest operations."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: deque[tuple[str, dict[str, Any]]] = deque(maxlen=MOST)

    def done(
        self, package: str, action: str, of: str, by: str, metadata: dict[str, Any], response: Any
    ) -> dict[str, Any]:
        """Return an operation that is done; `action` is such as CreateDevice, `of` the id it was about."""
        now = self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        type, told = response
        operation = {
            "id": f"arf{secrets.token_hex(9)[:17]}",
            "description": _words(action),
            "createdAt": now,
            "createdBy": by,
            "modifiedAt": now,
            "done": True,
            "metadata": {"@type": _type(package, f"{action}Metadata"), **camel(metadata)},
        }
        answer = {"@type": EMPTY if told is None else _type(package, type), **camel(told or {})}
        # What is shown once must not be kept: a password, a key.
        kept = {name: item for name, item in answer.items() if name not in ("password", "key")}
        self._kept.append((of, {**operation, "response": kept}))
        return {**operation, "response": answer}

    def of(self, id: str) -> list[dict[str, Any]]:
        """Return the operations on one registry, device or broker."""
        return [operation for about, operation in self._kept if about == id]

    def get(self, id: str) -> dict[str, Any]:
        found = next((operation for _, operation in self._kept if operation["id"] == id), None)
        if found is None:
            raise NotFound(f"there is no operation {id}")
        return found


def _type(package: str, name: str) -> str:
    return f"type.googleapis.com/yandex.cloud.iot.{package}.v1.{name}"


def _words(action: str) -> str:
    return "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in action).strip().capitalize()
