"""Warn of certificates that end soon: those of the devices of a house outlive everybody's memory."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.core.errors import HubError
from hub.registry.certificates import ends_at
from hub.registry.owners import Certificate, Owner

log = logging.getLogger(__name__)

AHEAD = timedelta(days=30)
LOOK_EVERY = 24 * 60 * 60.0

Ending = tuple[Owner, Certificate, datetime]


def ending(owners: Iterable[Owner], now: datetime) -> list[Ending]:
    """Return the certificates that end within `AHEAD`, or ended, with when; the first to end first."""
    found: list[Ending] = []
    for owner in owners:
        for certificate in owner.certificates:
            try:
                end = ends_at(certificate.pem)
            except HubError:
                continue  # it was read once; nothing more can be said of it
            if end <= now + AHEAD:
                found.append((owner, certificate, end))
    return sorted(found, key=lambda one: one[2])


def warn(found: Iterable[Ending], now: datetime) -> None:
    for owner, certificate, end in found:
        log.warning(
            "the certificate %s of the %s (%s) %s on %s: devices that check dates may refuse it",
            certificate.fingerprint[:12],
            owner,
            owner.id,
            "ended" if end <= now else "ends",
            end.date(),
        )
