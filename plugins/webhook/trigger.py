"""The webhook trigger: fire when somebody calls an address with a secret name."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, SecretStr

from hub.api import (
    Attachment,
    Bool,
    Cause,
    Detach,
    House,
    LimitedTemplate,
    OneOrMany,
    Trigger,
    WebAnswer,
    WebRequest,
)
from plugins.webhook.form import facts_of

SIGNATURE = "x-hub-signature-256"
_SECRET = ("authorization", "cookie", SIGNATURE)
"""Headers that no trace should show."""


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


Method = Annotated[Literal["GET", "HEAD", "PUT", "POST"], BeforeValidator(_upper, json_schema_input_type=str)]


class WebhookTrigger(Trigger):
    """Fire when `/api/webhook/<webhook_id>` is called."""

    webhook_id: LimitedTemplate
    allowed_methods: OneOrMany[Method] = ("POST", "PUT")
    local_only: Bool = True
    """Only calls from this machine and the network at home."""
    secret: SecretStr | None = None
    """With it a call must be signed: `X-Hub-Signature-256: sha256=` and the HMAC of its body."""

    def attach(self, attachment: Attachment) -> Detach:
        webhook_id = self.webhook_id.text(attachment.variables)

        def called(request: WebRequest) -> WebAnswer | None:
            if not self._is_signed(request):
                return WebAnswer(b"the signature is missing or wrong", 401)
            facts = {
                "platform": "webhook",
                "webhook_id": webhook_id,
                "query": dict(request.query),
                "headers": {key: text for key, text in request.headers.items() if key not in _SECRET},
                "method": request.method,
                **facts_of(request.headers.get("content-type", ""), request.body),
                "description": "webhook",
            }
            attachment.fire(facts, Cause(origin=f"webhook from {request.address}"))
            return None

        return attachment.house.web.webhook(
            webhook_id,
            called,
            methods=self.allowed_methods,
            local_only=self.local_only,
            name=attachment.name,
        )

    def _is_signed(self, request: WebRequest) -> bool:
        if self.secret is None:
            return True
        key = self.secret.get_secret_value().encode()
        right = "sha256=" + hmac.new(key, request.body, hashlib.sha256).hexdigest()
        shown = request.headers.get(SIGNATURE, "")
        return hmac.compare_digest(right.encode(), shown.encode())

    def because(self, facts: Mapping[str, Any]) -> str:
        return "its webhook was called"

    def waits_for(self, house: House) -> str:
        where = "" if self.local_only else ", from anywhere"
        how = " or ".join(self.allowed_methods)
        return f"a call of the webhook {self.webhook_id.source[:4]}… ({how}{where})"
