"""The keys of `users:` and `anonymous:`: who may log in to the MQTT server, and what each may do."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, model_validator

from hub.broker import Limits
from hub.broker.topics import check_filter
from hub.broker.wire import ProtocolError
from hub.core.errors import HubError
from hub.fields import Bool, OneOrMany, Text, refuse
from hub.mqtt.limits import ClientLimits
from hub.registry import Rights, Secret, User

# Hashes of other programs: taken for a password they would let in whoever has read the file.
_OTHER_HASH = re.compile(r"\$(?:[156y]|2[abxy]?|argon2(?:i|d)|pbkdf2[\w-]*|scrypt)\$")
_MADE_BY = "Make one with `hub user hash`."


def _name(name: str) -> str:
    if not name or name.startswith("$") or any(sign in "/+#" or ord(sign) < 32 for sign in name):
        raise refuse("this can't be a user's name", "It has no /, + or # and does not begin with $.")
    return name


def _secret(value: Any) -> Secret:
    """Take a password so that its text is not kept; no message says what it was."""
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise refuse("a password should be a text", "Put it in quotes.")
    if not value:
        raise refuse("an empty password lets anybody in", _MADE_BY)
    if _OTHER_HASH.match(value):
        raise refuse("this hash is of a kind that is not known here", _MADE_BY)
    try:
        return Secret(str(value))
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error


def _filter(filter: str) -> str:
    try:
        check_filter(filter)
    except ProtocolError as error:
        raise refuse(
            f"{filter!r} is no MQTT filter: {error}", "Write such as home/+/state or home/#."
        ) from None
    return filter


UserName = Annotated[Text, AfterValidator(_name)]
SecretField = Annotated[Secret, PlainValidator(_secret, json_schema_input_type=str)]
Filters = OneOrMany[Annotated[str, AfterValidator(_filter)]]


class RightsModel(BaseModel):
    """The topics that somebody may publish to and subscribe: MQTT filters, `%c` is the client's id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    publish: Filters = ()
    subscribe: Filters = ()

    @property
    def rights(self) -> Rights:
        return Rights(self.publish, self.subscribe)


class NamelessModel(RightsModel):
    """What clients may do that give no name."""

    @model_validator(mode="after")
    def _no_names(self) -> Self:
        if any("%u" in filter for filter in (*self.publish, *self.subscribe)):
            raise refuse("%u is the user's name, and these have none", "Use %c, the client's id.")
        return self


class UserModel(RightsModel):
    """A user of the MQTT server; in the filters `%u` is the user's name."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    name: UserName
    password: SecretField = Field(repr=False)
    admin: Bool = False
    limits: ClientLimits | None = None

    @model_validator(mode="after")
    def _admin_or_rights(self) -> Self:
        if self.admin and (self.publish or self.subscribe):
            raise refuse(
                "an admin may do everything", "Take `publish` and `subscribe` away, or else `admin`."
            )
        return self

    def user(self, limits: Limits) -> User:
        """Return the user as the registry knows one; `limits` are the server's."""
        own = self.limits.over(limits) if self.limits is not None else None
        return User(self.name, self.password, self.rights, self.admin, own)
