"""The section `iot_export:`: what of which registry goes where."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api import (
    Bool,
    Detach,
    House,
    HubError,
    Integration,
    MqttServer,
    OneOrMany,
    ServiceCall,
    Text,
    refuse,
    slugify,
    together,
)
from plugins.iot_export.exporter import Exporter, Plan
from plugins.iot_export.file import FileTarget
from plugins.iot_export.mqtt import MqttTarget
from plugins.iot_export.targets import Target
from plugins.iot_export.webhook import WebhookTarget

log = logging.getLogger(__name__)

_MIB = 1024 * 1024
_FIELDS = ("topic", "rest", "registry", "registry_id", "device", "device_id")


class Part(BaseModel):
    """A mapping of an export."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class FileModel(Part):
    """A file of JSON lines."""

    path: Path
    """Relative to the data folder."""
    max_size: Annotated[float, Field(gt=0)] = 10.0
    """MiB after which another is begun."""
    daily: Bool = False
    keep: Annotated[int, Field(ge=0)] = 10
    """How many former ones are kept; 0 keeps all."""

    def target(self, house: House) -> Target:
        return FileTarget(
            house.settings.data_dir / self.path,
            house.clock.now,
            most_bytes=int(self.max_size * _MIB),
            daily=self.daily,
            keep=self.keep,
        )


class WebhookModel(Part):
    """A web address."""

    url: Text
    headers: Mapping[Text, Text] = Field(default_factory=dict, repr=False)
    body: Literal["event", "lines"] = "event"
    size: Annotated[int, Field(ge=1, le=1_000)] = 100
    """How many messages one request has at most."""
    timeout: Annotated[float, Field(gt=0, le=600)] = 10.0
    allow_private: Bool = False

    @model_validator(mode="after")
    def _is_address(self) -> WebhookModel:
        if not self.url.startswith(("http://", "https://")):
            raise refuse(f"{self.url!r} is no web address", "Begin it with https:// or http://.")
        return self

    def target(self, house: House) -> Target:
        return WebhookTarget(
            self.url,
            self.headers,
            body=self.body,
            most=self.size,
            seconds=self.timeout,
            allow_private=self.allow_private,
        )


class MqttTls(Part):
    """How the other server and this hub prove who they are."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self, folder: Path) -> ssl.SSLContext:
        """Return it with its files loaded. Raises `HubError`."""
        try:
            context = ssl.create_default_context(cafile=folder / self.ca if self.ca else None)
            if self.certificate is not None:
                key = folder / self.key if self.key else None
                context.load_cert_chain(folder / self.certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise HubError(f"the certificates of an export can't be read: {error}") from error
        return context


class MqttModel(Part):
    """Another MQTT server."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65_535)] | None = None
    username: Text | None = None
    password: Text | None = Field(default=None, repr=False)
    client_id: Text | None = None
    tls: MqttTls | None = None
    topic: Text = "{topic}"

    @model_validator(mode="after")
    def _known_fields(self) -> MqttModel:
        try:
            self.topic.format(**dict.fromkeys(_FIELDS, "x"))
        except (KeyError, ValueError, IndexError, AttributeError):
            raise refuse(
                f"{self.topic!r} has braces around what is not known",
                f"There are {', '.join(f'{{{name}}}' for name in _FIELDS)}.",
            ) from None
        return self

    def target(self, house: House) -> Target:
        server = MqttServer(
            self.host,
            self.port or (1883 if self.tls is None else 8883),
            self.username,
            self.password,
            self.client_id,
        )
        secure: Callable[[], ssl.SSLContext] | None = None
        if self.tls is not None:
            secure = partial(self.tls.context, house.settings.config_dir)
        return MqttTarget(server, secure, self.topic, house.registries.origin, house.clock)


class ExportModel(Part):
    """Messages of one registry and its devices, and where they go."""

    registry: Text
    name: Text | None = None
    topic: Text | None = None
    attempts: Annotated[int, Field(ge=1, le=100)] = 5
    file: FileModel | None = None
    webhook: WebhookModel | None = None
    mqtt: MqttModel | None = None

    @model_validator(mode="before")
    @classmethod
    def _short(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and isinstance(data.get("file"), str):
            return {**data, "file": {"path": data["file"]}}
        return data

    @model_validator(mode="after")
    def _one_target(self) -> ExportModel:
        if len(self.targets) != 1:
            raise refuse("an export goes to one place", "Give it one of file, webhook and mqtt.")
        return self

    @property
    def targets(self) -> list[FileModel | WebhookModel | MqttModel]:
        return [one for one in (self.file, self.webhook, self.mqtt) if one is not None]

    @property
    def label(self) -> str:
        """What it is called; its file of what waits, too."""
        kind = next(name for name in ("file", "webhook", "mqtt") if getattr(self, name) is not None)
        return slugify(self.name or f"{self.registry} {kind}")


class ExportIntegration(Integration):
    """Exports: one, or a list."""

    exports: OneOrMany[ExportModel] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        if isinstance(data, (list, tuple)) or (isinstance(data, Mapping) and "registry" in data):
            return {"exports": data}
        return data

    @model_validator(mode="after")
    def _each_once(self) -> ExportIntegration:
        labels = [export.label for export in self.exports]
        twice = next((label for label in labels if labels.count(label) > 1), None)
        if twice is not None:
            raise refuse(f"more than one export is called {twice!r}", "Give each a `name` of its own.")
        return self

    def start(self, house: House) -> Detach:
        exporters: dict[str, Exporter] = {}
        stops: list[Detach] = []
        for export in self.exports:
            try:
                exporter = Exporter(house, _plan(export, house), export.targets[0].target(house))
                stops.append(exporter.start())
                exporters[exporter.name] = exporter
            except HubError as error:  # the others go on
                log.error("export %s is left out: %s", export.label, error)

        def retry(call: ServiceCall) -> None:
            house.tasks.spawn(_revive(list(exporters.values())), "iot_export.retry")

        offered = house.services.register(
            "iot_export", "retry", retry, description="Send again what exports put aside."
        )
        return together([offered, *stops])


def _plan(export: ExportModel, house: House) -> Plan:
    file = house.settings.data_dir / "iot_export" / f"{export.label}.db"
    return Plan(export.label, export.registry, export.topic, export.attempts, file)


async def _revive(exporters: list[Exporter]) -> None:
    for exporter in exporters:
        count = await exporter.revive()
        if count:
            log.warning("export %s: %d messages are sent again", exporter.name, count)
