"""Know the integrations of Home Assistant whose names look like a misspelling of another one's."""

from __future__ import annotations

NAMES = frozenset(
    [
        "amcrest", "arest", "browser", "conversation", "device_automation", "discord", "epson", "file",
        "fixer", "gpslogger", "mqtt_template", "nest", "notify", "pyscript",
        "ring", "scheduler", "shell_command", "snmp", "spotify", "telegram_bot", "temper", "tibber", "tile",
        "tomato", "toon", "uptime", "version", "zwave_js",
    ]
)  # fmt: skip
