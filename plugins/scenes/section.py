"""The section `scene:`: a list of scenes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from hub.api import Detach, House, Integration, Text, warn
from plugins.scenes.scene import Scene
from plugins.scenes.services import Board, offer_services
from plugins.scenes.wanted import WantedStates


class SceneOptions(BaseModel):
    """The states of some entities under a name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    id: Text | None = None
    icon: str | None = None
    entities: WantedStates
    metadata: Any = None


class Scenes(Integration):
    """Scenes, and the services that apply, create and delete them."""

    always: ClassVar[bool] = True

    scenes: tuple[SceneOptions, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, list):
            return data
        scenes: list[Any] = []
        for entry in data:
            scenes.extend(_entries(entry, info))
        return {"scenes": scenes}

    def start(self, house: House) -> Detach:
        board = Board(house)
        for options in self.scenes:
            board.add(Scene(house, options.name, options.entities, id=options.id, icon=options.icon))
        services = offer_services(house, board)

        def stop() -> None:
            services()
            board.stop()

        return stop


def _entries(entry: Any, info: ValidationInfo) -> list[Any]:
    if not entry:
        return []
    if not isinstance(entry, Mapping) or "platform" not in entry:
        return [entry]
    if str(entry["platform"]) != "homeassistant":
        said = f"no plugin offers the platform {entry['platform']!r} for scene"
        warn(info, said, "It is left out", at=entry, key="platform")
        return []
    states = entry.get("states") or []
    return states if isinstance(states, list) else [states]
