"""The keys of `listeners:`: the doors of the MQTT server, and which of them may stand open."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.broker import Listener
from hub.fields import Bool, Text, refuse
from hub.mqtt.tls import ServerTls

LOOPBACK = "127.0.0.1"


class ListenerModel(BaseModel):
    """A TCP address, with TLS if `tls` is given, or a Unix socket if `path` is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    host: str = LOOPBACK
    port: Annotated[int, Field(ge=0, le=65_535)] = 1883
    path: Path | None = None
    tls: ServerTls | None = None
    broker: Text | None = None
    """The only broker whose clients log in here, by name or id; without it everybody may."""
    anonymous: Bool = False
    """Let clients in that give no name; what they may do stands under `broker: anonymous:`."""
    i_know_this_is_open: Bool = False
    """Needed for `anonymous` on an address that others can reach."""

    @property
    def label(self) -> str:
        """What it is called in the log and in the registry."""
        return self.name or self.where

    @property
    def where(self) -> str:
        if self.path is not None:
            return str(self.path)
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        return self.path is not None or is_loopback(self.host)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        also = self.model_fields_set & {"host", "port", "tls"}
        if self.path is not None and also:
            raise refuse(f"a Unix socket has no {min(also)}", "Make two listeners of it.")
        return self

    @model_validator(mode="after")
    def _of_one_broker(self) -> Self:
        if self.broker is not None and self.anonymous:
            raise refuse(
                "a listener that is kept for a broker lets nobody in without a name",
                "Take `anonymous` away, or `broker`.",
            )
        return self

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if self.anonymous and not self.is_local and not self.i_know_this_is_open:
            raise refuse(
                f"the listener {self.label} would let in anybody who reaches {self.host or 'this machine'}",
                "Give each client a name and password under `broker: users:`, or listen on 127.0.0.1, "
                "or add `i_know_this_is_open: true`.",
            )
        return self

    def listener(self, folder: Path) -> Listener:
        """Return it as the server takes it, certificates loaded. Raises `HubError`."""
        tls = self.tls.context(folder) if self.tls is not None else None
        path = folder / self.path if self.path is not None else None
        return Listener(self.label, self.host, self.port, tls, path)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
