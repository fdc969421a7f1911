"""The hub-wide settings: what stands under `hub:` or Home Assistant's `homeassistant:`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from hub.core.customize import Customize
from hub.core.settings import Settings
from hub.core.state import was_entity_id

_UNITS = {"imperial": "us_customary", "us": "us_customary"}


def _zone(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {value!r}", "Write it as Europe/Berlin") from None


def _units(value: Any) -> Any:
    return _UNITS.get(value, value) if isinstance(value, str) else value


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(_listed)]
"""A list of texts, or one that stands for a list of one."""


class LogFile(BaseModel):
    """The log in the data folder, hub.log: how large it grows, and how many files of it there are at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    megabytes: float = Field(2, gt=0)
    files: int = Field(5, ge=0, le=100)


class CustomizeModel(BaseModel):
    """Attributes laid over those of an entity: these, and any other."""

    model_config = ConfigDict(frozen=True, extra="allow", coerce_numbers_to_str=True)

    friendly_name: str | None = None
    icon: str | None = None
    hidden: bool | None = None
    assumed_state: bool | None = None
    device_class: str | None = None
    unit_of_measurement: str | None = None

    def attributes(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


def _entity(value: str) -> str:
    name = value.strip().lower()
    if not was_entity_id(name):
        raise ValueError(
            f"{value!r} is no entity id", "Write it as light.hall; for patterns take customize_glob"
        )
    return name


def _lower(value: str) -> str:
    return value.strip().lower()


Own = Annotated[CustomizeModel, BeforeValidator(lambda value: {} if value is None else value)]


class HubModel(BaseModel):
    """Where the house stands and how its people measure and speak."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, coerce_numbers_to_str=True
    )

    name: str = "Home"
    latitude: float = Field(0.0, ge=-90, le=90)
    longitude: float = Field(0.0, ge=-180, le=180)
    elevation: float = 0.0
    radius: float = 100
    time_zone: Annotated[ZoneInfo, BeforeValidator(_zone)] = ZoneInfo("UTC")
    unit_system: Annotated[
        Literal["metric", "us_customary"],
        BeforeValidator(_units, json_schema_input_type=Literal["metric", "us_customary", "imperial", "us"]),
    ] = "metric"
    temperature_unit: Literal["C", "F"] | None = None
    language: str = "en"
    country: str | None = None
    currency: str = "EUR"
    internal_url: str | None = None
    external_url: str | None = None
    data_dir: str = "data"
    log_file: LogFile = LogFile()
    customize: Mapping[Annotated[str, AfterValidator(_entity)], Own] | None = None
    customize_domain: Mapping[Annotated[str, AfterValidator(_lower)], Own] | None = None
    customize_glob: Mapping[Annotated[str, AfterValidator(_lower)], Own] | None = None
    # Home Assistant's, taken so that its files read; what they mean here is said in docs/configuration.md.
    allowlist_external_dirs: Texts | None = None
    whitelist_external_dirs: Texts | None = None
    allowlist_external_urls: Texts | None = None
    media_dirs: Mapping[str, str] | None = None
    auth_providers: Any = None
    auth_mfa_modules: Any = None
    legacy_templates: bool | None = None
    debug: bool | None = None

    def customized(self) -> Customize:
        """Return what the YAML lays over the attributes of entities."""
        parts = (self.customize, self.customize_domain, self.customize_glob)
        return Customize(*({key: own.attributes() for key, own in (part or {}).items()} for part in parts))

    def apply(self, settings: Settings, config_dir: Path) -> None:
        """Write these settings into the house's; `data_dir` is relative to the configuration's folder."""
        for name in (
            "name", "latitude", "longitude", "elevation", "radius", "time_zone", "unit_system",
            "language", "country", "currency", "internal_url", "external_url",
        ):  # fmt: skip
            setattr(settings, name, getattr(self, name))
        settings.config_dir = config_dir
        settings.data_dir = config_dir / self.data_dir
