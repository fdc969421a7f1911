"""How fast is our MQTT server beside others? All peers run one after the other in the same session.

    python benchmarks/broker.py [--peers hearth,mosquitto,amqtt] [--seconds 2] [--payload 64]

Each server runs in a process of its own; the load comes from raw sockets in this one, which speaks only as
much MQTT as it needs, so that it costs less than what it measures. A run is lossless by construction: the
sender never has more than a window of messages under way that the receivers have not counted.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import EPOLLIN, epoll

ROOT = Path(__file__).resolve().parents[1]

HEARTH = """
import asyncio, signal, sys
sys.path.insert(0, {root!r})
from hub.broker import AllowAll, Broker, Limits, Listener
async def main():
    broker = Broker(AllowAll(), Limits(messages_per_second=None, topic_levels=64))
    await broker.listen(Listener(port={port}))
    broker.subscribe("call/+", lambda topic, payload, *_: broker.publish("bench" + topic[4:], payload))
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await broker.stop()
{run}
"""

AMQTT = """
import asyncio, logging
from amqtt.broker import Broker
logging.disable(logging.CRITICAL)
async def main():
    broker = Broker({{"listeners": {{"default": {{"type": "tcp", "bind": "127.0.0.1:{port}"}}}},
        "plugins": {{"amqtt.plugins.authentication.AnonymousAuthPlugin": {{"allow_anonymous": True}}}}}})
    await broker.start()
    await asyncio.Event().wait()
asyncio.run(main())
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def serve(peer: str) -> Iterator[int]:
    """Run a server in its own process."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(_command(peer, port, Path(folder)), stderr=subprocess.DEVNULL)
        try:
            _await_port(port)
            yield port
        finally:
            process.terminate()
            process.wait(10)


def _command(peer: str, port: int, folder: Path) -> list[str]:
    if peer == "mosquitto":
        path = folder / "mosquitto.conf"
        # Without set_tcp_nodelay its small answers wait for the other side's acknowledgements.
        path.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nlog_type none\n"
            "set_tcp_nodelay true\n"
        )
        return [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", str(path)]
    run = "asyncio.run(main())" if peer == "hearth-asyncio" else "import uvloop; uvloop.run(main())"
    text = AMQTT.format(port=port) if peer == "amqtt" else HEARTH.format(root=str(ROOT), port=port, run=run)
    return [sys.executable, "-c", text]


def _await_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("a server did not start")


# A client: as little as possible.


def packet(first: int, body: bytes) -> bytes:
    length, out = len(body), bytearray()
    while True:
        length, byte = divmod(length, 128)
        out.append(byte | (128 if length else 0))
        if not length:
            return bytes((first,)) + bytes(out) + body


def text(value: str) -> bytes:
    raw = value.encode()
    return len(raw).to_bytes(2, "big") + raw


class Client:
    def __init__(self, port: int, client_id: str) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text(client_id)))
        assert self.read(4)[3] == 0
        self.rest = b""

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += self.sock.recv(count - len(data))
        return data

    def subscribe(self, filters: list[str], qos: int) -> None:
        for at in range(0, len(filters), 50):
            some = filters[at : at + 50]
            body = b"".join(text(name) + bytes((qos,)) for name in some)
            self.sock.sendall(packet(0x82, b"\x00\x01" + body))
            self.read(4 + len(some))


@dataclass(frozen=True)
class Load:
    """Senders, receivers, QoS and topics of one measurement."""

    name: str
    qos: int = 0
    senders: int = 1
    receivers: int = 1
    topics: int = 1
    window: int = 4_000
    batch: int = 50
    others: int = 0
    split: bool = False
    """Each receiver has a topic of its own, and messages to them alternate."""
    through: bool = False
    """A callback inside the server's program hears each message and publishes it again: only ours has one."""


