"""The section `zeroconf:`."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from hub.api import Bool, Detach, House, HubError, Integration, OneOrMany, Text, together


class Zeroconf(Integration):
    """Tell over mDNS where MQTT server and pages are, as far as others can reach them."""

    partly: ClassVar[bool] = True

    name: Text | None = None
    interfaces: OneOrMany[Text] = ()
    default_interface: Bool = False
    ipv6: Bool = True

    def start(self, house: House) -> Detach:
        try:
            from plugins.zeroconf.advertising import advertise  # its library is an extra
        except ImportError:
            raise HubError(
                "mDNS needs the library zeroconf", remedy="Install it: pip install 'hearth-hub[zeroconf]'"
            ) from None
        name = self.name or house.settings.name
        advertiser = advertise(
            house.openings, name, list(self.interfaces), default=self.default_interface, ipv6=self.ipv6
        )
        task = house.tasks.spawn(advertiser.run(), "telling over mDNS where the hub is")
        return together([house.openings.listen(advertiser.changed.set), lambda: _stop(task)])


def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
