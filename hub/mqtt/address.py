"""Find the listener through which a client on the same machine best reaches the MQTT server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hub.mqtt.listening import ListenerModel

_EVERY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """A host and port, or a Unix socket if `path` is given; with TLS if there is a certificate to trust."""

    host: str
    port: int
    path: str | None = None
    certificate: str | None = None


def nearest(open_doors: Iterable[tuple[ListenerModel, int]], folder: Path) -> LocalAddress | None:
    """Choose among listeners and their real ports: what only this machine reaches, then what needs no TLS."""
    plain = (door for door in open_doors if door[0].websocket is None and not door[0].proxies)
    doors = sorted(plain, key=lambda door: (door[0].tls is not None, not door[0].is_local))
    return next((_address(model, port, folder) for model, port in doors), None)


def _address(model: ListenerModel, port: int, folder: Path) -> LocalAddress:
    host = _EVERY.get(model.host, model.host).strip("[]")
    path = str(folder / model.path) if model.path is not None else None
    certificate = str(folder / model.tls.certificate) if model.tls is not None else None
    return LocalAddress(host, port, path, certificate)
