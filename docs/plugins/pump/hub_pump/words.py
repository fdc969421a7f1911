"""What a pump says, understood: pure functions, tested without a house."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """`flow` in litres a minute; 0 while it stands."""

    running: bool
    flow: float


def understood(text: str) -> Report | None:
    """Return what `running 4.2` or `stopped` says, None for anything else."""
    match text.split():
        case ["stopped"]:
            return Report(running=False, flow=0.0)
        case ["running", number]:
            try:
                return Report(running=True, flow=float(number))
            except ValueError:
                return None
    return None
