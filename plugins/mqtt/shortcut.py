"""Read `{{ value_json.a.b }}` and its like without rendering: most value templates are no more than that.

Where what is found is not plainly a text, a number, a truth or null, the template itself has to say.
"""

from __future__ import annotations

import re
from typing import Any

_STEP = r"""\.([A-Za-z_]\w*)|\[\s*(?:'([^'\\]+)'|"([^"\\]+)")\s*\]"""
_WHOLE = re.compile(rf"\s*\{{\{{-?\s*value_json((?:{_STEP})+)\s*-?\}}\}}\s*")
_EACH = re.compile(_STEP)


def path_of(template: str) -> tuple[str, ...] | None:
    """Return the keys that a template goes down from `value_json`, None if it does anything else."""
    match = _WHOLE.fullmatch(template)
    if match is None:
        return None
    steps = [(found[1], found[2] or found[3]) for found in _EACH.finditer(match[1])]
    # `value_json.items` is the method of a mapping, `value_json["items"]` is the key.
    if any(dotted and hasattr(dict, dotted) for dotted, _ in steps):
        return None
    return tuple(dotted or quoted for dotted, quoted in steps)


def follow(content: Any, path: tuple[str, ...]) -> str | None:
    """Return the text of what lies at `path`, None if the template has to be rendered."""
    for key in path:
        if type(content) is not dict or key not in content:
            return None
        content = content[key]
    kind = type(content)
    if kind is str:
        text: str = content.strip()
        return text
    if content is None or kind in (int, float, bool):
        return str(content)
    return None
