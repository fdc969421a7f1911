"""Template images: a picture whose address a template gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import Bool, House, Remembered, TemplateField
from plugins.template_entities.live import GONE, Failed, Live, Results
from plugins.template_entities.options import EntityOptions


class ImageOptions(EntityOptions):
    """A picture at an address that a template gives."""

    domain: ClassVar[str] = "image"
    rendered: ClassVar[tuple[str, ...]] = ("url",)

    url: TemplateField
    verify_ssl: Bool = True


class LiveImage(Live[ImageOptions]):
    """Its state is the moment since when it has been this picture."""

    default_name: ClassVar[str] = "Template Image"

    def __init__(self, house: House, options: ImageOptions, unique_id: str | None) -> None:
        self._url: str | None = None
        self._since: str | None = None
        super().__init__(house, options, unique_id)

    def restore(self, before: Remembered) -> None:
        if before.state not in GONE:
            self._since = before.state

    def update(self, results: Results) -> None:
        told = results.get("url")
        if told is None or isinstance(told, Failed):
            return
        if self._url != str(told) or self.triggered:
            self._url = str(told)
            self._since = self.house.clock.now().isoformat()

    def state(self) -> str | None:
        return self._since

    def extra(self) -> Mapping[str, Any]:
        return {} if self.options.picture is not None or self._url is None else {"entity_picture": self._url}
