"""Compare what a case expects with what happened, and say both."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from hub.core.ports import House
from hub.core.services import ServiceCall
from hub.core.state import State
from hub.testing.cases import Expect, ExpectedCall, ExpectedEvents, ExpectedMessage, ExpectedState
from hub.testing.mqtt import RecordedMessage

Difference = str


def same(expected: Any, actual: Any) -> bool:
    """Compare values with their types; `contains` and `hex` mean what the format says."""
    if isinstance(expected, Mapping):
        if set(expected) == {"contains"}:
            return str(expected["contains"]) in str(actual)
        if set(expected) == {"hex"} and isinstance(actual, (bytes, bytearray)):
            return bytes.fromhex(expected["hex"]) == actual
        return (
            isinstance(actual, Mapping)
            and set(expected) == set(actual)
            and all(same(value, actual[key]) for key, value in expected.items())
        )
    if isinstance(expected, (list, tuple)):
        items = _items(actual)
        return items is not None and len(items) == len(expected) and all(map(same, expected, items))
    if isinstance(actual, (datetime, timedelta)) or isinstance(expected, (datetime, timedelta)):
        return str(expected) == str(actual) or _iso(actual) == str(expected)
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, (int, float)) and isinstance(actual, (int, float)):
        return expected == actual or math.isclose(expected, actual, rel_tol=1e-9)
    return type(expected) is type(actual) and bool(expected == actual)


def _iso(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _items(actual: Any) -> Sequence[Any] | None:
    if isinstance(actual, (set, frozenset)):
        return sorted(actual, key=str)
    return actual if isinstance(actual, (list, tuple)) else None


def subset(expected: Any, actual: Any) -> bool:
    """Tell whether every key of `expected` is in `actual` with the same value."""
    if not isinstance(expected, Mapping):
        return same(expected, actual)
    if set(expected) & {"contains", "hex"}:
        return same(expected, actual)
    return isinstance(actual, Mapping) and all(
        key in actual and same(value, actual[key]) for key, value in expected.items()
    )


def differ(what: str, expected: Any, actual: Any) -> Difference:
    return f"{what}: expected {expected!r}, is {actual!r}"


def check_calls(expect: Expect, calls: Sequence[ServiceCall]) -> Iterator[Difference]:
    if expect.calls is not None and len(calls) != expect.calls:
        yield differ("calls", expect.calls, len(calls))
    if expect.last_call is not None:
        if calls:
            yield from _check_call("last_call", expect.last_call, calls[-1])
        else:
            yield differ("last_call", expect.last_call.data, None)
    if expect.call_list is not None:
        if len(calls) != len(expect.call_list):
            yield differ("call_list", len(expect.call_list), [call.data for call in calls])
        for index, (wanted, call) in enumerate(zip(expect.call_list, calls, strict=False)):
            yield from _check_call(f"call_list[{index}]", wanted, call)


def _check_call(what: str, wanted: ExpectedCall, call: ServiceCall) -> Iterator[Difference]:
    name = f"{call.domain}.{call.service}"
    if wanted.service is not None and wanted.service != name:
        yield differ(f"{what}.service", wanted.service, name)
    if wanted.data is not None and not subset(wanted.data, call.data):
        yield differ(f"{what}.data", wanted.data, dict(call.data))


def check_events(
    expected: Mapping[str, ExpectedEvents], seen: Mapping[str, list[Any]]
) -> Iterator[Difference]:
    for kind, wanted in expected.items():
        events = [event.data for event in seen.get(kind, [])]
        if wanted.count is not None and len(events) != wanted.count:
            yield differ(f"events {kind}", wanted.count, len(events))
        if wanted.last_data is not None and not (events and subset(wanted.last_data, events[-1])):
            yield differ(f"events {kind} last_data", wanted.last_data, events[-1:] or None)
        if wanted.data is not None:
            fits = len(events) == len(wanted.data) and all(map(subset, wanted.data, events))
            if not fits:
                yield differ(f"events {kind} data", wanted.data, [dict(event) for event in events])


def check_states(expected: Mapping[str, ExpectedState], house: House) -> Iterator[Difference]:
    for entity_id, wanted in expected.items():
        state = house.states.get(entity_id)
        if wanted.absent:
            if state is not None:
                yield differ(entity_id, "absent", state.state)
        elif state is None:
            yield differ(entity_id, wanted.state or "there", "absent")
        else:
            yield from _check_state(wanted, state)


def _check_state(wanted: ExpectedState, state: State) -> Iterator[Difference]:
    if wanted.state is not None and not same(wanted.state, state.state):
        yield differ(state.entity_id, wanted.state, state.state)
    if wanted.not_state is not None and wanted.not_state == state.state:
        yield differ(state.entity_id, f"not {wanted.not_state}", state.state)
    if wanted.attributes is not None:
        for name, value in wanted.attributes.items():
            if name not in state.attributes or not same(value, state.attributes[name]):
                yield differ(f"{state.entity_id}.{name}", value, state.attributes.get(name, "absent"))
    for name in wanted.no_attributes:
        if state.attributes.get(name) is not None:
            yield differ(f"{state.entity_id}.{name}", "absent", state.attributes[name])
    if wanted.name is not None and wanted.name != state.name:
        yield differ(f"{state.entity_id} name", wanted.name, state.name)


def check_registries(expect: Expect, house: House) -> Iterator[Difference]:
    for domain, count in expect.entities.items():
        ids = house.states.entity_ids(domain)
        if len(ids) != count:
            yield differ(f"entities {domain}", count, ids)
    for entity_id, fields in expect.registry.items():
        entry = house.registry.get(entity_id)
        yield from _check_entry(f"registry {entity_id}", fields, entry)
    for identifier, fields in expect.device.items():
        found = next(
            (d for d in house.devices.entries.values() if any(identifier in pair for pair in d.identifiers)),
            None,
        )
        yield from _check_entry(f"device {identifier}", fields, found)


def _check_entry(what: str, fields: Any, entry: Any) -> Iterator[Difference]:
    if fields is None:
        if entry is not None:
            yield differ(what, None, entry)
        return
    if entry is None:
        yield differ(what, fields, None)
        return
    for name, value in fields.items():
        actual = getattr(entry, name, "no such field")
        if isinstance(actual, frozenset):
            actual = sorted(list(item) if isinstance(item, tuple) else item for item in actual)
        if not same(value, actual):
            yield differ(f"{what}.{name}", value, actual)


def check_published(
    wanted: list[ExpectedMessage], published: Sequence[RecordedMessage]
) -> Iterator[Difference]:
    shown = [(m.topic, m.payload.decode(errors="replace"), m.qos, m.retain) for m in published]
    if len(wanted) != len(published):
        yield differ("published", [m.model_dump(exclude_none=True) for m in wanted], shown)
        return
    for index, (message, sent) in enumerate(zip(wanted, published, strict=True)):
        if not _same_message(message, sent):
            yield differ(f"published[{index}]", message.model_dump(exclude_none=True), shown[index])


def _same_message(wanted: ExpectedMessage, sent: RecordedMessage) -> bool:
    if wanted.topic is not None and wanted.topic != sent.topic:
        return False
    if wanted.qos is not None and wanted.qos != sent.qos:
        return False
    if wanted.retain is not None and wanted.retain != sent.retain:
        return False
    if wanted.payload_hex is not None:
        return bytes.fromhex(wanted.payload_hex) == sent.payload
    return "payload" not in wanted.model_fields_set or _same_payload(wanted.payload, sent.payload)


def _same_payload(wanted: Any, sent: bytes) -> bool:
    if isinstance(wanted, str):
        return wanted.encode() == sent
    try:
        return same(wanted, orjson.loads(sent))
    except ValueError:
        return False
