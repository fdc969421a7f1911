"""The services around discovery: list what announces itself, let it in or keep it out, clear up ghosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import Field

from hub.api import Detach, House, NotFound, OneOrMany, ServiceCall, ServiceData, Text, check, together
from plugins.mqtt.discoverer import Discoverer
from plugins.mqtt.overview import Announcer, Overview, rows

USUAL_DAYS = 7.0


class Whom(ServiceData):
    """`device` is the name of one or more devices, an identifier, a topic or an entity id."""

    device: OneOrMany[Text]


class Announcement(ServiceData):
    """What another plugin learnt of a device: `config` has the options that a discovery message would have.

    `id` is the announcement's own, such as `shelly:shellyplus1-a8032a/switch:0`. A null config takes it back.
    """

    component: Text
    id: Text
    config: dict[str, Any] | None = None


class Silence(ServiceData):
    """For how many days nothing was heard of a ghost; `remove` empties the topics that announce it."""

    days: Annotated[float, Field(ge=0)] = USUAL_DAYS
    device: OneOrMany[Text] = ()
    remove: bool = False


def offer_services(house: House, discoverer: Discoverer) -> Detach:
    """Offer `mqtt.discovery_list`, `…_ghosts`, `…_approve`, `…_reject` and `…_remove`."""
    desk = _Desk(Overview(house, discoverer), discoverer)
    offered: dict[str, tuple[Callable[[ServiceCall], Any], type[ServiceData] | None, str]] = {
        "discovery_list": (desk.list_all, None, "Tell which devices announce themselves."),
        "discovery_ghosts": (
            desk.ghosts,
            Silence,
            "Tell which announced devices are gone, or clear them up.",
        ),
        "discovery_approve": (desk.approve, Whom, "Let a device in that waits."),
        "discovery_reject": (desk.reject, Whom, "Keep a device out; what is there of it goes."),
        "announce": (desk.announce, Announcement, "Announce an entity for a device that does not do so."),
        "discovery_remove": (desk.remove, Whom, "Empty the topics that announce a device."),
    }
    return together([_offer(house, name, *given) for name, given in offered.items()])


def _offer(
    house: House,
    name: str,
    handler: Callable[[ServiceCall], Any],
    model: type[ServiceData] | None,
    description: str,
) -> Detach:
    def schema(data: Mapping[str, Any]) -> Any:
        return check(f"mqtt.{name}", model or ServiceData, data)

    return house.services.register(
        "mqtt", name, handler, schema=schema, response="optional", description=description, model=model
    )


class _Desk:
    def __init__(self, overview: Overview, discoverer: Discoverer) -> None:
        self._overview = overview
        self._discoverer = discoverer

    def list_all(self, call: ServiceCall) -> dict[str, Any]:
        return {"devices": rows(self._overview)}

    def ghosts(self, call: ServiceCall) -> dict[str, Any]:
        fields: Silence = call.fields
        ghosts = self._overview.ghosts(fields.days)
        if fields.device:
            chosen = {device.key for device in self._chosen(fields.device)}
            ghosts = [ghost for ghost in ghosts if ghost["device"] in chosen]
        removed: list[str] = []
        if fields.remove:
            for ghost in ghosts:
                removed += self._discoverer.remove(ghost["device"])
        return {"ghosts": ghosts, "removed": removed}

    def announce(self, call: ServiceCall) -> None:
        fields: Announcement = call.fields
        self._discoverer.announce(fields.component, fields.id, fields.config)

    def approve(self, call: ServiceCall) -> dict[str, Any]:
        return {"devices": [self._each(device, self._discoverer.approve) for device in self._meant(call)]}

    def reject(self, call: ServiceCall) -> dict[str, Any]:
        return {"devices": [self._each(device, self._discoverer.reject) for device in self._meant(call)]}

    def remove(self, call: ServiceCall) -> dict[str, Any]:
        topics = [topic for device in self._meant(call) for topic in self._discoverer.remove(device.key)]
        return {"removed": topics}

    def _each(self, device: Announcer, act: Callable[[str], None]) -> str:
        act(device.key)
        return device.name

    def _meant(self, call: ServiceCall) -> list[Announcer]:
        return self._chosen(call.fields.device)

    def _chosen(self, names: tuple[str, ...]) -> list[Announcer]:
        """Return the devices that are meant; `all` are those that wait. Raises `NotFound`."""
        found: dict[str, Announcer] = {}
        for name in names:
            if name == "all":
                devices = [device for device in self._overview.announcers() if device.status == "waits"]
            else:
                devices = self._overview.matching(name)
                if not devices:
                    raise NotFound(
                        f"no device that announces itself is called {name!r}",
                        remedy="`hub discovery list` shows them.",
                    )
            found |= {device.key: device for device in devices}
        return list(found.values())
