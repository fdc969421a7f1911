"""What do many cost: thousands of idle clients, and thousands of retained messages told at once?

    python benchmarks/crowd.py [--peers hearth,mosquitto,amqtt] [--clients 5000] [--retained 20000]

Each client logs in, subscribes a filter of its own and says nothing more; so many at a time are on their way
in. Memory is what the whole server holds more than before. The turns of our loop are measured inside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import socket
import sys
import time
from itertools import islice
from select import EPOLLIN, epoll

from broker import Client, Server, packet, serve, text

AT_A_TIME = 100
PAYLOAD = b"x" * 64


def resident(process_id: int) -> float:
    """Return the memory that a process holds, in KiB."""
    with open(f"/proc/{process_id}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024


def join(port: int, numbers: list[int]) -> list[socket.socket]:
    """Log clients in that subscribe a filter each, all on their way together."""
    socks = []
    for number in numbers:
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connect = packet(0x10, text("MQTT") + b"\x04\x02\x00\x00" + text(f"device{number}"))
        sock.sendall(connect + packet(0x82, b"\x00\x01" + text(f"bench/{number}/set") + b"\x00"))
        socks.append(sock)
    for sock in socks:
        answer = b""
        while len(answer) < 9:
            answer += sock.recv(9 - len(answer))
        assert answer[3] == 0, "a log-in was refused"
        assert answer[-1] == 0, "a subscription was refused"
    return socks


def crowd(server: Server, clients: int) -> tuple[float, float]:
    """Return how many clients a second come in, and how many KiB each costs."""
    join(server.port, [-1])[0].close()  # what only the first one costs
    before = resident(server.process_id)
    numbers, socks = iter(range(clients)), []
    began = time.perf_counter()
    while some := list(islice(numbers, AT_A_TIME)):
        socks += join(server.port, some)
    took = time.perf_counter() - began
    time.sleep(1)
    each = (resident(server.process_id) - before) / clients
    for sock in socks:
        sock.close()
    return clients / took, each


def retain(server: Server, count: int) -> int:
    """Let so many topics keep a message; return how many bytes it takes to tell them."""
    sender = Client(server.port, "sender")
    for at in range(0, count, 100):
        messages = [packet(0x31, text(f"bench/{n}/state") + PAYLOAD) for n in range(at, at + 100)]
        sender.sock.sendall(b"".join(messages))
    sender.sock.sendall(b"\xc0\x00")
    assert sender.read(2) == b"\xd0\x00"
    return sum(len(packet(0x31, text(f"bench/{n}/state") + PAYLOAD)) for n in range(count))


def tell(server: Server, size: int) -> float:
    """Return the seconds until a new subscriber of everything has been told `size` bytes of messages."""
    receiver = Client(server.port, "receiver")
    answer = len(packet(0x90, b"\x00\x01\x00"))
    poll = epoll()
    poll.register(receiver.sock, EPOLLIN)
    began = time.perf_counter()
    receiver.sock.sendall(packet(0x82, b"\x00\x01" + text("#") + b"\x00"))
    got = 0
    while got < size + answer:
        if not poll.poll(5):
            raise TimeoutError(f"nothing came for five seconds: {got} of {size + answer} bytes are there")
        got += receiver.count()
    took = time.perf_counter() - began
    receiver.leave()
    return took


def longest_turn(server: Server) -> float:
    """Ask our server for the longest turn of its loop since the last question, in milliseconds."""
    asking = Client(server.port, "asking")
    asking.subscribe(["turn/told"], 0)
    asking.sock.sendall(packet(0x30, text("turn/ask")))
    head = asking.read(2)
    body = asking.read(head[1])
    asking.leave()
    return float(body[2 + len("turn/told") :]) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default="hearth,mosquitto")
    parser.add_argument("--clients", type=int, default=5_000)
    parser.add_argument("--retained", type=int, default=20_000)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    for peer in options.peers.split(","):
        with serve(peer) as server:
            rate, each = crowd(server, options.clients)
        print(
            f"{peer:12} {options.clients:,} subscribed clients: {rate:8,.0f} a second, {each:5.1f} KiB each"
        )
        ours = peer.startswith("hearth")
        with serve(peer, probe=ours) as server:
            size = retain(server, options.retained)
            took = []
            turns = []
            for _ in range(5):
                if ours:
                    longest_turn(server)  # what came before
                took.append(tell(server, size))
                turns.append(longest_turn(server) if ours else 0.0)
        turn = f", no turn of the loop over {min(turns):.1f} to {max(turns):.1f} ms" if ours else ""
        print(f"{peer:12} {options.retained:,} retained messages: {min(took):8.2f} s{turn}", flush=True)


if __name__ == "__main__":
    main()
