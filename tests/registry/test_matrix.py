"""Who may publish and subscribe what, and under which name: 100,000 random cases against a naive oracle."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from hub.broker import Limits
from hub.registry import Device, Directory, Owner
from hub.registry.access import OwnerAccess, access_of
from hub.registry.topics import intersection, is_permanent

CASES = 100_000
WORDS = [
    *("$devices", "$registries", "$monitoring", "$me", "device", "registry", "monitoring", "json"),
    *("events", "state", "commands", "config"),
    *("north", "south", "shop", "n1", "n2", "s1", "nobody", "my", "warm", "do", "deep", "er", "est"),
    *("a", "b", ""),
]
PUBLISH = {
    "device": [r"\$devices/{id}/(events|state)(/.*)?", r"\$registries/{registry}/(events|state)(/.*)?"],
    "registry": [
        r"\$devices/({ours})/(commands|config)(/.*)?",
        r"\$registries/{id}/(commands|config)(/.*)?",
    ],
    "broker": [r"[^$].*|"],
}
READ = {
    "device": [
        r"\$devices/{id}/(commands|config)(/.*)?",
        r"\$registries/{registry}/(commands|config)(/.*)?",
        r"\$monitoring/({ours})/json",
    ],
    "registry": [
        r"\$devices/({ours})/(events|state)(/.*)?",
        r"\$registries/{id}/(events|state)(/.*)?",
        r"\$monitoring/({ours})/json",
    ],
    "broker": [r"[^$].*|"],
}


def allowed(rules: dict[str, list[str]], directory: Directory, owner: Owner, topic: str) -> bool:
    """Decide by regular expressions, without a thought for speed."""
    registry = owner.registry_id if isinstance(owner, Device) else owner.id
    ours = "|".join(one.id for one in directory.all(Device) if one.registry_id == registry) or "(?!)"
    names = {"{id}": owner.id, "{registry}": registry, "{ours}": ours}
    return any(
        re.fullmatch(re.sub(r"\{\w+\}", lambda found: names[found[0]], rule), topic)
        for rule in rules[owner.kind]
    )


def aliases(directory: Directory, owner: Owner) -> Iterator[tuple[str, str]]:
    """Yield all other beginnings that an owner may write, and what they mean."""
    if isinstance(owner, Device):
        yield "$me/device", f"$devices/{owner.id}"
        yield "$me/registry", f"$registries/{owner.registry_id}"
        yield "$me/monitoring", f"$monitoring/{owner.id}"
        devices = [owner]
    elif owner.kind == "registry":
        yield "$me/registry", f"$registries/{owner.id}"
        devices = [one for one in directory.all(Device) if one.registry_id == owner.id]
    else:
        return
    for device in devices:
        yield from ((name.rstrip("/"), target.rstrip("/")) for name, target in device.aliases.items())


def names_of(directory: Directory, owner: Owner, topic: str) -> Iterator[str]:
    yield topic
    for name, target in aliases(directory, owner):
        if (topic + "/").startswith(target + "/"):
            yield name + topic[len(target) :]


def meant(directory: Directory, owner: Owner, said: str) -> str:
    for name, target in aliases(directory, owner):
        if (said + "/").startswith(name + "/"):
            return target + said[len(name) :]
    return said


def naive_match(filter: str, topic: str) -> bool:
    """MQTT 3.1.1, 4.7, as a regular expression."""
    if topic.startswith("$") and filter[:1] in ("+", "#"):
        return False
    if filter == "#":
        return True
    pattern = re.escape(filter).replace(r"\+", "[^/]*")
    pattern = re.sub(r"/\\#$", "(/.*)?", pattern)
    return re.fullmatch(pattern, topic) is not None


def heard(access: OwnerAccess, filter: str, topic: str) -> set[str]:
    """Under which names a subscriber to `filter` gets a message to `topic`."""
    grants = access.subscribe_filters(filter) or ()
    return {
        grant.rename(topic)
        for grant in grants
        if naive_match(grant.filter, topic) and access.may_receive(topic)
    }


def random_topic(dice: random.Random) -> str:
    root = dice.choice(["$devices", "$registries", "$monitoring", "$me", "my", "deep", dice.choice(WORDS)])
    return "/".join([root, *(dice.choice(WORDS) for _ in range(dice.randrange(5)))])


def random_filter(dice: random.Random, topic: str) -> str:
    levels = [dice.choice(["+", level, level]) for level in topic.split("/")]
    cut = dice.randrange(len(levels) + 1)
    return "/".join(dice.choice([levels, [*levels[:cut], "#"], levels[: cut or 1]]))


def test_no_one_of_many_cases_differs_from_the_oracle(directory: Directory) -> None:
    dice = random.Random(7)
    owners = list(directory.all(Owner))
    accesses = {one.id: access_of(directory, one, f"key of {one.id}", Limits()) for one in owners}
    wrong: list[tuple[str, ...]] = []
    granted = 0
    for _ in range(CASES):
        owner = dice.choice(owners)
        access = accesses[owner.id]
        said = random_topic(dice)
        topic = meant(directory, owner, said)
        may = allowed(PUBLISH, directory, owner, topic)
        granted += may
        if access.publish_topic(said) != (topic if may else None):
            wrong.append(("publish", owner.id, said))
        seen_as = dice.choice([said, *names_of(directory, owner, topic)])
        filter = random_filter(dice, seen_as)
        readable = allowed(READ, directory, owner, topic)
        names = names_of(directory, owner, topic) if readable else ()
        expected = {name for name in names if naive_match(filter, name)}
        granted += bool(expected)
        if heard(access, filter, topic) != expected:
            wrong.append(("subscribe", owner.id, filter, topic))
    assert wrong == []
    assert granted > CASES // 50


# Some of it one by one, as the original's pages say it.


def device_access(directory: Directory, id: str) -> Any:
    owner = directory.get(id)
    assert owner is not None
    return access_of(directory, owner, f"key of {id}", Limits())


@pytest.mark.parametrize(
    ("who", "filter", "narrow"),
    [
        ("n1", "$devices/#", ["$devices/n1/commands/#", "$devices/n1/config/#"]),
        ("n1", "$registries/#", ["$registries/north/commands/#", "$registries/north/config/#"]),
        ("north", "$devices/#", ["$devices/+/events/#", "$devices/+/state/#"]),
        ("north", "$devices/+/#", ["$devices/+/events/#", "$devices/+/state/#"]),
        ("north", "$devices/n1/#", ["$devices/n1/events/#", "$devices/n1/state/#"]),
        ("north", "$devices/+/+", ["$devices/+/events", "$devices/+/state"]),
        ("north", "$devices/+/events/bedroom/+", ["$devices/+/events/bedroom/+"]),
        ("n1", "$devices/+", []),
        ("north", "$registries/+", []),
        ("north", "$devices/n1", []),
        ("n1", "$devices/n2/commands", []),
        ("north", "$devices/s1/events", []),
        ("n1", "$devices/n1/events", []),
        ("n1", "$SYS/#", []),
        ("n1", "$devices/n1/other", []),
        ("n1", "$me/device/commands", ["$devices/n1/commands"]),
        ("n1", "$me/monitoring/json", ["$monitoring/n1/json"]),
        ("n1", "$monitoring/n2/json", ["$monitoring/n2/json"]),
        ("n1", "$monitoring/s1/json", []),
        ("n2", "#", ["$devices/n2/commands/a/b/#"]),
        ("shop", "any/+/#", ["any/+/#"]),
        ("shop", "$SYS/#", []),
    ],
)
def test_a_filter_is_narrowed_to_what_may_be_read(
    directory: Directory, who: str, filter: str, narrow: list[str]
) -> None:
    access = device_access(directory, who)

    assert [grant.filter for grant in access.subscribe_filters(filter) or ()] == narrow


def test_who_asks_under_another_name_hears_it_under_that_name(directory: Directory) -> None:
    (grant,) = device_access(directory, "n2").subscribe_filters("deep/er/est/+")

    assert grant.filter == "$devices/n2/commands/a/b/+"
    assert grant.rename("$devices/n2/commands/a/b/now") == "deep/er/est/now"


@pytest.mark.parametrize(
    ("topic", "kept"),
    [
        ("$devices/n1/state", True),
        ("$devices/n1/config/a/b", True),
        ("$registries/north/state", True),
        ("$devices/n1/events", False),
        ("$devices/n1/statement", False),
        ("$devices//state", False),
        ("$monitoring/n1/state", False),
        ("home/x/state", False),
    ],
)
def test_state_and_configuration_are_permanent(topic: str, kept: bool) -> None:
    assert is_permanent(topic) is kept


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        ("a/#", "a", "a"),
        ("a/#", "a/#", "a/#"),
        ("a/+/c", "a/b/#", "a/b/c"),
        ("#", "a/+", "a/+"),
        ("a/b", "a", None),
        ("a", "b", None),
        ("a/+", "a/#", "a/+"),
    ],
)
def test_filters_intersect(first: str, second: str, common: str | None) -> None:
    assert intersection(first, second) == common
    assert intersection(second, first) == common


def test_who_may_not_be_in_any_more_may_do_nothing(directory: Directory, make: Any) -> None:
    access = device_access(directory, "n1")
    directory.put(make.registry("north", enabled=False))

    assert access.publish_topic("$devices/n1/events") is None
    assert access.subscribe_filters("$devices/n1/commands") is None
    assert not access.may_receive("$devices/n1/commands")
