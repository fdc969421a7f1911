"""Say where the house stands and how its people measure and speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class Settings:
    """Latitude and longitude in degrees, elevation above the sea and radius of the home in metres."""

    name: str = "Home"
    latitude: float = 0.0
    longitude: float = 0.0
    elevation: float = 0.0
    radius: float = 100.0
    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    unit_system: Literal["metric", "us_customary"] = "metric"
    language: str = "en"
    country: str | None = None
    currency: str = "EUR"
    internal_url: str | None = None
    external_url: str | None = None
    config_dir: Path = field(default_factory=Path)
    data_dir: Path = field(default_factory=lambda: Path("data"))
