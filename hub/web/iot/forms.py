"""What IoT Core's API takes, with its names: camelCase, as its documentation writes them."""

from __future__ import annotations

import base64
import re
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from hub.core.errors import HubError

LARGEST_MESSAGE = 262_144
LONGEST_TOPIC = 1_024
_Text = Annotated[str, Field(max_length=10_000)]
_Map = dict[_Text, _Text]
_UPPER = re.compile(r"(?<!^)([A-Z])")

FormT = TypeVar("FormT", bound="Form")


class Form(BaseModel):
    """A body. What is unknown is refused: a misspelt field must not be lost without a word."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, validate_by_name=True)


class CertificateData(Form):
    """A certificate as PEM."""

    certificate_data: _Text


class Create(Form):
    """A registry or broker to be. `folderId` and `logOptions` are taken and mean nothing here."""

    name: _Text
    folder_id: str | None = None
    description: _Text = ""
    labels: _Map = Field(default_factory=dict)
    certificates: list[CertificateData] = Field(default_factory=list, max_length=100)
    password: _Text | None = None
    log_options: dict[str, Any] | None = None


class CreateDevice(Form):
    """A device to be."""

    registry_id: _Text
    name: _Text
    description: _Text = ""
    certificates: list[CertificateData] = Field(default_factory=list, max_length=100)
    topic_aliases: _Map = Field(default_factory=dict)
    password: _Text | None = None
    labels: _Map = Field(default_factory=dict)


class Update(Form):
    """What is to change. With `updateMask` that and nothing else; what it names and is missing is emptied."""

    update_mask: _Text | None = None
    name: _Text | None = None
    description: _Text | None = None
    labels: _Map | None = None
    log_options: dict[str, Any] | None = None

    def changes(self) -> dict[str, Any]:
        """Return what is to change, by the names of `Operations.update`. Raises `HubError`."""
        fields = [name for name in type(self).model_fields if name != "update_mask"]
        empty: dict[str, Any] = {"name": "", "description": "", "labels": {}, "topic_aliases": {}}
        if self.update_mask is None:
            named = [name for name in fields if getattr(self, name) is not None]
        else:
            named = [_UPPER.sub(r"_\1", part.strip()).lower() for part in self.update_mask.split(",")]
            wrong = next((name for name in named if name not in fields), None)
            if wrong is not None:
                raise HubError(
                    f"updateMask names {wrong!r}, which can't be changed",
                    remedy=f"There are {', '.join(to_camel(name) for name in fields)}.",
                )
        given = {
            name: empty.get(name) if getattr(self, name) is None else getattr(self, name)
            for name in named
            if name != "log_options"
        }
        if "topic_aliases" in given:
            given["aliases"] = given.pop("topic_aliases")
        return given


class UpdateDevice(Update):
    """What is to change of a device."""

    topic_aliases: _Map | None = None


class NewPassword(Form):
    """A password of 14 characters or more; without one the hub makes one up, and tells it once."""

    password: _Text | None = None


class Publish(Form):
    """A message; `data` is base64."""

    topic: Annotated[str, Field(min_length=1, max_length=LONGEST_TOPIC)]
    data: Annotated[str, Field(max_length=LARGEST_MESSAGE * 2)] = ""

    def payload(self) -> bytes:
        """Return the bytes. Raises `HubError`."""
        try:
            payload = base64.b64decode(self.data, validate=True)
        except ValueError:  # also for what is no ASCII
            raise HubError("data is no base64", remedy="Encode the message in base64.") from None
        if len(payload) > LARGEST_MESSAGE:
            raise HubError(f"a message of {len(payload)} bytes; there is room for {LARGEST_MESSAGE}")
        return payload


_KEPT = ("labels", "topic_aliases", "details")
_UNDERSCORE = re.compile(r"_([a-z0-9])")


def camel(value: Any) -> Any:
    """Return an answer with IoT Core's names; keys that people wrote stay as they are."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if isinstance(value, dict):
        return {
            _UNDERSCORE.sub(lambda found: found[1].upper(), key): item if key in _KEPT else camel(item)
            for key, item in value.items()
        }
    return value
