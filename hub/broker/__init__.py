"""An MQTT 3.1.1 server to embed: it knows clients, topics and messages, and nothing of the hub."""

from hub.broker.broker import Broker
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
from hub.broker.listeners import Listener, Listening
from hub.broker.ports import Access, AllowAll, Authenticator, Credentials, FullAccess, Grant, Store
from hub.broker.sqlite import SqliteStore
from hub.broker.stats import Stats, Traffic
from hub.broker.tls import TlsFiles
from hub.broker.websocket import WebSocketDoor

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
