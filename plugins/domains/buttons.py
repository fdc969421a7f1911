"""What is set off once: buttons, scenes, updates, messages to people."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Bool, Domain, NoData, ServiceData
from plugins.domains.fields import Text, Transition


class Button(Domain):
    """Buttons; the state is when one was last pressed."""

    name: ClassVar[str] = "button"
    services: ClassVar[dict[str, type[ServiceData]]] = {"press": NoData}


class SceneOn(ServiceData):
    transition: Transition | None = None


class Scene(Domain):
    """Scenes; the state is when one was last activated."""

    name: ClassVar[str] = "scene"
    services: ClassVar[dict[str, type[ServiceData]]] = {"turn_on": SceneOn}


class Install(ServiceData):
    """Install an update: the latest, or a version."""

    version: Text | None = None
    backup: Bool = False


class Update(Domain):
    """Updates of devices' software."""

    name: ClassVar[str] = "update"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "install": Install,
        "skip": NoData,
        "clear_skipped": NoData,
    }
    features: ClassVar[dict[str, int]] = {
        "install": 1,
    }  # fmt: skip


class SendMessage(ServiceData):
    message: Text
    title: Text | None = None


class Notify(Domain):
    """Ways to reach people; the state is when one was last used."""

    name: ClassVar[str] = "notify"
    services: ClassVar[dict[str, type[ServiceData]]] = {"send_message": SendMessage}
    features: ClassVar[dict[str, int]] = {"": 0}
