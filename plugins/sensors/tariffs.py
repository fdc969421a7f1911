"""The select of a utility meter that says which tariff counts now."""

from __future__ import annotations

from collections.abc import Callable

from hub.api import Cause, EntityInfo, House, ServiceCall, ServiceRefused
from plugins.sensors.live import Live


class TariffSelect(Live):
    """The tariffs of one meter, and the one that counts now."""

    def __init__(
        self,
        house: House,
        key: str,
        name: str,
        unique_id: str | None,
        tariffs: tuple[str, ...],
        reset: Callable[[], None],
    ) -> None:
        info = EntityInfo(
            "select",
            "utility_meter",
            unique_id=unique_id,
            name=name,
            default_entity_id=f"select.{key}",
            attributes={"options": list(tariffs)},
        )
        commands = {
            "select_option": lambda call: self._choose(call.fields.option, call.cause),
            "select_first": lambda call: self._choose(tariffs[0], call.cause),
            "select_last": lambda call: self._choose(tariffs[-1], call.cause),
            "select_next": lambda call: self._step(1, call),
            "select_previous": lambda call: self._step(-1, call),
            "reset": lambda call: reset(),
        }
        super().__init__(house, info, commands)
        self._tariffs = tariffs
        before = self.recall()
        self._now = before.state if before is not None and before.state in tariffs else tariffs[0]
        self.write(self._now)

    def _choose(self, tariff: str, cause: Cause | None) -> None:
        if tariff not in self._tariffs:
            raise ServiceRefused(f"{self.entity_id}: {tariff!r} is none of {', '.join(self._tariffs)}")
        self._now = tariff
        self.write(tariff, cause=cause)

    def _step(self, by: int, call: ServiceCall) -> None:
        index = self._tariffs.index(self._now) + by
        if call.fields.cycle or 0 <= index < len(self._tariffs):
            self._choose(self._tariffs[index % len(self._tariffs)], call.cause)
