"""Say a length of time as people do."""

from __future__ import annotations

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """Return `2 min 10 s`, `1 d 3 h` or `0.4 s`: the two largest units."""
    if seconds < 10:
        return f"{max(0.0, seconds):.2g} s"
    left = round(seconds)
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count} {unit}" if count else "")
    parts.append(f"{left} s" if left else "")
    return " ".join(part for part in parts[:2] if part)
