"""The keys of `listeners:`: the doors of the MQTT server, and which of them may stand open."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hub.broker import Listener, WebSocketDoor
from hub.config.scalars import Word
from hub.fields import Bool, OneOrMany, Text, refuse
from hub.mqtt.tls import ServerTls

LOOPBACK = "127.0.0.1"


def _maybe_websocket(value: Any) -> Any:
    """`websocket: true` is one with the usual path."""
    truth = value.truth if isinstance(value, Word) else value
    return {True: {}, False: None}[truth] if isinstance(truth, bool) else value


def _network(value: Any) -> Any:
    try:
        return ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        raise refuse(
            f"{value!r} is no address of a proxy", "Write such as 192.168.1.2 or 10.0.0.0/8."
        ) from None


def _origin(origin: str) -> str:
    if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
        raise refuse(
            f"{origin!r} is no origin of a page",
            "Write such as https://home.example.org, without a path, or *.",
        )
    return origin


def _web_path(path: str) -> str:
    if not re.fullmatch(r"/[^\s?#]*", path):
        raise refuse(f"{path!r} is no path", "It begins with /, such as /mqtt.")
    return path


class WebSocketModel(BaseModel):
    """MQTT over WebSocket, for web pages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[Text, AfterValidator(_web_path)] = "/mqtt"
    origins: OneOrMany[Annotated[str, AfterValidator(_origin)]] = ()
    """The pages that may connect; programs, which name none, always may."""


class ListenerModel(BaseModel):
    """A TCP address, with TLS if `tls` is given, or a Unix socket if `path` is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    host: str = LOOPBACK
    port: Annotated[int, Field(ge=0, le=65_535)] = 1883
    path: Path | None = None
    tls: ServerTls | None = None
    websocket: Annotated[WebSocketModel | None, BeforeValidator(_maybe_websocket)] = None
    """Speak MQTT over WebSocket here, and only so."""
    proxies: OneOrMany[
        Annotated[ipaddress.IPv4Network | ipaddress.IPv6Network, BeforeValidator(_network)]
    ] = ()
    """Proxies that say by the PROXY protocol (version 2) for whom they connect; nobody else may then."""
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
        also = self.model_fields_set & {"host", "port", "tls", "proxies"}
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
        door = None
        if self.websocket is not None:
            door = WebSocketDoor(self.websocket.path, tuple(self.websocket.origins))
        return Listener(
            self.label,
            self.host,
            self.port,
            tls=self.tls.files(folder) if self.tls is not None else None,
            path=folder / self.path if self.path is not None else None,
            websocket=door,
            proxies=tuple(self.proxies),
        )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
