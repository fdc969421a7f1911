"""Whatever order of messages, acknowledgements and lost connections: QoS 2 once, QoS 1 at least once."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.broker.decoder import Decoder
from hub.broker.limits import Limits
from hub.broker.messages import Message, Topic
from hub.broker.packets import Packet, Publish, Pubrel
from hub.broker.session import Session
from hub.broker.stats import Stats


class Line:
    """A connection's writing half that delivers until it is broken."""

    congested = False

    def __init__(self) -> None:
        self._decoder = Decoder()
        self.packets: list[Packet] = []

    def send_message(self, chunk: bytes, size: int) -> None:
        self.send(chunk)

    def send(self, chunk: bytes) -> None:
        self.packets += self._decoder.feed(chunk)


class Receiver:
    """The client's half of the state machine, by the book (4.3)."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.line = Line()
        self.once: list[bytes] = []
        self.at_least_once: list[bytes] = []
        self.received: set[int] = set()
        self.connect()

    def connect(self) -> None:
        """A new connection: what was on the old one is lost."""
        self.line = Line()
        self.session.outbox = self.line  # type: ignore[assignment]
        self.session.resend()

    def take(self, *, answer: bool) -> None:
        """Take the next packet; its answer may be lost on the way."""
        if not self.line.packets:
            return
        packet: Any = self.line.packets.pop(0)
        if isinstance(packet, Pubrel):
            self.received.discard(packet.packet_id)
            if answer:
                self.session.completed(packet.packet_id)
        elif isinstance(packet, Publish) and packet.qos == 1:
            self.at_least_once.append(packet.payload)
            if answer:
                self.session.acknowledged(packet.packet_id)
        else:
            self.take_once(packet, answer=answer)

    def take_once(self, packet: Publish, *, answer: bool) -> None:
        if packet.packet_id not in self.received:
            self.once.append(packet.payload)
            self.received.add(packet.packet_id)
        if answer:
            self.session.recorded(packet.packet_id)


STEPS = st.lists(
    st.sampled_from(["publish1", "publish2", "take", "take", "take", "lose", "reconnect"]), max_size=80
)


@given(STEPS, st.integers(1, 4))
def test_delivers_each_message_as_often_as_its_qos_says(steps: list[str], window: int) -> None:
    session = Session(("", "", "c"), Limits(in_flight=window), Stats(), clean=False)
    receiver = Receiver(session)
    sent: dict[int, list[bytes]] = {1: [], 2: []}
    for number, step in enumerate(steps):
        if step.startswith("publish"):
            qos = int(step[-1])
            sent[qos].append(b"%d" % number)
            session.deliver(Message(Topic("t"), b"%d" % number, qos), qos)
        elif step == "take":
            receiver.take(answer=True)
        elif step == "lose":
            receiver.take(answer=False)
            receiver.connect()
        else:
            receiver.connect()

    # The last connection holds.
    receiver.connect()
    while receiver.line.packets:
        receiver.take(answer=True)

    assert receiver.once == sent[2]
    assert list(dict.fromkeys(receiver.at_least_once)) == sent[1]
    assert not session._in_flight
    assert not session._queue
