"""The mqtt update: a device's software, and whether there is a newer one."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import BaseModel, Field, ValidationError

from hub.api import Bool, Command, House, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.mqtt.classes import known_class
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.meaning import Unusable, tell
from plugins.mqtt.options import CommandOptions, Living, Payload
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)


class Update(CommandOptions):
    """The version that is installed and the latest; on if they differ."""

    domain: ClassVar[str] = "update"
    default_name: ClassVar[str | None] = "MQTT Update"

    state_topic: SubscribeTopic
    value_template: TemplateField | None = None
    latest_version_topic: SubscribeTopic | None = None
    latest_version_template: TemplateField | None = None
    command_topic: PublishTopic | None = None
    payload_install: Payload | None = None
    device_class: Annotated[Text | None, known_class("update")] = None
    display_precision: Annotated[int, Field(ge=0)] = 0
    release_summary: Text | None = None
    release_url: Text | None = None
    title: Text | None = None

    def attributes(self, house: House) -> Mapping[str, Any]:
        return {"supported_features": 4}  # it tells how far an update is

    def make(self, house: House, feed: Feed) -> Living:
        return LiveUpdate(house, feed, self)


class Told(BaseModel, frozen=True, extra="forbid"):
    """What a message may tell of an update; what it does not tell stays as it was."""

    installed_version: Text = ""
    latest_version: Text = ""
    title: Text = ""
    release_summary: Text = ""
    release_url: Text = ""
    entity_picture: Text = ""
    in_progress: Bool = False
    update_percentage: Annotated[float, Field(ge=0, le=100)] | None = None

    @classmethod
    def of(cls, text: str) -> Told:
        """Read a message: an object, or the installed version alone. Raises `Unusable`."""
        try:
            content = orjson.loads(text)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            return cls(installed_version=text)
        try:
            return cls.model_validate(content)
        except ValidationError as error:
            names = ", ".join(str(detail["loc"][0]) for detail in error.errors())
            raise Unusable(f"it can't be told from {text[:100]!r}, for {names}") from None


class LiveUpdate(Live[Update]):
    _skipped: str | None = None

    def __init__(self, house: House, feed: Feed, options: Update) -> None:
        self._told: dict[str, Any] = {}
        super().__init__(house, feed, options)

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {"skip": self._skip, "clear_skipped": self._clear_skipped}
        if self.options.command_topic is not None:
            commands["install"] = self._install
        return commands

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name)
        if remembered is not None:
            self._skipped = remembered.attributes.get("skipped_version")

    def wire(self) -> None:
        options = self.options
        self.hear("state_topic", options.state_topic, options.value_template, self._came, strict=True)
        template = options.latest_version_template
        self.hear("latest_version_topic", options.latest_version_topic, template, self._latest_came)

    def _came(self, text: str) -> None:
        if not text or text == "{}":
            return
        try:
            told = Told.of(text)
        except Unusable as unusable:
            tell(self.name, unusable)
            return
        self._told |= {name: getattr(told, name) for name in told.model_fields_set}
        if "update_percentage" in told.model_fields_set and "in_progress" not in told.model_fields_set:
            self._told["in_progress"] = told.update_percentage is not None
        self.touch()

    def _latest_came(self, text: str) -> None:
        if text:
            self._told["latest_version"] = text
            self.touch()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        told, options = self._told, self.options
        installed, latest = told.get("installed_version"), told.get("latest_version")
        if self._skipped is not None and (self._skipped == installed or latest not in (None, self._skipped)):
            self._skipped = None
        in_progress = told.get("in_progress", False)
        summary = told.get("release_summary", options.release_summary)
        shown = {
            "auto_update": False,
            "display_precision": options.display_precision,
            "installed_version": installed,
            "latest_version": latest,
            "skipped_version": self._skipped,
            "in_progress": in_progress,
            "update_percentage": told.get("update_percentage") if in_progress else None,
            "release_summary": summary[:255] if summary is not None else None,
            "release_url": told.get("release_url", options.release_url),
            "title": told.get("title", options.title),
        }
        if told.get("entity_picture"):
            shown["entity_picture"] = told["entity_picture"]
        if installed is None or latest is None:
            return None, shown
        waiting = latest != self._skipped and is_newer(latest, installed)
        return "on" if waiting else "off", shown

    def _install(self, call: ServiceCall) -> None:
        assert self.options.command_topic is not None
        if call.fields.version is not None or call.fields.backup:
            raise ServiceRefused(f"{self.name} installs the latest version only, without a backup")
        if self._told.get("latest_version") in (None, self._told.get("installed_version")):
            raise ServiceRefused(f"{self.name} has no update to install")
        self.publish(self.options.command_topic, self.options.payload_install or "")

    def _skip(self, call: ServiceCall) -> None:
        latest = self._told.get("latest_version")
        if latest is None or latest == self._told.get("installed_version"):
            raise ServiceRefused(f"{self.name} has no update to skip")
        self._skipped = latest
        self.show_assumed(call)

    def _clear_skipped(self, call: ServiceCall) -> None:
        self._skipped = None
        self.show_assumed(call)


def is_newer(latest: str, installed: str) -> bool:
    """Tell whether a version is newer; versions that can't be compared differ, so one is taken for newer."""
    if latest == installed:
        return False
    ours, theirs = _parts(installed), _parts(latest)
    if ours is None or theirs is None:
        return True
    longest = max(len(ours), len(theirs))
    return theirs + [0] * (longest - len(theirs)) > ours + [0] * (longest - len(ours))


def _parts(version: str) -> list[int] | None:
    match = re.fullmatch(r"[vV]?(\d+(?:\.\d+)*)", version.strip())
    return [int(part) for part in match[1].split(".")] if match else None


OPTIONS = Update
