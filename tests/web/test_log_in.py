"""People log in, are known by their session or token, and are put out at once when that ends."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from hub.core.clock import SimulatedClock, SystemClock
from hub.core.errors import HubError
from hub.registry.accounts import Accounts, Locked, LockOut, Role, Scope, totp
from hub.registry.accounts.proof import IDLE, LONGEST
from hub.registry.database import FILE

MOMENT = datetime(2026, 5, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"


async def test_a_right_password_begins_a_session(site: Any) -> None:
    await site.person("Ann", Role.ADMIN)
    client = site.client()

    answer = await client.post("/api/login", json={"name": "ann", "password": PASSWORD})

    assert answer.status_code == 200
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert answer.json()["user"]["name"] == "Ann"
    assert (await client.get("/api/session")).json()["role"] == "admin"


async def test_what_is_wrong_is_not_said(site: Any) -> None:
    await site.person("ann", Role.ADMIN)
    client = site.client()
    answers = [
        await client.post("/api/login", json={"name": name, "password": password})
        for name, password in (("ann", "wrong horse battery"), ("bob", PASSWORD), ("", PASSWORD))
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


async def test_before_the_log_in_nothing_is_told(site: Any) -> None:
    await site.person("ann", Role.ADMIN)
    for path in ("/api/users", "/api/states", "/api/config", "/api/", "/api/nothing", "/api/session"):
        answer = await site.client().get(path)
        assert answer.status_code == 401
        assert "ann" not in answer.text


async def test_wrong_passwords_make_name_and_address_wait(site: Any) -> None:
    await site.person("ann", Role.ADMIN)
    client = site.client()
    for _ in range(5):
        await client.post("/api/login", json={"name": "ann", "password": "wrong"})
    answer = await client.post("/api/login", json={"name": "ann", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_each_wrong_try_doubles_the_wait() -> None:
    clock = SimulatedClock(MOMENT)
    locks = LockOut(clock)
    waits = []
    for _ in range(20):
        locks.wrong("name ann")
        try:
            locks.check("name ann")
        except Locked as locked:
            waits.append(locked.seconds)
            clock.run_next(clock.now() + timedelta(seconds=locked.seconds))
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 15 * 60
    locks.check("name bob")


async def test_a_log_out_ends_the_session_everywhere(site: Any) -> None:
    client = await site.browser()
    secret = client.cookies["hub_session"]
    assert (await client.post("/api/logout")).status_code == 200
    stolen = site.client(Cookie=f"hub_session={secret}")
    assert (await stolen.get("/api/session")).status_code == 401


async def test_another_password_ends_all_other_sessions_but_no_token(site: Any) -> None:
    first, second, program = await site.browser(), await site.browser(), await site.program()
    given = {"current": PASSWORD, "password": "another horse entirely"}
    assert (await first.post("/api/account/password", json=given)).status_code == 200
    assert (await first.get("/api/session")).status_code == 200
    assert (await second.get("/api/session")).status_code == 401
    assert (await program.get("/api/session")).status_code == 200


async def test_a_password_is_not_changed_without_the_present_one(site: Any) -> None:
    client = await site.browser()
    given = {"current": "wrong", "password": "another horse entirely"}
    assert (await client.post("/api/account/password", json=given)).status_code == 401


async def test_a_deleted_user_is_out_at_once(site: Any) -> None:
    admin, guest = await site.browser(), await site.browser("bob", Role.VIEWER)
    bob = next(one for one in (await admin.get("/api/users")).json() if one["name"] == "bob")
    assert (await admin.delete(f"/api/users/{bob['id']}")).status_code == 200
    assert (await guest.get("/api/session")).status_code == 401


async def test_the_last_admin_stays(site: Any) -> None:
    client = await site.browser()
    me = (await client.get("/api/session")).json()["user"]["id"]
    assert (await client.delete(f"/api/users/{me}")).status_code == 400
    assert (await client.patch(f"/api/users/{me}", json={"role": "viewer"})).status_code == 400


# --- the second factor -----------------------------------------------------------------------------


async def test_a_second_factor_is_asked_for_after_the_right_password_only(site: Any) -> None:
    client = await site.browser()
    proposed = (await client.post("/api/account/totp/propose")).json()
    app = pyotp.parse_uri(proposed["address"])
    code = app.now()
    given = {"password": PASSWORD, "secret": proposed["secret"], "code": code}
    confirmed = (await client.post("/api/account/totp", json=given)).json()
    assert (confirmed["totp"], len(confirmed["codes"])) == (True, 10)

    other = site.client()
    wrong = await other.post("/api/login", json={"name": "ann", "password": "wrong"})
    right = await other.post("/api/login", json={"name": "ann", "password": PASSWORD})
    both = await other.post("/api/login", json={"name": "ann", "password": PASSWORD, "code": app.now()})
    again = await other.post("/api/login", json={"name": "ann", "password": PASSWORD, "code": app.now()})

    assert "code_needed" not in wrong.json()
    assert (right.status_code, right.json()["code_needed"]) == (401, True)
    assert both.status_code == 200
    assert again.status_code == 401  # no code is good twice


# --- tokens ----------------------------------------------------------------------------------------


async def test_a_token_may_do_no_more_than_its_scope_and_its_owner(site: Any) -> None:
    viewer = await site.program(Scope.VIEWER)
    bobs = await site.program(Scope.ADMIN, name="bob", role=Role.VIEWER)
    assert (await viewer.get("/api/session")).json()["role"] == "viewer"
    assert (await bobs.get("/api/session")).json()["role"] == "viewer"


async def test_a_token_can_not_make_tokens_or_see_users(site: Any) -> None:
    program = await site.program(Scope.ADMIN)
    given = {"name": "more", "scopes": ["admin"], "password": PASSWORD}
    assert (await program.post("/api/account/tokens", json=given)).status_code == 403
    assert (await program.get("/api/users")).status_code == 403


async def test_a_token_is_shown_once_and_kept_as_a_digest(site: Any, tmp_path: Path) -> None:
    client = await site.browser()
    given = {"name": "script", "scopes": ["viewer"], "days": 5, "password": PASSWORD}
    made = (await client.post("/api/account/tokens", json=given)).json()
    program = site.client(Authorization=f"Bearer {made['token']}")
    assert (await program.get("/api/session")).status_code == 200
    assert made["token"] not in (await client.get("/api/account/access")).text
    kept = await asyncio.to_thread(lambda: b"".join(path.read_bytes() for path in tmp_path.rglob("hub.db*")))
    assert b"script" in kept
    assert made["token"].encode() not in kept
    await client.delete(f"/api/account/access/{made['id']}")
    assert (await program.get("/api/session")).status_code == 401


async def test_nobody_ends_the_session_of_another(site: Any) -> None:
    await site.browser()
    bob = await site.browser("bob", Role.VIEWER)
    anns = site.accounts.proofs_of(site.accounts.find("ann"))[0]
    assert (await bob.delete(f"/api/account/access/{anns.id}")).status_code == 404


# --- the first admin -------------------------------------------------------------------------------


async def test_the_link_in_the_console_makes_the_first_admin_once(site: Any) -> None:
    lines = list(site.app._pages.lines())
    token = re.search(r"/setup#(\S+)", " ".join(lines))[1]
    given = {"token": token, "name": "ann", "password": PASSWORD}
    client = site.client()
    assert (await client.post("/api/setup", json={**given, "token": "guess"})).status_code == 401
    assert (await client.post("/api/setup", json={**given, "password": "short"})).status_code == 400
    assert (await client.post("/api/setup", json=given)).status_code == 200
    assert (await client.get("/api/session")).json()["role"] == "admin"
    assert (await client.post("/api/setup", json=given)).status_code == 401
    assert not any("/setup#" in line for line in site.app._pages.lines())


# --- what is kept ----------------------------------------------------------------------------------


async def test_accounts_sessions_and_tokens_survive_a_restart(tmp_path: Path) -> None:
    accounts = await Accounts.open(tmp_path, SystemClock())
    ann = await accounts.add("ann", PASSWORD, Role.VIEWER, {"kitchen": Role.OPERATOR})
    _, session = await accounts.begin_session(ann, "127.0.0.1", "a browser")
    _, token = await accounts.make_token(ann, "script", [Scope.VIEWER, Scope.IOT_VIEWER])
    await accounts.close()

    accounts = await Accounts.open(tmp_path, SystemClock())
    found = accounts.find("ANN")
    assert (found.role, found.grants) == (Role.VIEWER, {"kitchen": Role.OPERATOR})
    assert accounts.proof(session) is not None
    assert accounts.proof(token).scopes == (Scope.VIEWER, Scope.IOT_VIEWER)
    assert (await accounts.check_password("ann", PASSWORD, None, "here")).id == ann.id
    await accounts.close()


@pytest.mark.parametrize(("used", "left"), [(False, IDLE), (True, LONGEST)])
async def test_a_session_ends_by_itself(tmp_path: Path, used: bool, left: timedelta) -> None:
    clock = SimulatedClock(MOMENT)
    accounts = await Accounts.open(tmp_path, clock)
    ann = await accounts.add("ann", PASSWORD, Role.VIEWER)
    session, secret = await accounts.begin_session(ann, "", "")
    for _ in range(left.days - 1):
        clock.run_next(clock.now() + timedelta(days=1))
        assert accounts.proof(secret) is not None
        if used:
            await accounts.saw(session)
    clock.run_next(clock.now() + timedelta(days=2))
    assert accounts.proof(secret) is None
    await accounts.close()


@pytest.mark.parametrize(
    ("name", "password"),
    [("", PASSWORD), (" ann", PASSWORD), ("a\nb", PASSWORD), ("ann", "short"), ("ann", "a" * 30)],
)
async def test_names_and_passwords_that_are_no_good(tmp_path: Path, name: str, password: str) -> None:
    accounts = await Accounts.open(tmp_path, SystemClock())
    with pytest.raises(HubError):
        await accounts.add(name, password, Role.VIEWER)
    assert accounts.all() == []
    await accounts.close()


async def test_two_people_have_two_names(tmp_path: Path) -> None:
    accounts = await Accounts.open(tmp_path, SystemClock())
    await accounts.add("Ann", PASSWORD, Role.VIEWER)
    with pytest.raises(HubError, match="already"):
        await accounts.add("aNN", PASSWORD, Role.VIEWER)
    await accounts.close()


@pytest.mark.parametrize("version", [3, 4])
async def test_a_database_of_an_older_version_is_read(tmp_path: Path, version: int) -> None:
    old = Path(__file__).parents[1] / "old_databases" / f"hub-{version}.sql"
    database = sqlite3.connect(tmp_path / FILE)
    database.executescript(old.read_text(encoding="utf-8"))
    database.close()
    accounts = await Accounts.open(tmp_path, SystemClock())
    ann = accounts.find("ann")
    assert (ann.role, ann.grants, ann.totp) == (Role.OPERATOR, {"kitchen": Role.ADMIN}, "JBSWY3DPEHPK3PXP")
    assert [type(one).__name__ for one in accounts.proofs_of(ann)] == ["Token"]
    await accounts.close()


async def test_a_recovery_code_lets_in_once_without_the_phone(tmp_path: Path) -> None:
    accounts = await Accounts.open(tmp_path, SystemClock())
    ann = await accounts.add("ann", PASSWORD, Role.ADMIN)
    await accounts.set_totp(ann, totp.new_secret())
    first, second, *_ = await accounts.renew_recovery(ann)
    assert (await accounts.check_password("ann", PASSWORD, first.upper(), "here")).name == "ann"
    await accounts.close()

    accounts = await Accounts.open(tmp_path, SystemClock())
    with pytest.raises(HubError, match="wrong"):
        await accounts.check_password("ann", PASSWORD, first, "here")
    await accounts.renew_recovery(accounts.find("ann"))
    with pytest.raises(HubError, match="wrong"):
        await accounts.check_password("ann", PASSWORD, second, "there")
    await accounts.close()
