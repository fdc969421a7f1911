"""The service `mqtt.publish`: send a message."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError, model_validator

from hub.api import Bool, Detach, House, ServiceCall, ServiceData, ServiceRefused, refuse
from plugins.mqtt.decoding import outgoing
from plugins.mqtt.topics import PublishTopic, Qos, topic_problem


def _payload(value: Any) -> Any:
    rendered = getattr(value, "rendered", None)
    if isinstance(rendered, str):  # a template made a container of its text: the text was meant
        return rendered
    if value is None:
        return ""
    if isinstance(value, (dict, list, tuple, set)):
        raise refuse("a payload is a text", "Put the JSON in quotes, or use the filter to_json.")
    return value if isinstance(value, str) else str(value)


Payload = Annotated[str, BeforeValidator(_payload)]


class Publish(ServiceData):
    """Send a message. With `evaluate_payload` a payload such as `b'\\x02'` is sent as the bytes it spells.

    `payload_template` is the older name of `payload`: whoever calls the service renders either of them.
    """

    topic: PublishTopic
    payload: Payload = ""
    payload_template: Payload | None = None
    evaluate_payload: Bool = False
    qos: Qos = 0
    retain: Bool = False

    @model_validator(mode="after")
    def _one_payload(self) -> Publish:
        if self.payload_template is not None and "payload" in self.model_fields_set:
            raise refuse("payload and payload_template can't be given together", "Keep payload.")
        return self

    @property
    def content(self) -> str | bytes:
        text = self.payload if self.payload_template is None else self.payload_template
        return outgoing(text) if self.evaluate_payload else text


class Plain:
    """A message of which only topic and payload are given, as nearly all are: it needs no model."""

    __slots__ = ("content", "topic")
    qos = 0
    retain = False

    def __init__(self, topic: str, content: str) -> None:
        self.topic = topic
        self.content = content


@lru_cache(maxsize=4096)
def _is_good(topic: str) -> bool:
    return not topic_problem(topic)


def offer_publish(house: House) -> Detach:
    """Let `mqtt.publish` be called."""

    def publish(call: ServiceCall) -> None:
        fields: Publish | Plain = call.fields
        if call.cause is not None:
            house.echoes.sent(fields.topic, fields.content, call.cause)
        house.mqtt.publish(fields.topic, fields.content, qos=fields.qos, retain=fields.retain)

    return house.services.register(
        "mqtt", "publish", publish, schema=_read, description="Send an MQTT message.", model=Publish
    )


def _read(data: Mapping[str, Any]) -> Publish | Plain:
    if len(data) == 2:
        topic, payload = data.get("topic"), data.get("payload")
        if type(topic) is str and type(payload) is str and _is_good(topic):
            return Plain(topic, payload)
    try:
        return Publish.model_validate(data)
    except ValidationError as error:
        told = "; ".join(_in_words(detail) for detail in error.errors(include_url=False))
        raise ServiceRefused(f"mqtt.publish: {told}") from error


def _in_words(detail: Any) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"unknown field {name!r}"
    if detail["type"] == "missing":
        return f"the field {name!r} is missing"
    return f"{name}: {detail['msg']}" if name else str(detail["msg"])
