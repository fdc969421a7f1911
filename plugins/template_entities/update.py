"""Template updates: the version that something has, and the one that it could have."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

from hub.api import (
    ActionsField,
    Bool,
    Command,
    House,
    Remembered,
    ServiceCall,
    ServiceRefused,
    TemplateField,
    Text,
)
from plugins.template_entities.live import Failed, Live, Results, as_float
from plugins.template_entities.options import EntityOptions
from plugins.template_entities.values import truth

_LONGEST_SUMMARY = 255


class UpdateOptions(EntityOptions):
    """What is installed and what there is; `install` has the wanted version as `specific_version`."""

    domain: ClassVar[str] = "update"
    rendered: ClassVar[tuple[str, ...]] = (
        "installed_version", "latest_version", "in_progress", "update_percentage", "release_summary",
        "release_url", "title",
    )  # fmt: skip

    installed_version: TemplateField
    latest_version: TemplateField
    install: ActionsField | None = None
    in_progress: TemplateField | None = None
    update_percentage: TemplateField | None = None
    release_summary: TemplateField | None = None
    release_url: TemplateField | None = None
    title: TemplateField | None = None
    backup: Bool = False
    specific_version: Bool = False
    device_class: Text | None = None


class LiveUpdate(Live[UpdateOptions]):
    default_name: ClassVar[str] = "Template Update"

    def __init__(self, house: House, options: UpdateOptions, unique_id: str | None) -> None:
        self._told: dict[str, Any] = {}
        self._skipped: str | None = None
        super().__init__(house, options, unique_id)

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {"skip": self._skip, "clear_skipped": self._clear_skipped}
        script = self.script("install", self.options.install)
        if script is not None:

            def install(call: ServiceCall) -> Awaitable[None] | None:
                version, backup = call.fields.version, call.fields.backup
                if (version is not None and not self.options.specific_version) or (
                    backup and not self.options.backup
                ):
                    raise ServiceRefused(f"{self.entity_id} installs the latest version, without a backup")
                if version is None and self.state() != "on":
                    raise ServiceRefused(f"{self.entity_id} has no update to install")
                return self.run(script, call.cause, {"specific_version": version, "backup": bool(backup)})

            commands["install"] = install
        return commands

    def restore(self, before: Remembered) -> None:
        self._skipped = before.attributes.get("skipped_version")
        if self.triggered:
            for key in ("installed_version", "latest_version"):
                self._told[key] = before.attributes.get(key)
            self.restore_looks(before)

    def update(self, results: Results) -> None:
        for key in self.options.rendered:
            if key in results:
                told = results[key]
                self._told[key] = None if isinstance(told, Failed) or told in (None, "") else told
        latest = self._text("latest_version")
        if self._skipped is not None and latest not in (None, self._skipped):
            self._skipped = None

    def state(self) -> str | None:
        installed, latest = self._text("installed_version"), self._text("latest_version")
        if installed is None or latest is None:
            return None
        waiting = latest not in (self._skipped, installed) and _is_newer(latest, installed)
        return "on" if waiting else "off"

    def extra(self) -> Mapping[str, Any]:
        percentage = as_float(self.entity_id, "update_percentage", self._told.get("update_percentage"))
        in_progress = truth(self._told.get("in_progress")) is True or percentage is not None
        summary = self._text("release_summary")
        return {
            "auto_update": False,
            "installed_version": self._text("installed_version"),
            "latest_version": self._text("latest_version"),
            "in_progress": in_progress,
            "update_percentage": percentage if in_progress else None,
            "release_summary": summary[:_LONGEST_SUMMARY] if summary is not None else None,
            "release_url": self._text("release_url"),
            "skipped_version": self._skipped,
            "title": self._text("title"),
        }

    def _text(self, key: str) -> str | None:
        value = self._told.get(key)
        return None if value is None else str(value)

    def _skip(self, call: ServiceCall) -> None:
        if self.state() != "on":
            raise ServiceRefused(f"{self.entity_id} has no update to skip")
        self._skipped = self._text("latest_version")
        self.show(call.cause)

    def _clear_skipped(self, call: ServiceCall) -> None:
        self._skipped = None
        self.show(call.cause)


def _is_newer(latest: str, installed: str) -> bool:
    """Compare versions part by part; where that can't be done, another one is taken for newer."""
    try:
        ours = [int(part) for part in installed.removeprefix("v").split(".")]
        theirs = [int(part) for part in latest.removeprefix("v").split(".")]
    except ValueError:
        return latest != installed
    longest = max(len(ours), len(theirs))
    return theirs + [0] * (longest - len(theirs)) > ours + [0] * (longest - len(ours))
