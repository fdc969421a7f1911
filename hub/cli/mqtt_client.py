"""`hub mqtt pub` and `hub mqtt sub`: what mosquitto_pub and mosquitto_sub do, with their flags."""

from __future__ import annotations

import os
import secrets
import ssl
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.broker.topics import check_filter, check_topic, matches
from hub.broker.wire import ProtocolError
from hub.cli.mqtt_format import NotJson, Part, compile_format, plain, verbose
from hub.cli.run import data_dir_of
from hub.control import ask
from hub.core.errors import HubError
from hub.mqtt.console import VERSIONS, LogIn, Received, connected, trusting
from hub.mqtt.server import PLAIN_PORT, TLS_PORT
from hub.mqtt.tls import ClientTls

TIMED_OUT = 27
"""The exit code of mosquitto_sub when -W is over."""
INTERRUPTED = 130

Host = Annotated[str | None, typer.Option("-h", "--host", help="The server; without it, this hub's own.")]
Port = Annotated[
    int | None, typer.Option("-p", "--port", help="1883, or 8883 with TLS, if not said.", min=1, max=65_535)
]
ClientId = Annotated[str | None, typer.Option("-i", "--id", help="The client id.")]
User = Annotated[str | None, typer.Option("-u", "--username", help="The user's name.")]
Password = Annotated[
    str | None, typer.Option("-P", "--pw", envvar="HUB_MQTT_PASSWORD", help="The user's password.")
]
CaFile = Annotated[Path | None, typer.Option("--cafile", help="The authority to trust: TLS.")]
Cert = Annotated[Path | None, typer.Option("--cert", help="The client's own certificate.")]
Key = Annotated[Path | None, typer.Option("--key", help="The key of that certificate.")]
OsCerts = Annotated[bool, typer.Option("--tls-use-os-certs", help="TLS, and trust whom the system trusts.")]
Insecure = Annotated[bool, typer.Option("--insecure", help="Don't check the server's name.")]
Keepalive = Annotated[int, typer.Option("-k", "--keepalive", help="Seconds.", min=5, max=65_535)]
KeepSession = Annotated[
    bool, typer.Option("-c", "--disable-clean-session", help="Keep the session. Needs -i.")
]
Version = Annotated[str, typer.Option("-V", "--protocol-version", help="mqttv31, mqttv311 or mqttv5.")]
Qos = Annotated[int, typer.Option("-q", "--qos", min=0, max=2)]
OwnHub = Annotated[
    Path, typer.Option("--config", envvar="HUB_CONFIG", help="Without -h: the hub of this configuration.")
]
Nul = Annotated[bool, typer.Option("-n", "--null-message", help="Send an empty message.")]


def pub(
    topic: Annotated[str, typer.Option("-t", "--topic", help="The topic.")],
    message: Annotated[str | None, typer.Option("-m", "--message", help="The message.")] = None,
    file: Annotated[Path | None, typer.Option("-f", "--file", help="Send what is in a file.")] = None,
    lines: Annotated[bool, typer.Option("-l", "--stdin-line", help="Send each line of the input.")] = False,
    stdin: Annotated[bool, typer.Option("-s", "--stdin-file", help="Send the whole input as one.")] = False,
    null: Nul = False,
    qos: Qos = 0,
    retain: Annotated[bool, typer.Option("-r", "--retain", help="Let the server keep it.")] = False,
    host: Host = None,
    port: Port = None,
    client_id: ClientId = None,
    user: User = None,
    password: Password = None,
    cafile: CaFile = None,
    cert: Cert = None,
    key: Key = None,
    os_certs: OsCerts = False,
    insecure: Insecure = False,
    keepalive: Keepalive = 60,
    keep_session: KeepSession = False,
    version: Version = "mqttv311",
    config: OwnHub = Path("config.yaml"),
) -> None:
    """Publish messages, with the flags of mosquitto_pub."""
    _checked(check_topic, topic, "-t")
    payloads = _payloads(message, file, lines=lines, stdin=stdin, null=null)
    tls = _Tls(cafile, cert, key, os_certs, insecure)
    who = _Who(client_id, user, password, keepalive, keep_session, version)
    log_in = _log_in(_Where(host, port, config), tls, who)
    with connected(log_in, stay=False, tell=_tell) as console:
        console.publish(topic, payloads, qos, retain)


