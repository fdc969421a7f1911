"""Read the pictures that come as messages: raw or in base64, and not without end."""

from __future__ import annotations

import base64
import binascii

LARGEST = 10 * 1024 * 1024


def picture(payload: bytes, *, in_base64: bool) -> bytes:
    """Return the bytes of a picture; raises `ValueError` with what is wrong."""
    if len(payload) > LARGEST:
        raise ValueError(f"a picture of {len(payload):,} bytes is too large")
    if not in_base64:
        return payload
    try:
        return base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise ValueError(f"it is no base64: {error}") from None
