"""The weather domain: what the sky does, and will do."""

from __future__ import annotations

from typing import ClassVar, Literal

from hub.api import Domain, ServiceData


class GetForecasts(ServiceData):
    """Which forecast is asked for; it comes back by entity."""

    response: ClassVar[Literal["none", "optional", "only"]] = "only"

    type: Literal["daily", "hourly", "twice_daily"]


class Weather(Domain):
    """What the weather is, and the forecasts."""

    name: ClassVar[str] = "weather"
    services: ClassVar[dict[str, type[ServiceData]]] = {"get_forecasts": GetForecasts}
