"""Files and single automations are edited over the API: checked, compared, saved, undone; by admins only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.registry.accounts import Role

AUTOMATION = """\
automation my own:
  - id: slow # as it ever was
    alias: Slow
    triggers: [{trigger: event, event_type: slow}]
    actions:
      # first this
      - event: went_slowly
"""


@pytest.fixture
async def site(open_site: Any) -> Any:
    return await open_site(sections=AUTOMATION)


@pytest.fixture
async def admin(site: Any) -> Any:
    return await site.browser()


def config(site: Any) -> Path:
    path: Path = site.app.path
    return path


async def item(admin: Any) -> dict[str, Any]:
    answer = await admin.get("/api/config/item", params={"kind": "automation", "id": "automation.slow"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_automation_is_found_with_its_comments(admin: Any) -> None:
    found = await item(admin)

    assert found["file"] == "config.yaml"
    assert found["text"].startswith("id: slow # as it ever was\nalias: Slow\n")
    assert found["data"]["actions"] == [{"event": "went_slowly"}]
    assert found["problems"] == []


async def test_a_change_of_the_form_keeps_the_rest(admin: Any) -> None:
    text = (await item(admin))["text"]
    changes = [{"path": ["alias"], "value": "Slower"}, {"path": ["mode"], "value": "restart"}]

    answer = await admin.post(
        "/api/config/item/change", json={"kind": "automation", "text": text, "changes": changes}
    )

    assert answer.json()["text"] == text.replace("alias: Slow", "alias: Slower") + "mode: restart\n"
    assert answer.json()["data"]["mode"] == "restart"


async def test_what_is_saved_is_taken_over_and_can_be_undone(site: Any, admin: Any) -> None:
    before = config(site).read_text()
    found = await item(admin)
    text = found["text"].replace("alias: Slow", "alias: Slower")
    given = {"kind": "automation", "id": "automation.slow", "text": text, "fingerprint": found["fingerprint"]}

    compared = (await admin.post("/api/config/item/compare", json=given)).json()
    saved = await admin.put("/api/config/item", json=given)

    assert [line for line in compared["diff"].splitlines() if line.startswith("+ ")] == ["+    alias: Slower"]
    assert saved.status_code == 200, saved.text
    assert config(site).read_text() == before.replace("alias: Slow\n", "alias: Slower\n")
    assert site.app.household.engine.automation("slow").model.alias == "Slower"
    undone = await admin.post(f"/api/config/edits/{saved.json()['number']}/undo")
    assert undone.status_code == 200, undone.text
    assert config(site).read_text() == before
    edits = (await admin.get("/api/config/edits")).json()
    assert [(one["by"], one["undoable"]) for one in edits] == [("ann", True), ("ann", False)]


async def test_a_mistake_is_not_saved(site: Any, admin: Any) -> None:
    before = config(site).read_text()
    found = await item(admin)
    given = {
        "kind": "automation",
        "id": "automation.slow",
        "text": found["text"] + "mood: bad\n",
        "fingerprint": found["fingerprint"],
    }

    answer = await admin.put("/api/config/item", json=given)

    assert answer.status_code == 400
    assert "unknown key" in answer.json()["problem"]
    assert config(site).read_text() == before


async def test_nobody_is_overwritten(site: Any, admin: Any) -> None:
    found = await item(admin)
    theirs = config(site).read_text() + "# theirs\n"
    config(site).write_text(theirs)
    given = {
        "kind": "automation",
        "id": "automation.slow",
        "text": found["text"] + "mode: restart\n",
        "fingerprint": found["fingerprint"],
    }

    answer = await admin.put("/api/config/item", json=given)

    assert answer.status_code == 400
    assert "changed meanwhile" in answer.json()["problem"]
    assert config(site).read_text() == theirs


async def test_a_new_automation_is_added_and_one_is_deleted(site: Any, admin: Any) -> None:
    text = "id: fresh\nalias: Fresh\ntriggers: [{trigger: event, event_type: fresh}]\nactions: []\n"
    made = await admin.put("/api/config/item", json={"kind": "automation", "text": text})
    assert made.json()["entity_id"] == "automation.fresh", made.text

    found = await item(admin)
    gone = await admin.request(
        "DELETE",
        "/api/config/item",
        json={"kind": "automation", "id": "automation.slow", "fingerprint": found["fingerprint"]},
    )

    assert gone.status_code == 200, gone.text
    names = [one.model.id for one in site.app.household.engine.automations]
    assert sorted(names) == ["fresh", "quick"]
    assert "as it ever was" not in config(site).read_text()


async def test_a_file_is_checked_as_it_would_be(site: Any, admin: Any) -> None:
    file = (await admin.get("/api/config/file", params={"name": "config.yaml"})).json()
    given = {"name": "config.yaml", "text": file["text"] + "automaton: []\n"}

    checked = (await admin.post("/api/config/file/check", json=given)).json()

    assert [(one["message"], one["remedy"]) for one in checked["problems"] if one["error"]] == [
        ("unknown section", "Did you mean 'automation'?")
    ]
    assert checked["diff"].endswith("+automaton: []")
    assert config(site).read_text() == file["text"]


async def test_secrets_are_not_shown(site: Any, admin: Any) -> None:
    (config(site).parent / "secrets.yaml").write_text("door: 1234\n")
    for name in ("secrets.yaml", "../config.yaml", "data/hub.db"):
        assert (await admin.get("/api/config/file", params={"name": name})).status_code in (400, 404)
    assert "secrets.yaml" not in (await admin.get("/api/config/files")).json()


async def test_an_automation_is_tried_out(admin: Any) -> None:
    text = (await item(admin))["text"]
    steps = [{"fire": {"event": "slow", "data": {}}}]

    answer = await admin.post(
        "/api/config/item/test", json={"kind": "automation", "text": text, "time": "07:30", "steps": steps}
    )

    assert [run["outcome"] for run in answer.json()["runs"]] == ["finished"], answer.text


@pytest.mark.parametrize("path", ["/api/config/files", "/api/config/edits", "/api/schema"])
async def test_only_admins_edit(site: Any, path: str) -> None:
    operator = await site.browser("olga", Role.OPERATOR)
    assert (await operator.get(path)).status_code == 403