LOADS = [
    Load("QoS 0, 1 to 1"),
    Load("QoS 0, 1 to 1, single", batch=1, window=400),
    # Nothing to pass on together here: each message waits until the one before has arrived.
    Load("QoS 0, 1 to 1, one at a time", batch=1, window=1),
    Load("QoS 0, 1 to 50, one at a time", batch=1, window=1, receivers=50),
    Load("QoS 0, 1 to 1, 100 topics", topics=100),
    Load("QoS 0, 1 to 2, in turns", topics=2, receivers=2, split=True),
    Load("QoS 0, 1 to 1, 5,000 other filters", others=5_000),
    Load("QoS 0, 1 to 50 (deliveries)", receivers=50, window=400, batch=20),
    Load("QoS 0, 1 to 1, through a callback", through=True),
    Load("QoS 0, 50 to 1", senders=50, batch=5),
    Load("QoS 1, 1 to 1", qos=1, window=200, batch=20),
    Load("QoS 1, 1 to 10 (deliveries)", qos=1, receivers=10, window=100, batch=10),
    # Mosquitto ends a connection that has more than 20 QoS 2 messages under way.
    Load("QoS 2, 1 to 1", qos=2, window=20, batch=5),
]


def measure(port: int, load: Load, payload: int, seconds: float) -> float:
    """Return deliveries per second."""
    receivers = [Client(port, f"receiver{n}") for n in range(load.receivers)]
    for number, receiver in enumerate(receivers):
        receiver.subscribe([topic_of(number) if load.split else "bench/+"], load.qos)
    if load.others:
        crowd = Client(port, "crowd0")
        clients = [crowd] + [Client(port, f"crowd{n}") for n in range(1, load.others // 100)]
        for number, client in enumerate(clients):
            client.subscribe([f"other/{number}/{n}/+/state" for n in range(100)], 0)
    senders = [Client(port, f"sender{n}") for n in range(load.senders)]
    run = run_qos0 if load.qos == 0 else run_acknowledged
    return run(senders, receivers, load, payload, seconds)


def topic_of(number: int) -> str:
    return f"bench/t{number:03}"


def run_qos0(
    senders: list[Client], receivers: list[Client], load: Load, payload: int, seconds: float
) -> float:
    message = [packet(0x30, text(topic_of(n)) + b"x" * payload) for n in range(load.topics)]
    size = len(message[0])
    if load.through:
        message = [each.replace(b"\x00\x0abench", b"\x00\x09call", 1) for each in message]
        message = [bytes((each[0], each[1] - 1)) + each[2:] for each in message]
    batches = [
        b"".join(message[(first + n) % load.topics] for n in range(load.batch))
        for first in range(load.topics)
    ]
    poll = epoll()
    by_fd = {}
    for receiver in receivers:
        receiver.sock.setblocking(False)
        by_fd[receiver.sock.fileno()] = receiver
        poll.register(receiver.sock, EPOLLIN)
    got = dict.fromkeys(by_fd, 0)
    sent = turn = 0
    start = time.perf_counter()
    stop = start + seconds
    while True:
        slowest = (sum(got.values()) if load.split else min(got.values())) // size
        while sent - slowest + load.batch <= load.window and time.perf_counter() < stop:
            senders[turn % load.senders].sock.sendall(batches[turn * load.batch % load.topics])
            turn += 1
            sent += load.batch
        if slowest >= sent:
            break
        for fd, _ in poll.poll(5) or _fail():
            got[fd] += len(by_fd[fd].sock.recv(1 << 20))
    took = time.perf_counter() - start
    return sent * (1 if load.split else len(receivers)) / took


def run_acknowledged(
    senders: list[Client], receivers: list[Client], load: Load, payload: int, seconds: float
) -> float:
    """QoS 1 and 2: each side says what the standard asks of it, in batches as they come."""
    qos, topic = load.qos, text(topic_of(0))
    head = bytes((0x30 | qos << 1,)) + packet(0, topic + b"\x00\x00" + b"x" * payload)[1 : -payload - 2]
    tail = b"x" * payload
    size = len(head) + 2 + payload
    poll = epoll()
    clients = {c.sock.fileno(): c for c in (*senders, *receivers)}
    receiving = {c.sock.fileno() for c in receivers}
    for client in clients.values():
        client.sock.setblocking(False)
        poll.register(client.sock, EPOLLIN)
    sent = acknowledged = 0
    got = 0
    start = time.perf_counter()
    stop = start + seconds
    while True:
        slowest = min(acknowledged, got // len(receivers))
        while sent - slowest + load.batch <= load.window and time.perf_counter() < stop:
            ids = range(sent, sent + load.batch)
            senders[0].sock.sendall(
                b"".join([head + (n % 60_000 + 1).to_bytes(2, "big") + tail for n in ids])
            )
            sent += load.batch
        if acknowledged >= sent and got >= sent * len(receivers):
            break
        for fd, _ in poll.poll(5) or _fail():
            client = clients[fd]
            data = client.rest + client.sock.recv(1 << 20)
            done, answer, used = (receive if fd in receiving else confirm)(data, qos, size)
            client.rest = data[used:]
            if answer:
                client.sock.sendall(answer)
            if fd in receiving:
                got += done
            else:
                acknowledged += done
    return got / (time.perf_counter() - start)


def receive(data: bytes, qos: int, size: int) -> tuple[int, bytes, int]:
    """Answer what a receiver heard: PUBLISH and PUBREL."""
    at, count, answers = 0, 0, []
    offset = size - 2 - PAYLOAD
    while at + 4 <= len(data):
        if data[at] & 0xF0 == 0x30:
            if at + size > len(data):
                break
            answers.append((b"\x40\x02" if qos == 1 else b"\x50\x02") + data[at + offset : at + offset + 2])
            count += qos == 1
            at += size
        else:
            answers.append(b"\x70\x02" + data[at + 2 : at + 4])
            count += 1
            at += 4
    return count, b"".join(answers), at


def confirm(data: bytes, qos: int, size: int) -> tuple[int, bytes, int]:
    """Answer what a sender heard: PUBACK, PUBREC and PUBCOMP."""
    used = len(data) - len(data) % 4
    if qos == 1:
        return used // 4, b"", used
    count, answers = 0, []
    for at in range(0, used, 4):
        if data[at] == 0x50:
            answers.append(b"\x62\x02" + data[at + 2 : at + 4])
        else:
            count += 1
    return count, b"".join(answers), used


def _fail() -> list[tuple[int, int]]:
    raise TimeoutError("nothing came for five seconds: messages were lost")


PAYLOAD = 64


def main() -> None:
    global PAYLOAD
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="hearth,mosquitto")
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--payload", type=int, default=64)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    PAYLOAD = options.payload
    peers = options.peers.split(",")
    loads = [load for load in LOADS if options.only in load.name]
    print(
        f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, "
        f"{options.payload}-byte payloads, best of {options.rounds}"
    )
    print(f"{'':36}" + "".join(f"{peer:>16}" for peer in peers) + (f"{'ratio':>8}" if len(peers) > 1 else ""))
    for load in loads:
        figures = compare(peers, load, options.seconds, options.rounds)
        ratio = f"{figures[0] / figures[1]:8.2f}" if len(figures) > 1 and figures[1] else ""
        print(f"{load.name:36}" + "".join(f"{figure:16,.0f}" for figure in figures) + ratio, flush=True)


def compare(peers: list[str], load: Load, seconds: float, rounds: int) -> list[float]:
    """Measure the peers in turns, so that a busy moment of the machine hits all of them."""
    best = [0.0] * len(peers)
    for _ in range(rounds):
        for at, peer in enumerate(peers):
            if load.through and not peer.startswith("hearth"):
                continue
            with serve(peer) as port:
                try:
                    best[at] = max(best[at], measure(port, load, PAYLOAD, seconds))
                except (TimeoutError, OSError) as error:
                    print(f"  {peer}: {load.name}: {error}", file=sys.stderr)
    return best


if __name__ == "__main__":
    main()
