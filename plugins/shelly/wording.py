"""How values are picked out of what a device tells, and how it is told what to do."""

from __future__ import annotations

NEWS = "events/rpc"


def pick(component: str, path: str, shape: str = "{}") -> str:
    """Return a template for a value of a component; news that does not tell it is left out."""
    source = f"(value_json.get('params') or value_json.get('result', {{}}))['{component}'].{path}"
    shown = shape.replace("{}", f"({source} | is_defined)")
    return "{{ " + shown + " }}"


def command(topic: str, method: str, params: str) -> str:
    """Return a command whose parameters are written as JSON, or by a template."""
    return f'{{"id":1,"src":"{topic}/events","method":"{method}","params":{params}}}'
