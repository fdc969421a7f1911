"""Say in words what a run did, why it did not happen, and what an automation waits for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

# What is told of a step in another way than `key: value`.
_OWN_WORDS = ("path", "at", "took", "changed", "result", "service", "data", "why", "error")
_MOST_LINKS = 8
# A step that took less is not worth a remark.
_LONG = 0.1


def lines_of(run: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines that show one run: what caused it, its steps, and what devices answered."""
    trigger = run["trigger"] or {}
    what = trigger.get("description") or trigger.get("platform") or "by hand"
    yield f"run {run['run']}  {clock(run['began'])}  {run['outcome']}  (trigger: {what})"
    links = run["cause"][1:]
    for link in links[:_MOST_LINKS]:
        yield f"    because of {link}"
    if len(links) > _MOST_LINKS:
        yield f"    and {len(links) - _MOST_LINKS} causes before"
    to_state = trigger.get("to_state") or {}
    if "entity_id" in to_state:
        old = (trigger.get("from_state") or {}).get("state", "nothing")
        yield f"    {to_state['entity_id']} was {old!r}, became {to_state['state']!r}"
    if run.get("variables"):
        yield f"    variables  {_data(run['variables'])}"
    for step in run["steps"]:
        text = _step(step)
        yield f"    {step['path']}" + (f"  {text}" if text else "")
    if run.get("left_out"):
        yield f"    ({run['left_out']} steps in the middle are not shown)"
    for answer in run.get("answers", ()):
        by = f"  ({answer['message']})" if answer["message"] else ""
        when = clock(answer["at"])[11:]
        yield f"    answer  {answer['entity_id']} became {answer['state']!r} at {when}{by}"
    if run.get("waits"):
        yield f"    {run['waits']}"
    if run["error"]:
        yield f"    {run['error']}"


def explained(told: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines that say what an automation waits for."""
    yield f"{told['entity_id']} ({told['name']}) is {told['state']}"
    if told["paused"]:
        yield f"  it was paused: {told['paused']}"
    for index, text in enumerate(told["triggers"], start=1):
        yield f"  trigger {index}: {text}"
    for index, one in enumerate(told["conditions"], start=1):
        word = {True: "holds", False: "does not hold", None: "does not count or can't be told"}[one["holds"]]
        why = f": {one['why']}" if one["why"] else ""
        yield f"  condition {index}: {one['condition']} {word}{why}"
    for run in told["runs"]:
        yield f"  run {run['run']} has gone on since {clock(run['began'])}: {run['waits']}"


def clock(text: str) -> str:
    """Return a time in ISO 8601 as the local clock shows it, with milliseconds."""
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _step(step: Mapping[str, Any]) -> str:
    """Say what came of a step."""
    parts = []
    if "service" in step:
        parts.append(f"{step['service']} {_data(step.get('data'))}")
    parts += [f"{key}: {value}" for key, value in step.items() if key not in _OWN_WORDS]
    if step.get("changed"):
        parts.append(f"sets {_data(step['changed'])}")
    parts += [step[key] for key in ("why", "error") if step.get(key)]
    if step.get("took", 0) >= _LONG:
        parts.append(f"took {step['took']:.1f} s")
    return ", ".join(parts)


def _data(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
