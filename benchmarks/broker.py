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
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import EPOLLIN, epoll

import trustme

ROOT = Path(__file__).resolve().parents[1]

HEARTH = """
import asyncio, gc, pathlib, signal, sys
sys.path.insert(0, {root!r})
from hub.broker import AllowAll, Broker, Limits, Listener, TlsFiles
from hub.registry import Rights, Users
MANY = 10**6
LIMITS = Limits(
    messages_per_second=None, topic_levels=64, connections=MANY, retained=MANY, retained_per_client=MANY
)
longest = 0.0
async def probe():
    # How long is a turn of the loop at most?
    global longest
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(0.001)
        longest = max(longest, loop.time() - before - 0.001)
async def main():
    filters = ("bench/#", "call/#", "other/#")
    checked = Users([], nameless=Rights(filters, filters), open_listeners=["bench"])
    broker = Broker(checked if {checked} else AllowAll(), LIMITS)
    folder = pathlib.Path({folder!r})
    tls = TlsFiles(folder / "cert.pem", folder / "key.pem") if {tls} else None
    await broker.listen(Listener(port={port}, tls=tls, name="bench"))
    broker.subscribe("call/+", lambda topic, payload, *_: broker.publish("bench" + topic[4:], payload))
    def tell(*_):
        global longest
        broker.publish("turn/told", b"%f" % longest)
        longest = 0.0
    broker.subscribe("turn/ask", tell)
    probing = asyncio.create_task(probe()) if {probe} else None
    gc.collect()
    gc.freeze()  # as `hub run` does
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
    broker = Broker({{"listeners": {{"default": {{"type": "tcp", "bind": "127.0.0.1:{port}", **{tls}}}}},
        "plugins": {{"amqtt.plugins.authentication.AnonymousAuthPlugin": {{"allow_anonymous": True}}}}}})
    await broker.start()
    await asyncio.Event().wait()
asyncio.run(main())
"""


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    port: int
    process_id: int


@contextmanager
def serve(peer: str, *, tls: bool = False, checked: bool = False, probe: bool = False) -> Iterator[Server]:
    """Run a server in its own process: with `tls`, with permissions that are `checked`, or with a `probe` of
    the turns of its loop."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if tls:
            certificate = trustme.CA().issue_cert("127.0.0.1")
            certificate.private_key_pem.write_to_path(folder / "key.pem")
            certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
        if peer == "mosquitto":
            command = _mosquitto(port, folder, tls=tls, checked=checked)
        else:
            text = _program(peer, port, folder, tls=tls, checked=checked, probe=probe)
            command = [sys.executable, "-c", text]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _await_port(port)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(10)


def _mosquitto(port: int, folder: Path, *, tls: bool, checked: bool) -> list[str]:
    # Without set_tcp_nodelay its small answers wait for the other side's acknowledgements.
    lines = [
        f"listener {port} 127.0.0.1",
        "allow_anonymous true",
        "max_queued_messages 0",
        "log_type none",
        "set_tcp_nodelay true",
        f"user {os.environ.get('USER', 'root')}",
    ]
    if tls:
        lines += [f"certfile {folder / 'cert.pem'}", f"keyfile {folder / 'key.pem'}"]
    if checked:
        (folder / "acl").write_text("topic readwrite bench/#\ntopic readwrite other/#\n")
        lines.append(f"acl_file {folder / 'acl'}")
    path = folder / "mosquitto.conf"
    path.write_text("\n".join(lines) + "\n")
    return [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", str(path)]


def _program(peer: str, port: int, folder: Path, *, tls: bool, checked: bool, probe: bool) -> str:
    if peer == "amqtt":
        files = {"ssl": True, "certfile": str(folder / "cert.pem"), "keyfile": str(folder / "key.pem")}
        return AMQTT.format(port=port, tls=files if tls else {})
    run = "asyncio.run(main())" if peer == "hearth-asyncio" else "import uvloop; uvloop.run(main())"
    return HEARTH.format(
        root=str(ROOT), port=port, folder=str(folder), run=run, tls=tls, checked=checked, probe=probe
    )


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
    def __init__(self, port: int, client_id: str, *, tls: bool = False) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # the other side is a benchmark's child
            self.sock = context.wrap_socket(self.sock)
        self.sock.sendall(packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text(client_id)))
        assert self.read(4)[3] == 0
        self.rest = b""

    def read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            data += self.sock.recv(count - len(data))
        return data

    def leave(self) -> None:
        self.sock.sendall(b"\xe0\x00")
        self.sock.close()

    def count(self) -> int:
        """Read what is there without waiting; return how many bytes."""
        if not isinstance(self.sock, ssl.SSLSocket):
            return len(self.sock.recv(1 << 20))
        got = 0
        while True:  # what is decrypted already would not wake the poll
            try:
                got += len(self.sock.recv(1 << 16))
            except ssl.SSLWantReadError:
                return got

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
    tls: bool = False
    checked: bool = False
    """Permissions are asked for, and not everybody may do everything."""


LOADS = [
    Load("QoS 0, 1 to 1"),
    Load("QoS 0, 1 to 1, single", batch=1, window=400),
    # Nothing to pass on together here: each message waits until the one before has arrived.
    Load("QoS 0, 1 to 1, one at a time", batch=1, window=1),
    Load("QoS 0, 1 to 50, one at a time", batch=1, window=1, receivers=50),
    Load("QoS 0, 1 to 1, 100 topics", topics=100),
    Load("QoS 0, 1 to 2, in turns", topics=2, receivers=2, split=True),
    Load("QoS 0, 1 to 1, 10,000 other filters", others=10_000),
    Load("QoS 0, 1 to 1, permissions checked", checked=True),
    Load("QoS 0, 1 to 1, TLS", tls=True),
    Load("QoS 0, 1 to 1, TLS, one at a time", batch=1, window=1, tls=True),
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
    receivers = [Client(port, f"receiver{n}", tls=load.tls) for n in range(load.receivers)]
    for number, receiver in enumerate(receivers):
        receiver.subscribe([topic_of(number) if load.split else "bench/+"], load.qos)
    if load.others:
        crowd = Client(port, "crowd0")
        clients = [crowd] + [Client(port, f"crowd{n}") for n in range(1, load.others // 100)]
        for number, client in enumerate(clients):
            client.subscribe([f"other/{number}/{n}/+/state" for n in range(100)], 0)
    senders = [Client(port, f"sender{n}", tls=load.tls) for n in range(load.senders)]
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
            got[fd] += by_fd[fd].count()
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
            with serve(peer, tls=load.tls, checked=load.checked) as server:
                try:
                    best[at] = max(best[at], measure(server.port, load, PAYLOAD, seconds))
                except (TimeoutError, OSError) as error:
                    print(f"  {peer}: {load.name}: {error}", file=sys.stderr)
    return best


if __name__ == "__main__":
    main()