def sub(
    topics: Annotated[list[str], typer.Option("-t", "--topic", help="A filter; may be repeated.")],
    leave_out: Annotated[
        list[str] | None, typer.Option("-T", "--filter-out", help="Don't print these topics.")
    ] = None,
    qos: Qos = 0,
    count: Annotated[int | None, typer.Option("-C", help="End after so many messages.", min=1)] = None,
    seconds: Annotated[float | None, typer.Option("-W", help="End after so many seconds.", min=0)] = None,
    no_stale: Annotated[bool, typer.Option("-R", help="Don't print retained messages.")] = False,
    retained_only: Annotated[
        bool, typer.Option("--retained-only", help="Only retained ones; end at the first other.")
    ] = False,
    format: Annotated[
        str | None, typer.Option("-F", help="How to print: %t %p %q %r %l %m %x %X %j %J %I %U @H.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as -F %j does.")] = False,
    long: Annotated[bool, typer.Option("-v", "--verbose", help="Print the topic too.")] = False,
    no_end: Annotated[bool, typer.Option("-N", help="No end of line after the payload.")] = False,
    host: Host = None,
    port: Port = None,
    client_id: ClientId = None,
    user: User = None,
    password: Password = None,
    cafile: CaFile = None,
    cert: Cert = None,
    key: Key = None,
    os_certs: OsCerts = False,
    insecure: Insecure = False,
    keepalive: Keepalive = 60,
    keep_session: KeepSession = False,
    version: Version = "mqttv311",
    config: OwnHub = Path("config.yaml"),
) -> None:
    """Print messages as they come, with the flags of mosquitto_sub."""
    for filter in (*topics, *(leave_out or ())):
        _checked(check_filter, filter, "-t")
    printed = _format(format, as_json=as_json, long=long)
    end = b"" if no_end else b"\n"
    tls = _Tls(cafile, cert, key, os_certs, insecure)
    who = _Who(client_id, user, password, keepalive, keep_session, version)
    log_in = _log_in(_Where(host, port, config), tls, who)
    choice = _Choice(tuple(leave_out or ()), count, no_stale=no_stale, retained_only=retained_only)
    try:
        with connected(log_in, stay=True, tell=_tell) as console:
            console.subscribe(topics, qos)
            _print(choice.of(console.messages(seconds)), printed, end)
    except TimeoutError:
        _tell("timed out")
        raise typer.Exit(TIMED_OUT) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


# What is said.


def _payloads(
    message: str | None, file: Path | None, *, lines: bool, stdin: bool, null: bool
) -> Iterable[bytes]:
    given = [message is not None, file is not None, lines, stdin, null]
    if sum(given) != 1:
        raise typer.BadParameter("say what to send with one of -m, -f, -l, -s and -n")
    if message is not None:
        return [os.fsencode(message)]
    if file is not None:
        try:
            return [file.read_bytes()]
        except OSError as error:
            raise HubError(f"{file} can't be read: {error.strerror}") from None
    if lines:
        return (line.rstrip(b"\r\n") for line in sys.stdin.buffer)
    return [sys.stdin.buffer.read()] if stdin else [b""]


# What is heard.


