"""The process of one plugin: it limits itself, logs in, and does what the plugin's `main` does.

Run as `python -m hub.apart.child` with one line of JSON on standard input, which stays open as long as the
hub lives. Of the hub it imports nothing but its version.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

import hub

PATIENCE = 20.0
NOT_FIT = 78
"""How it ends if it can't be what it should (EX_CONFIG): to try again would not help."""


@dataclass(frozen=True, slots=True)
class Server:
    """The hub's MQTT server as the plugin reaches it, with a name of its own."""

    host: str
    port: int
    username: str
    password: str

    def connect(self, *, will: tuple[str, str] | None = None) -> paho.Client:
        """Return a client that is logged in and stays so; `will` is a topic and what is kept there."""
        client = paho.Client(CallbackAPIVersion.VERSION2, self.username)
        client.username_pw_set(self.username, self.password)
        if will is not None:
            client.will_set(will[0], will[1], qos=1, retain=True)
        ready = threading.Event()
        client.on_connect = lambda *_: ready.set()
        client.connect(self.host, self.port)
        client.loop_start()
        if not ready.wait(PATIENCE):
            raise TimeoutError("the MQTT server does not answer")
        return client


def main() -> None:
    """Read what to do, and do it until the plugin is done or the hub ends."""
    told = json.loads(sys.stdin.readline())
    _limit(told["memory"])
    threading.Thread(target=_end_with_the_hub, daemon=True).start()
    if told["folder"] is not None:
        sys.path.insert(0, told["folder"])
    module = importlib.import_module(told["module"])
    _run(module, Server(**told["server"]), told["config"])


def _run(module: Any, server: Server, config: Mapping[str, Any]) -> None:
    api = str(getattr(module, "HUB_API", hub.HUB_API))
    begin = getattr(module, "main", None)
    if api != hub.HUB_API or not callable(begin):
        needs = (
            f'for hub_api "{hub.HUB_API}"' if api != hub.HUB_API else "with a function main(server, config)"
        )
        print(f"it should be {needs}", file=sys.stderr)
        sys.exit(NOT_FIT)
    begin(server, config)


def _limit(memory: int) -> None:
    """Take no more memory than allowed, whatever comes; where that can't be set the hub still measures."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass


def _end_with_the_hub() -> None:
    """The hub may be killed: then standard input ends, and so does this."""
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
