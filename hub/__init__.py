"""Hearth: a home automation hub that is its own MQTT broker and device registry."""

__version__ = "0.1.0"
HUB_API = "1"
