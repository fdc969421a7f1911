"""What is open is found over mDNS, and what is closed again is not. Nothing leaves this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from zeroconf import ServiceStateChange
from zeroconf.asyncio import AsyncServiceBrowser, AsyncZeroconf

from hub.app import App
from hub.core.openings import Opening
from hub.testing.house import SimulatedHouse
from plugins.zeroconf.advertising import addresses

HERE = ["127.0.0.1"]


@pytest.fixture
async def home() -> AsyncIterator[SimulatedHouse]:
    home = SimulatedHouse()
    yield home
    await home.stop()


@pytest.fixture
async def neighbour() -> AsyncIterator[AsyncZeroconf]:
    mdns = AsyncZeroconf(interfaces=HERE)
    yield mdns
    await mdns.async_close()


@pytest.mark.parametrize(
    ("opening", "kind", "told"),
    [
        (Opening("mqtt", "192.0.2.7", 1883, False), "_mqtt._tcp.local.", {b"protocol": b"3.1.1"}),
        (Opening("mqtt", "192.0.2.7", 8883, True), "_secure-mqtt._tcp.local.", {b"protocol": b"3.1.1"}),
        (Opening("http", "192.0.2.7", 8123, False), "_http._tcp.local.", {b"path": b"/"}),
        (Opening("http", "192.0.2.7", 8123, True), "_https._tcp.local.", {b"path": b"/"}),
    ],
)
async def test_what_is_open_is_found(
    home: SimulatedHouse, neighbour: AsyncZeroconf, opening: Opening, kind: str, told: dict[bytes, bytes]
) -> None:
    home.set_up({"zeroconf": {"name": "Lake House", "interfaces": HERE}})
    home.house.openings.add(opening)

    found = await neighbour.async_get_service_info(kind, f"Lake House {opening.port}.{kind}", 10_000)

    assert found is not None
    assert (found.port, found.parsed_addresses(), found.server) == (
        opening.port,
        ["192.0.2.7"],
        "lake-house.local.",
    )
    assert found.properties == {b"software": b"hearth", **told}


LISTENERS = """
broker:
  listeners:
    - {host: 127.0.0.1, port: 0}
    - {host: 0.0.0.0, port: 0}
    - {host: 0.0.0.0, port: 0, name: web, websocket: true}
web: {host: 127.0.0.1, port: 0}
"""


async def test_only_what_others_can_reach_is_open_to_them(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(LISTENERS)
    app = App(file, watch=False)
    await app.start()
    found = app.house.openings.all()
    await app.stop()
    assert [(one.kind, one.host, one.tls) for one in found] == [("mqtt", "0.0.0.0", False)]
    assert found[0].port > 0
    assert app.house.openings.all() == []


def test_no_loopback_is_among_all_addresses() -> None:
    assert not [one for one in addresses("") if one.startswith("127.") or one == "::1"]


async def test_a_hub_that_stops_says_good_bye(neighbour: AsyncZeroconf) -> None:
    home, heard = SimulatedHouse(), asyncio.Queue[ServiceStateChange]()

    def changed(state_change: ServiceStateChange, name: str, **_: object) -> None:
        if name.startswith("Bye House"):
            heard.put_nowait(state_change)

    browser = AsyncServiceBrowser(neighbour.zeroconf, "_mqtt._tcp.local.", handlers=[changed])
    home.set_up({"zeroconf": {"name": "Bye House", "interfaces": HERE}})
    home.house.openings.add(Opening("mqtt", "192.0.2.7", 1883, False))
    assert await heard.get() is ServiceStateChange.Added

    await home.stop()

    gone = await heard.get()
    await browser.async_cancel()
    assert gone is ServiceStateChange.Removed


@pytest.mark.parametrize(
    ("host", "ipv6", "told"),
    [
        ("192.0.2.7", True, ["192.0.2.7"]),
        ("2001:db8::7", True, ["2001:db8::7"]),
        ("[2001:db8::7]", True, ["2001:db8::7"]),
        ("2001:db8::7", False, []),
        ("127.0.0.1", True, []),
        ("fe80::1", True, []),
    ],
)
def test_addresses_of_both_kinds_are_told(host: str, ipv6: bool, told: list[str]) -> None:
    assert addresses(host, ipv6=ipv6) == told


def test_every_address_of_one_kind_is_of_that_kind() -> None:
    assert not [one for one in addresses("0.0.0.0") if ":" in one]
