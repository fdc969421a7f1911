"""The services `persistent_notification.create`, `dismiss`, `dismiss_all`, `get`; and one of `notify`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from hub.api import (
    Detach,
    House,
    NoData,
    Response,
    ServiceCall,
    ServiceData,
    ServiceRefused,
    Text,
    together,
)
from plugins.persistent_notification.board import Board

DOMAIN = "persistent_notification"


class Create(ServiceData):
    """Show a notification until it is dismissed. One that has the same id is replaced."""

    message: Text
    title: Text | None = None
    notification_id: Text | None = None


class Dismiss(ServiceData):
    """Dismiss a notification by its id."""

    notification_id: Text


class DismissAll(NoData):
    """Dismiss all notifications."""


class Get(NoData):
    """Give back all notifications, the oldest first."""


class Notify(ServiceData):
    """Show a notification, as a way to reach people; `data: notification_id` is the id."""

    message: Text
    title: Text | None = None
    target: Any = None
    data: Mapping[str, Any] | None = None


def offer_services(house: House, board: Board) -> Detach:
    """Let the board be used."""

    def create(call: ServiceCall) -> None:
        fields: Create = call.fields
        board.create(fields.message, fields.title, fields.notification_id, call.cause)

    def dismiss(call: ServiceCall) -> None:
        fields: Dismiss = call.fields
        board.dismiss(fields.notification_id, call.cause)

    def notify(call: ServiceCall) -> None:
        fields: Notify = call.fields
        given = (fields.data or {}).get("notification_id")
        board.create(fields.message, fields.title, str(given) if given is not None else None, call.cause)

    return together(
        [
            _offer(house, DOMAIN, Notify, notify, domain="notify"),
            _offer(house, "create", Create, create),
            _offer(house, "dismiss", Dismiss, dismiss),
            _offer(house, "dismiss_all", DismissAll, lambda call: board.dismiss_all(call.cause)),
            _offer(house, "get", Get, lambda call: {"notifications": board.list()}, "only"),
        ]
    )


def _offer(
    house: House,
    name: str,
    model: type[ServiceData],
    handle: Callable[[ServiceCall], Response],
    response: Literal["none", "only"] = "none",
    domain: str = DOMAIN,
) -> Detach:
    def read(data: Mapping[str, Any]) -> ServiceData:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            raise ServiceRefused(f"{domain}.{name}: {_in_words(error)}") from error

    description = (model.__doc__ or "").strip()
    return house.services.register(
        domain, name, handle, schema=read, response=response, description=description, model=model
    )


def _in_words(error: ValidationError) -> str:
    details = error.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in details)
