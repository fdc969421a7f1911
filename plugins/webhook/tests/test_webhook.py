"""The webhook trigger hears what its address is told, if it is told so as it wants."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from hub.api import WebRequest

ID = "parcel-5f0c9d2e7a41"
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def automation(**trigger: Any) -> dict[str, Any]:
    data = {"told": "{{ trigger.json }}{{ trigger.data }}", "query": "{{ trigger.query.get('a') }}"}
    actions = {"action": "test.automation", "data": data}
    return {
        "automation": {"triggers": {"trigger": "webhook", "webhook_id": ID, **trigger}, "actions": actions}
    }


def call(house: Any, **request: Any) -> list[Any]:
    """Call the webhook as the web server would, and return the answers."""
    asked = WebRequest(**{"method": "POST", "path": f"/api/webhook/{ID}", "is_local": True, **request})
    return [hook.handler(asked) for hook in house.house.web.webhooks(ID)]


@pytest.mark.parametrize(
    ("headers", "body", "told"),
    [
        (JSON, b'{"sender": "shop"}', {"sender": "shop"}),
        (JSON, b"{not json", None),
        (FORM, b"sender=shop&empty=", {"sender": "shop", "empty": ""}),
        ({}, b"anything", {}),
        (
            {"content-type": "multipart/form-data; boundary=x"},
            b'--x\r\nContent-Disposition: form-data; name="sender"\r\n\r\nshop\r\n--x--\r\n',
            {"sender": "shop"},
        ),
    ],
)
async def test_what_is_told_is_in_the_trigger(house: Any, headers: Any, body: bytes, told: Any) -> None:
    house.set_up(automation())
    call(house, headers=headers, body=body, query={"a": "1"})
    assert house.calls[0].data == {"told": told, "query": 1}


async def test_methods_and_where_it_may_be_called_from_are_declared(house: Any) -> None:
    house.set_up(automation(allowed_methods=["get"], local_only=False))
    hook = house.house.web.webhooks(ID)[0]
    assert (hook.methods, hook.local_only) == ({"GET"}, False)


async def test_a_secret_asks_for_a_signature(house: Any) -> None:
    house.set_up(automation(secret="very secret"))
    body = b'{"a": 1}'
    right = hmac.new(b"very secret", body, hashlib.sha256).hexdigest()
    for signature in ("", "sha256=", f"sha256={right[:-1]}0", right):
        refused = call(house, headers={**JSON, "x-hub-signature-256": signature}, body=body)
        assert refused[0].status == 401
    assert house.calls == []
    call(house, headers={**JSON, "x-hub-signature-256": f"sha256={right}"}, body=body)
    assert len(house.calls) == 1


async def test_several_may_share_an_id_and_leave_it(house: Any) -> None:
    config = automation()
    config["automation"] = [config["automation"], {**config["automation"], "alias": "second"}]
    house.set_up(config)
    call(house)
    assert len(house.calls) == 2
    await house.stop()
    assert house.house.web.webhooks(ID) == []
