"""How long do 10,000 devices in 100 registries take to load, how much memory, and how fast are answers?

python benchmarks/registry.py
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from hub.broker import AllowAll, Credentials, Limits
from hub.core.clock import SystemClock
from hub.registry import Device, Owner, Registrar, Registry
from hub.registry.access import access_of
from hub.registry.names import new_password
from hub.registry.owners import Password

REGISTRIES = 100
DEVICES = 100
MOMENT = datetime(2026, 5, 1, tzinfo=UTC)


def memory() -> float:
    """Return how much memory this process has at most had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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
    with tempfile.TemporaryDirectory() as folder:
        registrar = await Registrar.open(Path(folder), SystemClock())
        passwords: dict[str, str] = {}
        owners = made(registrar, passwords)
        began = time.perf_counter()
        await registrar.save(owners)
        print(f"stored {len(owners)} in {time.perf_counter() - began:.2f} s")
        await registrar.close()
        del registrar, owners
        before = memory()
        began = time.perf_counter()
        registrar = await Registrar.open(Path(folder), SystemClock())
        print(f"loaded in {time.perf_counter() - began:.2f} s; the process has {memory():.0f} MB at most")
        print(f"({before:.0f} MB of that were there before, from making them)")
        answers(registrar, passwords)
        await registrar.close()


def answers(registrar: Registrar, passwords: dict[str, str]) -> None:
    identities = registrar.identities(AllowAll(), Limits())
    id = "aredev50x50"
    credentials = Credentials("c", id, passwords[id].encode(), "", "lan")
    device = registrar.directory.get(id)
    assert device is not None
    access = access_of(registrar.directory, device, device.passwords[0].id, None)
    print("log-in with a made-up password", rate(lambda: identities.authenticate(credentials)))
    print("may a device publish?         ", rate(lambda: access.publish_topic("$me/device/events/a")))
    print("may a device subscribe?       ", rate(lambda: access.subscribe_filters("$devices/#")))


if __name__ == "__main__":
    asyncio.run(main())
