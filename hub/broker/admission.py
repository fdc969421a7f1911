"""Watch the door: how many come from where, who fails to log in, and who keeps coming and going."""

from __future__ import annotations

import ipaddress
from collections import deque
from collections.abc import Hashable

from hub.broker.limits import Limits
from hub.core.clock import Clock

MOST_REMEMBERED = 10_000
FORGIVEN_AFTER = 600.0


class Admission:
    """Counts by address and by client. What it remembers is bounded."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._open = 0
        self._by_address: dict[str, int] = {}
        self._failures: dict[str, tuple[int, float]] = {}
        self._losses: dict[Hashable, deque[float]] = {}

    def enter(self, address: str) -> bool:
        """Let a connection in, or not. `leave` is due only for those let in."""
        if self._open >= self._limits.connections:
            return False
        if not _is_here(address):
            if self._by_address.get(address, 0) >= self._limits.connections_per_address:
                return False
            self._by_address[address] = self._by_address.get(address, 0) + 1
        self._open += 1
        return True

    def leave(self, address: str) -> None:
        self._open -= 1
        left = self._by_address.get(address, 0) - 1
        if left > 0:
            self._by_address[address] = left
        else:
            self._by_address.pop(address, None)

    def failed(self, address: str) -> float:
        """Note a failed log-in; return how long its answer is to wait."""
        count, last = self._failures.get(address, (0, 0.0))
        now = self._clock.monotonic()
        if now - last > FORGIVEN_AFTER:
            count = 0
        if len(self._failures) >= MOST_REMEMBERED:
            self._failures.pop(next(iter(self._failures)))
        self._failures.pop(address, None)
        self._failures[address] = (count + 1, now)
        # The exponent is bounded: a float overflows long before a patient attacker tires.
        delay = self._limits.failed_log_in_delay * float(1 << min(count, 30))
        return min(delay, self._limits.failed_log_in_delay_max)

    def succeeded(self, address: str) -> None:
        self._failures.pop(address, None)

    def lost(self, client: Hashable) -> None:
        """Note that a client's connection ended without a farewell."""
        losses = self._losses.get(client)
        if losses is None:
            if len(self._losses) >= MOST_REMEMBERED:
                self._losses.pop(next(iter(self._losses)))
            losses = self._losses[client] = deque(maxlen=max(1, self._limits.flapping_connects))
        losses.append(self._clock.monotonic())

    def is_flapping(self, client: Hashable) -> bool:
        """Say whether a client lost so many connections lately that it is to wait a little."""
        losses = self._losses.get(client)
        if losses is None or len(losses) < self._limits.flapping_connects:
            return False
        return self._clock.monotonic() - losses[0] < self._limits.flapping_seconds


def _is_here(address: str) -> bool:
    if not address:
        return True
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # An IPv6 door shows IPv4 callers as ::ffff:a.b.c.d.
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback
