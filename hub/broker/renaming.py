"""Write QoS 0 messages in a row under another topic: as few steps a message as there can be."""

from __future__ import annotations

from hub.broker.wire import decode_length, encode_length

_PUBLISH = b"\x30"


def rename(chunk: bytes, count: int, spoken: bytes, meant: bytes) -> bytes:
    """Return `count` whole PUBLISH packets of QoS 0 with the topic `meant` in the place of `spoken`.

    Both are encoded, with their lengths.
    """
    size, rest = divmod(len(chunk), count)
    header = decode_length(chunk, 1)
    assert header is not None
    length, body = header
    if not rest and body + length == size:
        beginning, wanted = chunk[:body] + spoken, _beginning(length, spoken, meant)
        # All begin alike if it is found so often, and nowhere else: it can't be found across two packets, for
        # it does not end as it begins. How often it was found the new length tells.
        growth = len(wanted) - len(beginning)
        if growth and not _overlaps(beginning):
            renamed = chunk.replace(beginning, wanted)
            if len(renamed) == len(chunk) + growth * count:
                return renamed
    return b"".join(_each(chunk, spoken, meant))


def _each(chunk: bytes, spoken: bytes, meant: bytes) -> list[bytes]:
    parts: list[bytes] = []
    at = 0
    while at < len(chunk):
        header = decode_length(chunk, at + 1)
        assert header is not None
        length, body = header
        parts.append(_beginning(length, spoken, meant))
        parts.append(chunk[body + len(spoken) : body + length])
        at = body + length
    return parts


def _beginning(length: int, spoken: bytes, meant: bytes) -> bytes:
    return _PUBLISH + encode_length(length - len(spoken) + len(meant)) + meant


def _overlaps(beginning: bytes) -> bool:
    """Tell whether it could be found a second time before it has ended."""
    return any(beginning.endswith(beginning[:size]) for size in range(1, len(beginning)))
