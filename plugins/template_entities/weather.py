"""Template weather: what a template says of the sky, and the forecasts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import model_validator

from hub.api import Command, House, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.template_entities.live import Failed, Live, Results, as_float
from plugins.template_entities.options import EntityOptions
from plugins.template_entities.values import word

log = logging.getLogger(__name__)
_CONDITIONS = (
    "clear-night", "cloudy", "fog", "hail", "lightning", "lightning-rainy", "partlycloudy", "pouring",
    "rainy", "snowy", "snowy-rainy", "sunny", "windy", "windy-variant", "exceptional",
)  # fmt: skip
_NUMBERS = (
    "temperature", "apparent_temperature", "dew_point", "humidity", "ozone", "pressure", "wind_speed",
    "wind_gust_speed", "visibility", "cloud_coverage", "uv_index",
)  # fmt: skip
_FORECASTS = ("daily", "hourly", "twice_daily")
_WHOLE = ("humidity", "cloud_coverage")
_UNITS = {
    "temperature": "°C",
    "pressure": "hPa",
    "wind_speed": "km/h",
    "visibility": "km",
    "precipitation": "mm",
}


class WeatherOptions(EntityOptions):
    """The weather as templates tell it. The keys may end in `_template`, as they did of old."""

    domain: ClassVar[str] = "weather"
    rendered: ClassVar[tuple[str, ...]] = (
        "condition", *_NUMBERS, "wind_bearing", "attribution", *(f"forecast_{kind}" for kind in _FORECASTS),
    )  # fmt: skip

    condition: TemplateField
    temperature: TemplateField
    humidity: TemplateField
    apparent_temperature: TemplateField | None = None
    dew_point: TemplateField | None = None
    ozone: TemplateField | None = None
    pressure: TemplateField | None = None
    wind_speed: TemplateField | None = None
    wind_gust_speed: TemplateField | None = None
    wind_bearing: TemplateField | None = None
    visibility: TemplateField | None = None
    cloud_coverage: TemplateField | None = None
    uv_index: TemplateField | None = None
    attribution: TemplateField | None = None
    forecast_daily: TemplateField | None = None
    forecast_hourly: TemplateField | None = None
    forecast_twice_daily: TemplateField | None = None
    temperature_unit: Text | None = None
    pressure_unit: Text | None = None
    wind_speed_unit: Text | None = None
    visibility_unit: Text | None = None
    precipitation_unit: Text | None = None

    @model_validator(mode="before")
    @classmethod
    def _today(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        # What has been gone for years, such as `forecast_template`, is read and does nothing.
        old = {f"{name}_template": name for name in cls.rendered}
        today = {old.get(str(key), key): value for key, value in data.items() if key != "forecast_template"}
        return data if today == data else today


class LiveWeather(Live[WeatherOptions]):
    default_name: ClassVar[str] = "Template Weather"

    def __init__(self, house: House, options: WeatherOptions, unique_id: str | None) -> None:
        self._condition: str | None = None
        self._told: dict[str, Any] = {}
        self._forecasts: dict[str, list[Mapping[str, Any]]] = {}
        super().__init__(house, options, unique_id)

    def fixed(self) -> Mapping[str, Any]:
        return {
            f"{what}_unit": getattr(self.options, f"{what}_unit") or unit for what, unit in _UNITS.items()
        }

    def commands(self) -> Mapping[str, Command]:
        return {"get_forecasts": self._get_forecasts}

    def update(self, results: Results) -> None:
        if "condition" in results:
            self._condition = word(self.entity_id, "condition", results["condition"], _CONDITIONS)
        for key in _NUMBERS:
            if key in results:
                number = as_float(self.entity_id, key, results[key])
                self._told[key] = round(number) if number is not None and key in _WHOLE else number
        for key in ("wind_bearing", "attribution"):
            if key in results:
                self._told[key] = None if isinstance(results[key], Failed) else results[key]
        for kind in _FORECASTS:
            if f"forecast_{kind}" in results:
                self._forecasts[kind] = self._read(kind, results[f"forecast_{kind}"])

    def _read(self, kind: str, told: Any) -> list[Mapping[str, Any]]:
        if isinstance(told, Failed) or told is None:
            return []
        items = told if isinstance(told, (list, tuple)) else []
        if not all(isinstance(item, Mapping) and "datetime" in item for item in items):
            log.error("%s: each part of forecast_%s needs its datetime", self.entity_id, kind)
            return []
        return list(items)

    def state(self) -> str | None:
        return self._condition

    def extra(self) -> Mapping[str, Any]:
        return {key: value for key, value in self._told.items() if value is not None}

    def _get_forecasts(self, call: ServiceCall) -> Any:
        kind = call.fields.type
        if getattr(self.options, f"forecast_{kind}") is None:
            raise ServiceRefused(f"{self.entity_id} has no {kind} forecast")
        return {"forecast": self._forecasts.get(kind, [])}
