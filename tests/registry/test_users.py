"""Users: who comes in, and with which rights."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker import Access, Credentials, Limits
from hub.registry import Rights, Secret, User, Users

ANN = User("ann", Secret("secret"), Rights(("home/%u/%c/#",), ("home/%u/#",)), limits=Limits(packet=7))
ROOT = User("root", Secret("toor"), admin=True)


def credentials(username: str | None = None, password: bytes | None = None, **more: Any) -> Credentials:
    given = {"client_id": "phone", "address": "127.0.0.1", "listener": "lan", **more}
    return Credentials(username=username, password=password, **given)


async def log_in(users: Users, *given: Any, **more: Any) -> Access | None:
    verdict = users.authenticate(credentials(*given, **more))
    return verdict if verdict is None or isinstance(verdict, Access) else await verdict


async def test_a_user_may_do_what_the_rights_say_with_the_names_filled_in() -> None:
    access = await log_in(Users([ANN]), "ann", b"secret")

    assert access is not None
    assert access.name == "ann"
    assert access.publish_topic("home/ann/phone/light") == "home/ann/phone/light"
    assert access.publish_topic("home/ann/tablet/light") is None
    assert [grant.filter for grant in access.subscribe_filters("home/ann/+") or ()] == ["home/ann/+"]
    assert access.subscribe_filters("home/#") is None
    assert access.may_receive("home/ann/x")
    assert not access.may_receive("home/bob/x")
    assert access.limits == Limits(packet=7)


async def test_an_admin_may_do_everything() -> None:
    access = await log_in(Users([ROOT]), "root", b"toor")

    assert access is not None
    assert access.publish_topic("anything") == "anything"
    assert access.subscribe_filters("$SYS/#")
    assert access.may_receive("$SYS/uptime")


@pytest.mark.parametrize(
    ("username", "password"),
    [("ann", b"wrong"), ("ann", None), ("ann", b""), ("nobody", b"secret"), (None, b"secret"), (None, None)],
)
async def test_nobody_else_comes_in(username: str | None, password: bytes | None) -> None:
    assert await log_in(Users([ANN]), username, password) is None


async def test_a_user_with_a_hashed_password_comes_in(cheap_hash: str) -> None:
    users = Users([User("eve", Secret(cheap_hash))])

    access = await log_in(users, "eve", b"correct horse")

    assert access is not None
    assert access.name == "eve"
    assert await log_in(users, "eve", b"wrong") is None
    users.close()


async def test_who_gives_no_name_comes_in_only_where_a_listener_is_open() -> None:
    users = Users([ANN], nameless=Rights(publish=("open/#",)), open_listeners=["lan"])

    access = await log_in(users)

    assert access is not None
    assert access.publish_topic("open/x") == "open/x"
    assert access.publish_topic("home/x") is None
    assert await log_in(users, listener="wan") is None


async def test_a_wrong_password_is_refused_also_on_an_open_listener() -> None:
    users = Users([ANN], nameless=Rights(publish=("#",)), open_listeners=["lan"])

    assert await log_in(users, "ann", b"wrong") is None
    assert await log_in(users, "nobody", None) is None
