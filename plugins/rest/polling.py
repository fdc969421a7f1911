"""Ask an address now and then, and hand what it answers to all that read it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

import httpx
from pydantic import model_validator

from hub.api import Detach, House, HubError, Period, TemplateField, Text, nothing, refuse
from plugins.rest.options import USUAL_INTERVAL, Asking

log = logging.getLogger(__name__)


class Reader(Protocol):
    """What is made of an answer."""

    @property
    def name(self) -> str: ...

    def read(self, text: str) -> None: ...

    def lose(self) -> None:
        """The address does not answer."""
        ...

    def stop(self) -> None: ...


class Polling(Asking):
    """An address that is asked now and then."""

    resource: Text | None = None
    resource_template: TemplateField | None = None
    params: Mapping[str, TemplateField] = {}
    payload_template: TemplateField | None = None
    encoding: Text = "utf-8"
    scan_interval: Period = USUAL_INTERVAL

    @model_validator(mode="after")
    def _one_address(self) -> Polling:
        if (self.resource is None) == (self.resource_template is None):
            raise refuse("what is asked needs resource or resource_template, not both")
        if self.payload is not None and self.payload_template is not None:
            raise refuse("payload and payload_template can't both be sent")
        try:
            "".encode(self.encoding)
        except LookupError:
            raise refuse(f"{self.encoding!r} is no encoding", "Write it as utf-8 or iso-8859-1.") from None
        return self

    async def answer(self, house: House) -> str:
        """Ask, and return what came as text; raises `HubError`."""
        payload = self.payload_template.text() if self.payload_template is not None else None
        answer = await self.sent(house, payload)
        if answer.status_code >= 400:
            raise HubError(f"the answer is {answer.status_code} {answer.reason_phrase}")
        return self._text(answer)

    async def sent(self, house: House, payload: str | None) -> httpx.Response:
        """Send a request, and return what came; raises `HubError`."""
        template = self.resource_template
        url = self.resource or (template.text() if template is not None else "")
        params = {name: value.text() for name, value in self.params.items()}
        return await self.asked(house, url, {}, params=params, payload=payload)

    def _text(self, answer: httpx.Response) -> str:
        try:
            return answer.content.decode(answer.charset_encoding or self.encoding, "replace")
        except LookupError:  # a name that the server made up
            return answer.content.decode(self.encoding, "replace")


class Poll:
    """Asks for its readers as long as it lives."""

    def __init__(self, house: House, options: Polling, readers: Sequence[Reader]) -> None:
        self._house = house
        self._options = options
        self._readers = readers
        self._name = ", ".join(reader.name for reader in readers)
        self._next: Detach = nothing
        self._failing = False
        self._asking = False
        self._begin()

    def stop(self) -> None:
        self._next()
        for reader in self._readers:
            reader.stop()

    def _begin(self) -> None:
        interval = max(self._options.scan_interval, timedelta(seconds=1)).total_seconds()
        self._next = self._house.clock.call_later(interval, self._begin)
        if not self._asking:
            self._asking = True
            self._house.tasks.spawn(self._look(), f"asking for {self._name}")

    async def _look(self) -> None:
        try:
            text = await self._options.answer(self._house)
        except HubError as error:
            self._fail(error)
            return
        finally:
            self._asking = False
        if self._failing:
            self._failing = False
            log.warning("%s is back", self._name)
        for reader in self._readers:
            reader.read(text)

    def _fail(self, error: HubError) -> None:
        """Say once that it is gone."""
        if not self._failing:
            self._failing = True
            log.warning("%s is gone: %s", self._name, error)
        for reader in self._readers:
            reader.lose()
