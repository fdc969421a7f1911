"""The second factor: codes that change every half minute (RFC 6238), as authenticator apps make them."""

from __future__ import annotations

import hmac

import pyotp

STEP = 30
"""Seconds for which a code is shown."""
WINDOW = 1
"""How many codes before and after the present one are taken: clocks differ."""


def new_secret() -> str:
    return pyotp.random_base32()


def address_of(secret: str, name: str, house: str) -> str:
    """Return the `otpauth://` address that an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=house)


def code_number(secret: str, code: str, timestamp: float, used: int = 0) -> int | None:
    """Return the number of the code that was given, None if it is wrong or not newer than `used`."""
    given = "".join(code.split())
    if not given.isascii() or not given.isdecimal():
        return None
    present = int(timestamp // STEP)
    found: int | None = None
    for number in range(present - WINDOW, present + WINDOW + 1):
        right = hmac.compare_digest(pyotp.TOTP(secret).generate_otp(number), given)
        if right and number > used:
            found = number
    return found
