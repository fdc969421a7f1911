"""The way of plugins in processes of their own to the MQTT server: a door and a user for each."""

from __future__ import annotations

from collections.abc import Sequence

from hub.apart.launch import Launch
from hub.mqtt.accounts import UserModel
from hub.mqtt.embedded import EmbeddedEngine
from hub.mqtt.embedded_door import EmbeddedDoor
from hub.mqtt.listening import ListenerModel
from hub.registry import Secret

NAME = "plugins"


def with_door(engine: EmbeddedEngine, launches: Sequence[Launch]) -> EmbeddedEngine:
    """Return the engine with a listener on loopback, and a user with rights of its own for each plugin."""
    users = [
        UserModel(
            name=launch.user,
            password=Secret(launch.password),
            publish=launch.publish,
            subscribe=launch.subscribe,
        )
        for launch in launches
    ]
    return engine.serving(users, ListenerModel(name=NAME, port=0)) if launches else engine


def port_of(door: EmbeddedDoor) -> int:
    """Return the port that the operating system chose for the plugins' door."""
    return next(one.port for one in door.listening if one.listener.name == NAME)
