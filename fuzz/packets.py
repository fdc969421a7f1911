"""The codec: any bytes give packets or a ProtocolError, the same however they are cut.

python -m fuzz.packets [what atheris takes]
"""

from __future__ import annotations

from fuzz.engine import fuzz
from hub.broker.decoder import Decoder
from hub.broker.packets import Packet, encode
from hub.broker.wire import ProtocolError

LIMIT = 65_536


def target(data: bytes) -> None:
    """The first byte says how large the pieces are."""
    step, stream = (data[0] % 16 + 1 if data else 1), data[1:]
    packets, error = decode(stream, step)
    found, same_error = decode(stream, len(stream) or 1)
    assert same_error == error
    # In one piece with a packet that is wrong, those before it are lost.
    assert not found if error else found == packets
    for packet in packets:
        assert Decoder().feed(encode(packet)) == [packet]


def decode(stream: bytes, step: int) -> tuple[list[Packet], str | None]:
    """Return the packets before the first that is wrong, and what is wrong with that."""
    decoder, packets = Decoder(LIMIT), []
    try:
        for at in range(0, len(stream), step):
            packets += decoder.feed(stream[at : at + step])
    except ProtocolError as error:
        return packets, str(error)
    return packets, None


if __name__ == "__main__":
    fuzz(target)