@dataclass(frozen=True, slots=True)
class _Choice:
    """Which messages are printed, and how many of them."""

    leave_out: tuple[str, ...]
    count: int | None
    no_stale: bool
    retained_only: bool

    def of(self, messages: Iterable[Received]) -> Iterator[Received]:
        left = self.count
        for message in messages:
            if self.retained_only and not message.retain:
                return
            if (self.no_stale and message.retain) or self._is_left_out(message.topic):
                continue
            yield message
            if left is not None:
                left -= 1
                if not left:
                    return

    def _is_left_out(self, topic: str) -> bool:
        return any(matches(filter, topic) for filter in self.leave_out)


def _format(text: str | None, *, as_json: bool, long: bool) -> Part:
    if text is not None or as_json:
        return compile_format(text if text is not None else "%j")
    return verbose if long else plain


def _print(messages: Iterable[Received], printed: Part, end: bytes) -> None:
    out = sys.stdout.buffer
    for message in messages:
        try:
            out.write(printed(message) + end)
            out.flush()
        except NotJson as error:
            _tell(str(error))


# Where and who.


@dataclass(frozen=True, slots=True)
class _Where:
    host: str | None
    port: int | None
    config: Path

    @property
    def is_own(self) -> bool:
        return self.host is None and self.port is None


@dataclass(frozen=True, slots=True)
class _Who:
    client_id: str | None
    username: str | None
    password: str | None
    keepalive: int
    keep_session: bool
    version: str


@dataclass(frozen=True, slots=True)
class _Tls:
    cafile: Path | None
    cert: Path | None
    key: Path | None
    os_certs: bool
    insecure: bool

    def context(self) -> ssl.SSLContext | None:
        if self.cafile is None and not self.os_certs:
            if self.cert is not None or self.key is not None or self.insecure:
                raise typer.BadParameter("TLS needs --cafile, or --tls-use-os-certs")
            return None
        if self.key is not None and self.cert is None:
            raise typer.BadParameter("--key needs --cert")
        model = ClientTls(ca=self.cafile, certificate=self.cert, key=self.key, verify_name=not self.insecure)
        return model.context(Path())


def _log_in(where: _Where, tls: _Tls, who: _Who) -> LogIn:
    if who.version not in VERSIONS:
        raise typer.BadParameter(f"-V {who.version}: it is one of {', '.join(VERSIONS)}")
    if who.keep_session and not who.client_id:
        raise typer.BadParameter("-c needs -i: the server knows a session by its client id")
    if who.password is not None and who.username is None:
        raise typer.BadParameter("-P needs -u")
    common: dict[str, Any] = {
        "client_id": who.client_id or f"hub-mqtt-{secrets.token_hex(4)}",
        "keepalive": who.keepalive,
        "clean_session": not who.keep_session,
        "version": VERSIONS[who.version],
    }
    if where.is_own:
        return _own(where.config, tls, who, common)
    context = tls.context()
    port = where.port or (PLAIN_PORT if context is None else TLS_PORT)
    return LogIn(
        where.host or "localhost",
        port,
        username=who.username,
        password=who.password,
        tls=context,
        **common,
    )


def _own(config: Path, tls: _Tls, who: _Who, common: dict[str, Any]) -> LogIn:
    """Log in at the hub's own server; who may ask on its control socket needs no password for that."""
    data_dir = data_dir_of(config)

    def let_in() -> tuple[str, str]:
        given = ask(data_dir, "mqtt.pass")
        return given["username"], given["password"]

    given = ask(data_dir, "mqtt.pass")
    context = tls.context()
    if context is None and given["certificate"] is not None:
        context = trusting(given["certificate"])
    is_named = who.username is not None
    return LogIn(
        given["host"],
        given["port"],
        given["path"],
        username=who.username if is_named else given["username"],
        password=who.password if is_named else given["password"],
        tls=context,
        again=None if is_named else let_in,
        **common,
    )


def _checked(check: Any, text: str, flag: str) -> None:
    try:
        check(text)
    except ProtocolError as error:
        raise typer.BadParameter(f"{flag} {text!r}: {error}") from None


def _tell(text: str) -> None:
    typer.echo(f"hub: {text}", err=True)
