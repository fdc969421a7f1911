"""Do 10,000 devices load in time, are aliases as fast as plain topics, and how soon are 500 devices back?

python benchmarks/registry.py
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.broker import AllowAll, Credentials, Limits
from hub.broker.packets import Connect, Subscribe, encode
from hub.broker.wire import encode_text
from hub.building import build_house
from hub.core.clock import SystemClock
from hub.core.settings import Settings
from hub.loader import Catalogs
from hub.mqtt import EmbeddedEngine
from hub.mqtt.closed import ClosedMqtt
from hub.registry import Device, Owner, Registrar, Registry
from hub.registry.access import access_of
from hub.registry.credentials import Secret, hash_device_password
from hub.registry.names import new_password
from hub.registry.operations import Operations
from hub.registry.owners import Password

REGISTRIES = 100
DEVICES = 100
MESSAGES = 50_000
ROUNDS = 7
BACK_AT_ONCE = 500
MOMENT = datetime(2026, 5, 1, tzinfo=UTC)
ID = "aredev50x50"
PLAIN = f"hall/{'x' * (len(f'$devices/{ID}/events') - len('hall//events'))}/events"


def made(registrar: Registrar, passwords: dict[str, str]) -> list[Owner]:
    """Make all registries and devices, each device with a password and an alias."""
    owners: list[Owner] = []
    for number in range(REGISTRIES):
        registry = Registry(id=f"arereg{number}", name=f"registry-{number}", created_at=MOMENT)
        owners.append(registry)
        for one in range(DEVICES):
            id = f"aredev{number}x{one}"
            text = passwords[id] = new_password()
            password = Password(f"arepw{number}x{one}", registrar.proofs.token(text), MOMENT)
            aliases = {f"hall-{one}/": f"$devices/{id}/"}
            device = Device(
                id=id,
                name=f"device-{one}",
                created_at=MOMENT,
                registry_id=registry.id,
                aliases=aliases,
                passwords=(password,),
            )
            owners.append(device)
    return owners


def rate(act: Callable[[], object], count: int = 20_000) -> str:
    began = time.perf_counter()
    for _ in range(count):
        act()
    return f"{(time.perf_counter() - began) / count * 1e6:6.2f} µs"


async def main() -> None:
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        registrar = await Registrar.open(folder, SystemClock())
        passwords: dict[str, str] = {}
        owners = made(registrar, passwords)
        began = time.perf_counter()
        await registrar.save(owners)
        print(f"stored {len(owners)} in {time.perf_counter() - began:.2f} s")
        await registrar.close()
        # In a process of its own, whose memory nothing else has touched.
        await asyncio.to_thread(subprocess.run, [sys.executable, __file__, "load", text], check=True)
        async with serving(folder) as (registrar, port):
            answers(registrar, passwords)
            await aliases(registrar, port, passwords)
            await back_at_once(registrar, port, passwords)


async def load(folder: Path) -> None:
    before = memory()
    began = time.perf_counter()
    registrar = await Registrar.open(folder, SystemClock())
    seconds = time.perf_counter() - began
    print(f"loaded in {seconds:.2f} s; the process has {memory():.0f} MB, {before:.0f} MB of them before")
    await registrar.close()


def memory() -> float:
    """Return how much memory this process has, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@asynccontextmanager
async def serving(folder: Path) -> Any:
    clock = SystemClock()
    settings = Settings(config_dir=folder, data_dir=folder)
    house = build_house(clock, settings, Catalogs(), ClosedMqtt())
    registrar = await Registrar.open(folder, clock)
    user = {"name": "ann", "password": "secret", "publish": ["a/#", "hall/+/events"], "subscribe": ["hall/#"]}
    # All come from one address, and so would a house behind a gateway.
    limits = {"messages_per_second": None, "connections_per_address": 2_000}
    engine = EmbeddedEngine.model_validate({"listeners": [{"port": 0}], "users": [user], "limits": limits})
    door = await engine.knowing(registrar).open(house)
    try:
        yield registrar, door.listening[0].port
    finally:
        await door.close()
        await registrar.close()


def answers(registrar: Registrar, passwords: dict[str, str]) -> None:
    identities = registrar.identities(AllowAll(), Limits())
    credentials = Credentials("c", ID, passwords[ID].encode(), "", "lan")
    device = registrar.directory.get(ID)
    assert device is not None
    access = access_of(registrar.directory, device, device.passwords[0].id, None)
    print("log-in with a made-up password", rate(lambda: identities.authenticate(credentials)))
    print("may a device publish?         ", rate(lambda: access.publish_topic("$me/device/events/a")))
    print("may a device subscribe?       ", rate(lambda: access.subscribe_filters("$devices/#")))


