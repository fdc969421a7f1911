"""What all helpers are declared by: a section of names, and the options of each."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, RootModel, ValidationInfo, model_validator

from hub.api import Detach, EntityInfo, House, HubError, Integration, Text, together
from plugins.helpers.fields import Icon, Slug
from plugins.helpers.living import Helper

log = logging.getLogger(__name__)


class Part(BaseModel):
    """A mapping in a helper's YAML; nothing at all (`name:`) is an empty one."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, data: Any, info: ValidationInfo) -> Any:
        if data is None:
            return {}
        findings = info.context.get("findings") if info.context else None
        if findings is not None:
            findings.saw(data, cls)
        return data


class Options(Part):
    """One helper as the YAML declares it."""

    domain: ClassVar[str]

    name: Text | None = None
    icon: Icon | None = None

    def live(self, house: House, key: str) -> Helper:
        """Let the helper live under `domain.key`. Raises `HubError` if it can't."""
        raise NotImplementedError

    def attributes(self) -> dict[str, Any]:
        """Return the attributes that never change."""
        return {}

    def info(self, key: str) -> EntityInfo:
        """Describe the entity."""
        return EntityInfo(
            domain=self.domain,
            platform=self.domain,
            unique_id=key,
            name=self.name or key.replace("_", " "),
            default_entity_id=f"{self.domain}.{key}",
            icon=self.icon,
            # What stands in the YAML can't be changed from a page.
            attributes={"editable": False, **self.attributes()},
        )


OptionsT = TypeVar("OptionsT", bound=Options)


class Helpers(RootModel[dict[Slug, OptionsT]], Integration, Generic[OptionsT]):
    """A section that holds helpers by name."""

    # A model of one root takes no other keys by its nature, and pydantic wants that left unsaid.
    model_config = ConfigDict(extra=None)

    def divided(self, data: Any) -> Iterator[tuple[str, Any, Integration]]:
        for (key, options), told in zip(self.root.items(), (data or {}).values(), strict=True):
            yield f"{options.domain}.{key}", told, type(self).model_construct({key: options})

    def start(self, house: House) -> Detach:
        stops: list[Detach] = []
        for key, options in self.root.items():
            try:
                stops.append(options.live(house, key).remove)
            except HubError as error:  # one helper that can't live must not stop the others
                log.error("%s.%s is left out: %s", options.domain, key, error)
        return together(stops)
