"""The sensor: asks, waits, and asks again."""

from __future__ import annotations

import logging
from datetime import timedelta

import httpx
from pydantic import HttpUrl

from hub.api import Detach, Entity, EntityInfo, EntityPlatform, House, Period, together

log = logging.getLogger(__name__)


class MeterSensor(EntityPlatform):
    """A meter that answers with `{"litres": 1234.5}`."""

    name: str
    url: HttpUrl
    every: Period = timedelta(minutes=1)

    def add(self, house: House) -> Detach:
        entity = house.entities.add(
            EntityInfo(
                domain="sensor",
                platform="meter",
                unique_id=str(self.url),
                name=self.name,
                device_class="water",
                unit_of_measurement="L",
            )
        )
        entity.write(None)
        poll = _Poll(house, entity, self)
        poll.begin()
        return together([poll.end, entity.remove])


class _Poll:
    def __init__(self, house: House, entity: Entity, options: MeterSensor) -> None:
        self._house, self._entity, self._options = house, entity, options
        self._client = httpx.AsyncClient(timeout=10, trust_env=False)
        self._timer: Detach = lambda: None
        self._ended = False

    def begin(self) -> None:
        self._house.tasks.spawn(self._ask(), f"asking {self._options.name}")

    def end(self) -> None:
        self._ended = True
        self._timer()
        self._house.tasks.spawn(self._client.aclose(), f"closing {self._options.name}")

    async def _ask(self) -> None:
        try:
            answer = await self._client.get(str(self._options.url))
            litres = float(answer.raise_for_status().json()["litres"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            if self._entity.available:
                log.warning("%s does not answer: %s", self._entity.entity_id, error)
            self._entity.set_available(False)
        else:
            if not self._entity.available:
                log.info("%s is back", self._entity.entity_id)
            self._entity.set_available(True)
            self._entity.write(str(litres))
        if not self._ended:
            every = self._options.every.total_seconds()
            self._timer = self._house.clock.call_later(every, self.begin)
