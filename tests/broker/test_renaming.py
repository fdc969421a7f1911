"""Messages under another name: in a row they are written anew at once, and none is taken for another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.broker.packets import Publish, encode
from hub.broker.renaming import rename
from hub.broker.wire import encode_text

# Signs of which packets are made, so that payloads look like packets often.
_SIGNS = st.sampled_from(["0", "a", "/", "0/", "\x07", "%"])
_TOPICS = st.lists(_SIGNS, min_size=1, max_size=4).map("".join)


def packets(topic: str, payloads: list[bytes]) -> bytes:
    return b"".join(encode(Publish(topic, payload)) for payload in payloads)


@st.composite
def payloads(draw: st.DrawFn, topic: str) -> list[bytes]:
    beginning = encode(Publish(topic, b"1"))
    parts = st.sampled_from([b"", b"0", b"x", beginning, beginning[:-1], beginning[:2], beginning[-2:]])
    one = st.lists(parts, max_size=3).map(b"".join)
    if draw(st.booleans()):  # all of one size, as they mostly are
        size = draw(st.integers(0, 6))
        one = one.map(lambda payload: (payload + bytes(size))[:size])
    return draw(st.lists(one, min_size=1, max_size=6))


@given(st.data(), _TOPICS, _TOPICS)
def test_each_message_has_the_topic_that_is_meant_and_its_payload(
    data: st.DataObject, spoken: str, meant: str
) -> None:
    said = data.draw(payloads(spoken))

    found = rename(packets(spoken, said), len(said), encode_text(spoken), encode_text(meant))

    assert found == packets(meant, said)


def test_a_message_may_become_so_long_that_its_length_takes_more_bytes() -> None:
    said = [b"x" * 120, b"x" * 120]

    found = rename(packets("a", said), 2, encode_text("a"), encode_text("a" * 200))

    assert found == packets("a" * 200, said)
