"""Write registries, devices, brokers and what happens to them as plain data, as the original prints them."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

from hub.registry.audit import Audited
from hub.registry.certificates import ends_at
from hub.registry.connections import Line
from hub.registry.owners import Certificate, Device, Owner, Password, Registry

Answer = dict[str, Any]


def about(owner: Owner) -> Answer:
    common: Answer = {"id": owner.id, "name": owner.name}
    if isinstance(owner, Device):
        common |= {"registry_id": owner.registry_id}
    common |= {"created_at": _text(owner.created_at)}
    if owner.description:
        common["description"] = owner.description
    if owner.labels:
        common["labels"] = dict(owner.labels)
    if isinstance(owner, Device) and owner.aliases:
        common["topic_aliases"] = dict(owner.aliases)
    disabled = isinstance(owner, Registry) and not owner.enabled
    return {**common, "status": "DISABLED" if disabled else "ACTIVE", "source": owner.source or "hub.db"}


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def about_line(line: Line) -> Answer:
    return {"time": _text(line.at), "message": line.text}


def about_action(action: Audited) -> Answer:
    answer: Answer = {
        "time": action.at.isoformat().replace("+00:00", "Z"),
        "by": action.by,
        "action": action.action,
        "id": action.id,
        "name": action.name,
    }
    if action.registry_id:
        answer["registry_id"] = action.registry_id
    return {**answer, "details": dict(action.details)} if action.details else answer


def about_payload(payload: bytes) -> Answer:
    try:
        return {"payload": payload.decode()}
    except UnicodeDecodeError:
        return {"payload_base64": base64.b64encode(payload).decode()}


def about_certificate(certificate: Certificate, owner: Owner) -> Answer:
    return {
        f"{owner.kind}_id": owner.id,
        "fingerprint": certificate.fingerprint,
        "certificate_data": certificate.pem,
        "created_at": _text(certificate.created_at),
        "not_after": _text(ends_at(certificate.pem)),
    }


def about_password(password: Password, owner: Owner) -> Answer:
    return {
        f"{owner.kind}_id": owner.id,
        "id": password.id,
        "created_at": _text(password.created_at),
    }