# Over sockets.


class Client:
    """As much of a client as it takes: it writes bytes, and waits for some."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, client_id: str, username: str, password: str) -> Client:
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        connect = Connect(client_id=client_id, username=username, password=password.encode())
        client.writer.write(encode(connect))
        answer = await client.reader.readexactly(4)
        assert answer[3] == 0, f"{username} is refused: {answer[3]}"
        return client

    async def subscribe(self, filter: str) -> None:
        self.writer.write(encode(Subscribe(1, ((filter, 0),))))
        answer = await self.reader.readexactly(5)
        assert answer[4] == 0, answer

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


def publish(topic: str) -> bytes:
    body = encode_text(topic) + b"21.5"
    return bytes((0x30, len(body))) + body


async def passed_on(sender: Client, topic: str, receiver: Client, shown: str) -> float:
    """Return how many messages a second reach the receiver."""
    expected = MESSAGES * len(publish(shown))
    chunk = publish(topic) * 500

    async def read() -> None:
        left = expected
        while left > 0:
            left -= len(await receiver.reader.read(1 << 16))

    began = time.perf_counter()
    reading = asyncio.ensure_future(read())
    for _ in range(MESSAGES // 500):
        sender.writer.write(chunk)
        await sender.writer.drain()
    await reading
    return MESSAGES / (time.perf_counter() - began)


async def aliases(registrar: Registrar, port: int, passwords: dict[str, str]) -> None:
    """Compare a device under its alias with a user, round by round; what arrives is equally long."""
    _, text = await _generated(registrar, "arereg50")
    registry = await Client.connect(port, "registry", "arereg50", text)
    await registry.subscribe("$devices/+/events")
    device = await Client.connect(port, "device", ID, passwords[ID])
    user = await Client.connect(port, "user", "ann", "secret")
    listener = await Client.connect(port, "listener", "ann", "secret")
    await listener.subscribe("hall/+/events")
    rates: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        plain = await passed_on(user, PLAIN, listener, PLAIN)
        alias = await passed_on(device, "hall-50/events", registry, f"$devices/{ID}/events")
        rates.append((plain, alias))
    plain, alias = (sorted(column)[ROUNDS // 2] for column in zip(*rates, strict=True))
    print(f"a user under a plain topic {plain:9,.0f} messages a second")
    print(f"a device under its alias   {alias:9,.0f} messages a second: {alias / plain:.2f} of it")
    for client in (registry, device, user, listener):
        await client.close()


async def _generated(registrar: Registrar, id: str) -> Any:
    owner = registrar.directory.get(id)
    assert owner is not None
    return await Operations(registrar).generate_password(owner)


async def back_at_once(registrar: Registrar, port: int, passwords: dict[str, str]) -> None:
    """Let 500 devices come back together, first with made-up passwords, then with ones that people chose."""
    devices = list(registrar.directory.all(Device))[:BACK_AT_ONCE]
    print(f"{BACK_AT_ONCE} devices are back in {await _come(port, passwords, devices)}: made-up passwords")
    chosen = {device.id: f"Chosen-Password-{number}" for number, device in enumerate(devices)}
    hashes = await asyncio.gather(
        *(asyncio.to_thread(hash_device_password, chosen[one.id]) for one in devices)
    )
    await registrar.save(
        [
            replace(device, passwords=(Password(f"chosen-{device.id}", Secret(hash), MOMENT),))
            for device, hash in zip(devices, hashes, strict=True)
        ]
    )
    for when in ("not seen since the hub started", "seen before"):
        took = await _come(port, chosen, devices)
        print(f"{BACK_AT_ONCE} devices are back in {took}: passwords that people chose, {when}")


async def _come_back(port: int, id: str, password: str) -> Client:
    """Connect as devices do: who is not answered in time tries again."""
    while True:
        try:
            return await Client.connect(port, "d", id, password)
        except (ConnectionError, asyncio.IncompleteReadError):
            await asyncio.sleep(1)


async def _come(port: int, passwords: dict[str, str], devices: list[Device]) -> str:
    began, worked = time.perf_counter(), time.process_time()
    clients = await asyncio.gather(*(_come_back(port, device.id, passwords[device.id]) for device in devices))
    # On a machine that does other things, too, the processor's seconds tell more.
    told = f"{time.perf_counter() - began:.2f} s ({time.process_time() - worked:.2f} s of work)"
    await asyncio.gather(*(client.close() for client in clients))
    return told


if __name__ == "__main__":
    if sys.argv[1:2] == ["load"]:
        asyncio.run(load(Path(sys.argv[2])))
    else:
        asyncio.run(main())
