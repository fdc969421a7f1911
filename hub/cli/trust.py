"""Tell how a client with a certificate connects to this hub: a line for mosquitto_pub that works."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from hub.building import prepare
from hub.cli.run import find_config
from hub.configuration import read_files
from hub.mqtt import EmbeddedEngine
from hub.mqtt.listening import ListenerModel
from hub.registry.owners import Kind
from hub.registry.server_certificates import Trust, trust_in

_TOPICS = {"device": "$devices/{id}/events", "registry": "$devices/DEVICE/commands", "broker": "hello"}


def how_to_connect(config: Path, kind: Kind, id: str, paths: Sequence[Path]) -> Iterator[str]:
    """Write what a client must trust beside its certificate and key, and say how to use them.

    `paths` are those of the certificate, of the key, and of the authority's certificate.
    """
    path = find_config(config)
    house, _ = prepare(path)
    engine = read_files(path, house).engine
    listeners = engine.listeners if isinstance(engine, EmbeddedEngine) else []
    secure = next((listener for listener in listeners if listener.tls is not None), None)
    if secure is None or secure.tls is None:
        yield "It needs a listener with `tls:`, and there is none yet: see `hub cert create`."
        return
    trust = trust_in(path.parent / secure.tls.certificate)
    if trust.authority is not None:
        paths[2].write_text(trust.authority, encoding="ascii")
        yield str(paths[2])
    yield "Try it:"
    yield f"  {_line(secure, trust, _TOPICS[kind].format(id=id), paths)}"


def _line(listener: ListenerModel, trust: Trust, topic: str, paths: Sequence[Path]) -> str:
    anchor = ["--tls-use-os-certs"] if trust.authority is None else ["--cafile", str(paths[2])]
    host = "localhost" if listener.is_local and "localhost" in trust.names else (trust.names or ["HOST"])[0]
    words = ["mosquitto_pub", "-h", host, "-p", str(listener.port), *anchor]
    words += ["--cert", str(paths[0]), "--key", str(paths[1]), "-q", "1", "-t", topic, "-m", "21.5"]
    return shlex.join(words)
