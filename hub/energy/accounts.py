"""Add up what was used and what it cost: pure functions of slots and prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from hub.core.energy import Account, Use
from hub.energy.meters import Slot
from hub.energy.tariff import Prices
from hub.storage.history import Spans


def account(name: str, slots: Sequence[Slot], old: Sequence[Slot], prices: Prices, spans: Spans) -> Account:
    """Return what one device used, piece by piece, beside what it used in the time before."""
    pieces: dict[float, list[Slot]] = {}
    for slot in slots:
        pieces.setdefault(spans.start(slot.start), []).append(slot)
    uses = [
        Use(start, spans.end(start), sum(slot.energy for slot in parts), *_cost(parts, prices))
        for start, parts in sorted(pieces.items())
    ]
    cost, unpriced = _cost(slots, prices)
    return Account(
        name,
        sum(use.energy for use in uses),
        cost,
        None,
        sum(slot.energy for slot in old) if old else None,
        _cost(old, prices)[0] if old else None,
        uses,
        unpriced,
    )


def _cost(slots: Iterable[Slot], prices: Prices) -> tuple[float | None, float]:
    """Return what slots cost as far as prices are known, and the energy of which they are not.

    None if of nothing that was used the price is known.
    """
    cost, unpriced, priced = 0.0, 0.0, 0.0
    for slot in slots:
        if not slot.energy:
            continue
        price = prices.mean(slot.start, slot.end)
        if price is None:
            unpriced += slot.energy
        else:
            cost += slot.energy * price
            priced += abs(slot.energy)
    return (None if unpriced and not priced else cost), unpriced


def shared(one: Account, total: float) -> Account:
    """Return an account with its share of all."""
    return replace(one, share=one.energy / total if total > 0 else None)


def added(accounts: Sequence[Account]) -> Account:
    """Return several accounts as one."""
    befores = [one for one in accounts if one.energy_before is not None]
    return Account(
        "house",
        sum(one.energy for one in accounts),
        plus(one.cost for one in accounts) if accounts else 0.0,
        None,
        sum(one.energy_before or 0.0 for one in befores) if befores else None,
        plus(one.cost_before for one in befores) if befores else None,
        unpriced=sum(one.unpriced for one in accounts),
    )


def rest(whole: Account, accounts: Sequence[Account]) -> Account:
    """Return what no device accounts for."""
    known = added(accounts)
    cost = None if whole.cost is None or known.cost is None else whole.cost - known.cost
    energy = whole.energy - known.energy
    share = energy / whole.energy if whole.energy > 0 else None
    return Account("rest", energy, cost, share, None, None, _uses_of_rest(whole, accounts))


def _uses_of_rest(whole: Account, accounts: Sequence[Account]) -> list[Use]:
    """Return period by period what is left of the main meter. Two meters are never read at once."""
    known: dict[float, list[Use]] = {}
    for use in (use for account in accounts for use in account.uses):
        known.setdefault(use.start, []).append(use)
    return [
        Use(
            use.start,
            use.end,
            max(0.0, use.energy - sum(one.energy for one in known.get(use.start, ()))),
            None
            if use.cost is None
            else max(0.0, use.cost - (plus(o.cost for o in known.get(use.start, ())) or 0)),
        )
        for use in whole.uses
    ]


def plus(costs: Iterable[float | None]) -> float | None:
    """Return the sum of what is known; None if nothing is."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if known else None
