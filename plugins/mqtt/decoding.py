"""Turn what a message carries into the text an entity understands, and back for commands."""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Mapping
from typing import Any

from hub.api import HubError, Template
from plugins.mqtt.feed import NO_JSON, Reading, content_of
from plugins.mqtt.shortcut import follow, path_of

log = logging.getLogger(__name__)

UTF8 = ("utf-8", "utf8", "UTF-8")
NONE = "None"
"""The payload that means: not known."""

Decoder = Callable[[Reading], "str | None"]
"""Returns the text, None if the message can't be used (which was logged)."""

Extras = Callable[[frozenset[str]], Mapping[str, Any]]
"""Returns those of the entity's own variables (entity_id, name, this) that a template asks for."""


def no_extras(names: frozenset[str]) -> Mapping[str, Any]:
    return {}


def decoder(
    name: str,
    template: Template | None,
    encoding: str = "utf-8",
    extras: Extras = no_extras,
    fixed: Mapping[str, Any] | None = None,
    *,
    strict: bool = False,
) -> Decoder:
    """Return what reads messages for `name`: as text in `encoding` (empty: raw bytes), then by `template`.

    In a template stand `value`, `value_json` if the payload is JSON, and `fixed` variables. Where it needs a
    value that is not there the payload is taken as it came, as in Home Assistant, unless this is `strict`.
    """
    if template is None:
        return _plain(name, encoding)
    return _Templated(name, template, encoding, extras, fixed or {}, strict)


def _plain(name: str, encoding: str) -> Decoder:
    def utf8(reading: Reading) -> str | None:
        try:
            return reading.text
        except UnicodeDecodeError:
            _undecodable(name, reading, encoding)
            return None

    def other(reading: Reading) -> str | None:
        try:
            return reading.message.payload.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            _undecodable(name, reading, encoding)
            return None

    def raw(reading: Reading) -> str | None:
        log.warning("%s: a message on %s is bytes, and no template reads it", name, reading.message.topic)
        return None

    if encoding in UTF8:
        return utf8
    return other if encoding else raw


def _undecodable(name: str, reading: Reading, encoding: str) -> None:
    log.warning("%s: a message on %s is not in %s: dropped", name, reading.message.topic, encoding)


class _Templated:
    """Reads messages by a template."""

    __slots__ = (
        "_encoding", "_extras", "_fixed", "_json", "_name", "_own_json", "_path", "_picks", "_strict",
        "_template",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        template: Template,
        encoding: str,
        extras: Extras,
        fixed: Mapping[str, Any],
        strict: bool,
    ) -> None:
        self._strict = strict
        self._fixed = fixed
        self._name = name
        self._template = template
        self._encoding = encoding
        self._extras = extras if template.names & {"entity_id", "name", "this"} else None
        self._json = "value_json" in template.names
        self._picks = "is_defined" in template.source
        self._own_json = bool(encoding) and encoding not in UTF8
        self._path = None if self._own_json else path_of(template.source)

    def __call__(self, reading: Reading) -> str | None:
        if self._path is not None:
            found = follow(reading.json, self._path)
            if found is not None:
                return found
        return self._render(reading)

    def _render(self, reading: Reading) -> str | None:
        value: str | bytes
        try:
            if self._encoding in UTF8:
                value = reading.text
            elif self._encoding:
                value = reading.message.payload.decode(self._encoding)
            else:
                value = reading.message.payload
        except (UnicodeDecodeError, LookupError):
            _undecodable(self._name, reading, self._encoding)
            return None
        variables: dict[str, Any] = {**self._fixed, "value": value}
        if self._json:
            content = content_of(value) if self._own_json else reading.json
            if content is not NO_JSON:
                variables["value_json"] = content
        if self._extras is not None:
            variables.update(self._extras(self._template.names))
        try:
            return self._template.text(variables)
        except HubError as error:
            return self._without(error, value, variables, reading.message.topic)

    def _without(
        self, error: HubError, value: str | bytes, variables: Mapping[str, Any], topic: str
    ) -> str | None:
        """Return what to take where the template failed."""
        # A template that asks `is_defined` means to let other messages pass.
        if not self._strict and not self._picks:
            try:
                as_it_came = self._template.payload(value, variables)
            except HubError as worse:
                error = worse
            else:
                return as_it_came if isinstance(as_it_came, str) else None
        level = logging.DEBUG if self._picks else logging.WARNING
        log.log(level, "%s: a message on %s is dropped: %s", self._name, topic, error)
        return None


def command(template: Template | None, value: Any, variables: Mapping[str, Any]) -> str | bytes:
    """Return the payload of a command: `value`, or what `template` makes of it."""
    if template is None:
        return value if isinstance(value, (str, bytes)) else str(value)
    return outgoing(template.text({**variables, "value": value}))


def outgoing(text: str) -> str | bytes:
    """Return the bytes that a text such as `b'\\xff'` stands for; any other text as it is."""
    if text.startswith(("b'", 'b"')):
        try:
            found = ast.literal_eval(text)
        except (ValueError, TypeError, SyntaxError, MemoryError):
            return text
        if isinstance(found, bytes):
            return found
    return text
