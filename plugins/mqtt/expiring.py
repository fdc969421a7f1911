"""An entity whose state expires when no message comes for a while."""

from __future__ import annotations

from typing import TypeVar

from hub.api import UNAVAILABLE, UNKNOWN
from plugins.mqtt.expiry import Expiry
from plugins.mqtt.live import Live
from plugins.mqtt.options import EntityOptions

T = TypeVar("T", bound=EntityOptions)


class Expiring(Live[T]):
    """What `sensor` and `binary_sensor` share: `expire_after`, and taking up a state that is still good."""

    expiry: Expiry | None = None
    _seconds: int | None = None

    @property
    def expired(self) -> bool:
        return self.expiry is not None and self.expiry.expired

    def prepare_expiry(self, seconds: int | None) -> None:
        """Expect a message every `seconds`; None or 0 means that the state never expires."""
        if seconds == self._seconds:
            return
        self._seconds = seconds
        if self.expiry is not None:
            self.expiry.stop()
        self.expiry = Expiry(self.house, seconds, self.show_availability) if seconds else None

    def renew_expiry(self, state: str | None) -> None:
        """Say that a message came, and that `state` is what it left."""
        if self.expiry is not None:
            self.expiry.renew()
            if state is not None:
                self.house.memory.keep(self.name, self.entity.shown(state))

    def restored(self, state: str) -> None:
        """Take up the state from before this start."""

    def restore(self) -> None:
        self.prepare_expiry(getattr(self.options, "expire_after", None))
        remembered = self.house.memory.recall(self.name)
        if self.expiry is None or remembered is None or remembered.state in (UNKNOWN, UNAVAILABLE):
            return
        left = remembered.saved + (self._seconds or 0) - self.house.clock.timestamp()
        if left > 0:
            self.restored(self.entity.told(remembered.state))
            self.expiry.renew(left)

    def stop(self, *, forget: bool = False) -> None:
        if self.expiry is not None:
            self.expiry.stop()
        super().stop(forget=forget)
