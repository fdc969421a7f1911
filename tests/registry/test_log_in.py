"""Who comes in: by password, by certificate, or by both, as the original's table says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiomqtt
import pytest

from hub.broker import Credentials
from hub.registry import Owner
from hub.registry.operations import Draft, Operations

CHOSEN = "Chosen-Password-1"


async def refused(client: aiomqtt.Client) -> bool:
    try:
        async with client:
            return False
    except aiomqtt.MqttError:
        return True


async def name_of(site: Any, client: aiomqtt.Client) -> str:
    """Return as whom a client is let in."""
    async with client:
        (found,) = [one for one in site.door.broker.clients() if one.online]
        return str(found.name)


async def two_devices(site: Any, certificates: list[str]) -> tuple[Any, Any, str]:
    """Make two devices with a certificate each, the first with a password too."""
    operations = Operations(site.registrar)
    await operations.create_registry(Draft(name="north"))
    first = await operations.create_device(
        Draft(name="first", id="arefirst", certificates=(certificates[0],)), "north"
    )
    second = await operations.create_device(
        Draft(name="second", id="aresecond", certificates=(certificates[1],)), "north"
    )
    _, password = await operations.generate_password(first)
    return first, second, password


@pytest.mark.parametrize(
    ("certificate", "password", "who"),
    [
        ("unknown", "wrong", None),
        ("unknown", "right", "device/arefirst"),
        ("own", "wrong", None),
        ("own", "right", "device/arefirst"),
        ("other", "right", "device/arefirst"),
        ("own", None, "device/arefirst"),
        ("other", None, "device/aresecond"),
        ("unknown", None, None),
        (None, "right", "device/arefirst"),
        (None, "wrong", None),
        (None, None, None),
    ],
)
async def test_a_password_decides_and_without_one_the_certificate(
    site: Any,
    tls: Any,
    self_signed: Callable[[], tuple[str, str]],
    certificate: str | None,
    password: str | None,
    who: str | None,
) -> None:
    running = await site(**tls.keys)
    papers = {"own": self_signed(), "other": self_signed(), "unknown": self_signed()}
    _, _, right = await two_devices(running, [papers["own"][0], papers["other"][0]])
    shown = {"right": right, "wrong": "a wrong one", None: None}[password]
    context = tls.context(papers.get(certificate or ""))

    client = running.client("arefirst" if shown else None, shown, tls_context=context)

    if who is None:
        assert await refused(client)
    else:
        assert await name_of(running, client) == who


async def test_a_certificate_needs_no_user_name_but_must_not_contradict_it(
    site: Any, tls: Any, self_signed: Callable[[], tuple[str, str]]
) -> None:
    running = await site(**tls.keys)
    own, other = self_signed(), self_signed()
    await two_devices(running, [own[0], other[0]])

    assert (
        await name_of(running, running.client("arefirst", None, tls_context=tls.context(own)))
        == "device/arefirst"
    )
    assert await refused(running.client("aresecond", None, tls_context=tls.context(own)))


async def test_the_hub_issues_certificates_itself(site: Any, tls: Any) -> None:
    running = await site(**tls.keys)
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", id="arenorth"))

    issued, authority = await operations.issue_certificate(registry)
    client = running.client(tls_context=tls.context((issued.pem, issued.key)))

    assert await name_of(running, client) == "registry/arenorth"
    assert "BEGIN CERTIFICATE" in authority
    assert (tls.folder / "ca.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["arefirst", "north/first", "arenorth/first"])
async def test_a_device_gives_its_id_or_its_registry_and_name(site: Any, name: str) -> None:
    running = await site()
    operations = Operations(running.registrar)
    await operations.create_registry(Draft(name="north", id="arenorth"))
    device = await operations.create_device(Draft(name="first", id="arefirst"), "north")
    await operations.add_password(device, CHOSEN)

    assert await name_of(running, running.client(name, CHOSEN)) == "device/arefirst"
    assert await refused(running.client(name, CHOSEN + "x"))


async def test_users_come_in_as_before(site: Any) -> None:
    running = await site(users=[{"name": "ann", "password": "secret", "admin": True}])

    assert await name_of(running, running.client("ann", "secret")) == "ann"
    assert await refused(running.client("ann", "wrong"))


async def test_a_generated_password_costs_no_hash_and_a_chosen_one_costs_one_only(
    site: Any, verified: list[str]
) -> None:
    running = await site()
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", id="arenorth"))
    _, generated = await operations.generate_password(registry)
    await operations.add_password(running.registrar.directory.get("arenorth"), CHOSEN)

    for password in (generated, CHOSEN, generated, CHOSEN):
        assert await name_of(running, running.client("arenorth", password)) == "registry/arenorth"

    assert len(verified) == 1


# What is taken away ends connections at once.


async def both_ways_in(site: Any) -> tuple[Operations, Any, aiomqtt.Client, aiomqtt.Client]:
    """Return a device with two passwords, and a client that came in with each."""
    operations = Operations(site.registrar)
    await operations.create_registry(Draft(name="north", id="arenorth"))
    device = await operations.create_device(Draft(name="first", id="arefirst"), "north")
    _, one = await operations.generate_password(device)
    _, two = await operations.generate_password(site.registrar.directory.get("arefirst"))
    clients = [
        site.client("arefirst", password, identifier=name) for password, name in ((one, "a"), (two, "b"))
    ]
    return operations, site.registrar.directory.get("arefirst"), *clients


async def test_to_delete_a_password_ends_what_came_in_with_it_and_nothing_else(site: Any) -> None:
    running = await site()
    operations, device, first, second = await both_ways_in(running)
    async with second:
        async with first:
            await operations.delete_password(device, device.passwords[0].id)
            assert await running.ended(first)
        assert [one.client_id for one in running.door.broker.clients() if one.online] == ["b"]


async def test_to_delete_a_certificate_ends_what_came_in_with_it(
    site: Any, tls: Any, self_signed: Callable[[], tuple[str, str]]
) -> None:
    running = await site(**tls.keys)
    papers = self_signed()
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", certificates=(papers[0],)))

    async with running.client(tls_context=tls.context(papers)) as client:
        await operations.delete_certificate(registry, registry.certificates[0].fingerprint)
        assert await running.ended(client)
    assert await refused(running.client(tls_context=tls.context(papers)))


@pytest.mark.parametrize("what", ["disable", "delete"])
async def test_to_disable_a_registry_or_delete_a_device_ends_all_of_its_connections(
    site: Any, what: str
) -> None:
    running = await site()
    operations, device, first, second = await both_ways_in(running)
    registry = running.registrar.directory.get("arenorth")
    acts = {
        "disable": lambda: operations.enable(registry, False),
        "delete": lambda: operations.delete(device),
    }
    async with first, second:
        await acts[what]()
        assert await asyncio.gather(running.ended(first), running.ended(second)) == [True, True]
    assert await refused(running.client("arefirst", "whatever it was"))


async def test_what_is_deleted_while_a_password_is_checked_does_not_come_in(site: Any) -> None:
    running = await site()
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", id="arenorth"))
    await operations.add_password(registry, CHOSEN)
    identities = running.door.broker._parts.authenticator._others

    verdict = identities.authenticate(Credentials("c", "arenorth", CHOSEN.encode(), "", "lan"))
    await operations.delete(running.registrar.directory.get("arenorth"))

    assert await verdict is None


async def test_the_list_says_where_each_comes_from(site: Any) -> None:
    running = await site()
    await Operations(running.registrar).create_registry(Draft(name="north"))

    assert [(one.name, one.source) for one in running.registrar.directory.all(Owner)] == [("north", "")]
