"""An MQTT 3.1.1 server to embed: it knows clients, topics and messages, and nothing of the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.core.lazily import lazily

if TYPE_CHECKING:
    from hub.broker.broker import Broker
    from hub.broker.doors import Listener, WebSocketDoor
    from hub.broker.events import (
        BrokerEvent,
        ClientConnected,
        ClientDisconnected,
        LogInRefused,
        PublishDenied,
        StoringFailed,
        StoringResumed,
        SubscribeDenied,
    )
    from hub.broker.limits import UNLIMITED_RATE, Limits, SpaceLimits
    from hub.broker.listeners import Listening
    from hub.broker.ports import Access, AllowAll, Authenticator, Credentials, FullAccess, Grant, Store
    from hub.broker.sqlite import SqliteStore
    from hub.broker.stats import Stats, Traffic
    from hub.broker.tls import TlsFiles

__getattr__ = lazily(
    __name__,
    {
        "broker": "Broker",
        "events": "BrokerEvent ClientConnected ClientDisconnected LogInRefused PublishDenied "
        "StoringFailed StoringResumed SubscribeDenied",
        "limits": "UNLIMITED_RATE Limits SpaceLimits",
        "doors": "Listener WebSocketDoor",
        "listeners": "Listening",
        "ports": "Access AllowAll Authenticator Credentials FullAccess Grant Store",
        "sqlite": "SqliteStore",
        "stats": "Stats Traffic",
        "tls": "TlsFiles",
    },
)

__all__ = [
    "UNLIMITED_RATE",
    "Access",
    "AllowAll",
    "Authenticator",
    "Broker",
    "BrokerEvent",
    "ClientConnected",
    "ClientDisconnected",
    "Credentials",
    "FullAccess",
    "Grant",
    "Limits",
    "Listener",
    "Listening",
    "LogInRefused",
    "PublishDenied",
    "SpaceLimits",
    "SqliteStore",
    "Stats",
    "Store",
    "StoringFailed",
    "StoringResumed",
    "SubscribeDenied",
    "TlsFiles",
    "Traffic",
    "WebSocketDoor",
]
