"""What plays music and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from hub.api import Bool, Domain, NoData, OneOrMany, ServiceData, refuse
from plugins.domains.fields import Number, Text


class SetVolume(ServiceData):
    """Set the volume, from 0 to 1."""

    volume_level: Annotated[Number, Field(ge=0, le=1)]


class Mute(ServiceData):
    is_volume_muted: Bool


class Seek(ServiceData):
    """Go to a position, in seconds."""

    seek_position: Annotated[Number, Field(ge=0)]


class PlayMedia(ServiceData):
    """Play something: `media_content_id` and `media_content_type`, or both of them under `media`."""

    media: Mapping[str, Any] | None = None
    media_content_id: Text | None = None
    media_content_type: Text | None = None
    enqueue: Literal["add", "next", "play", "replace"] | Bool | None = None
    announce: Bool | None = None
    extra: Mapping[str, Any] = {}

    @model_validator(mode="after")
    def _something(self) -> PlayMedia:
        given = {"media_content_id": self.media_content_id, "media_content_type": self.media_content_type}
        given |= dict(self.media or {})
        for name in ("media_content_id", "media_content_type"):
            if given[name] is None:
                raise refuse(f"{name} is missing")
        return self


class SelectSource(ServiceData):
    source: Text


class SelectSoundMode(ServiceData):
    sound_mode: Text


class Shuffle(ServiceData):
    shuffle: Bool


class Repeat(ServiceData):
    repeat: Literal["off", "all", "one"]


class Join(ServiceData):
    """Let other players play the same."""

    group_members: OneOrMany[Text]


class MediaPlayer(Domain):
    """Loudspeakers, television sets, players."""

    name: ClassVar[str] = "media_player"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": NoData,
        "toggle": NoData,
        "volume_up": NoData,
        "volume_down": NoData,
        "volume_set": SetVolume,
        "volume_mute": Mute,
        "media_play": NoData,
        "media_pause": NoData,
        "media_play_pause": NoData,
        "media_stop": NoData,
        "media_next_track": NoData,
        "media_previous_track": NoData,
        "media_seek": Seek,
        "play_media": PlayMedia,
        "select_source": SelectSource,
        "select_sound_mode": SelectSoundMode,
        "clear_playlist": NoData,
        "shuffle_set": Shuffle,
        "repeat_set": Repeat,
        "join": Join,
        "unjoin": NoData,
    }
    features: ClassVar[dict[str, int]] = {
        "media_pause": 1, "media_seek": 2, "volume_set": 4, "volume_mute": 8, "media_previous_track": 16,
        "media_next_track": 32, "turn_on": 128, "turn_off": 256, "play_media": 512, "volume_up": 1024,
        "select_source": 2048, "media_stop": 4096, "clear_playlist": 8192, "media_play": 16384,
        "shuffle_set": 32768, "select_sound_mode": 65536, "repeat_set": 262144, "join": 524288,
    }  # fmt: skip
