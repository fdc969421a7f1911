"""The keys of `web:`: where the pages and the API are served, and to whom."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from hub.config.scalars import Word

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
PORT = 8123


def _truth(value: Any) -> Any:
    return value.truth if isinstance(value, Word) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _url(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{value!r} is no web address", "Write it as https://home.example.org")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _origin(value: Any) -> Any:
    checked = _url(value)
    if isinstance(checked, str) and urlsplit(checked).path:
        raise ValueError(f"{value!r} is more than an origin", "Write it as https://home.example.org")
    return checked


def _network(value: Any) -> Any:
    try:
        return ipaddress.ip_network(str(value), strict=False)
    except ValueError:
        raise ValueError(
            f"{value!r} is no address or network", "Write it as 192.168.1.5 or 10.0.0.0/8"
        ) from None


Truth = Annotated[bool, BeforeValidator(_truth)]
WebUrl = Annotated[str, BeforeValidator(_url)]
Origin = Annotated[str, BeforeValidator(_origin)]
ProxyNetwork = Annotated[Network, BeforeValidator(_network, json_schema_input_type=str), PlainSerializer(str)]


def _tls(value: Any) -> Any:
    """`tls: true` is a certificate of the hub's own authority."""
    truth = _truth(value)
    return {True: {}, False: None}[truth] if isinstance(truth, bool) else value


class WebTls(BaseModel):
    """How the server proves who it is. Without files the hub's own authority issues a certificate."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate: Path | None = None
    key: Path | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError(
                "a certificate and its key belong together",
                "Give both, or none for a certificate of the hub's own authority.",
            )
        return self


class WebModel(BaseModel):
    """The web server: pages, API and webhooks."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = PORT
    tls: Annotated[WebTls | None, BeforeValidator(_tls, json_schema_input_type=WebTls | bool | None)] = None
    external_url: WebUrl | None = None
    """How the pages are reached from outside, for links; `hub: external_url:` stands for it."""
    trusted_proxies: Annotated[list[ProxyNetwork], BeforeValidator(_listed)] = Field(default_factory=list)
    """Whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    allowed_origins: Annotated[list[Origin], BeforeValidator(_listed)] = Field(default_factory=list)
    """Pages of other addresses that may open WebSockets here."""
    i_know_this_is_open: Truth = False
    """Needed to serve without TLS on an address that others can reach."""

    @property
    def is_local(self) -> bool:
        """Whether only this machine reaches it."""
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return self.host == "localhost"

    @model_validator(mode="after")
    def _closed(self) -> Self:
        if self.tls is None and not self.is_local and not self.i_know_this_is_open:
            raise ValueError(
                f"passwords would cross the network in clear on {self.host or 'every address'}",
                "Add `tls: true`, or listen on 127.0.0.1, or add `i_know_this_is_open: true`.",
            )
        return self
