"""The section `influxdb:`: gather states, and write them beside the house's work."""

from __future__ import annotations

import fnmatch
import logging
from collections import deque
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

import httpx
from pydantic import BeforeValidator, Field

from hub.api import Bool, Detach, House, Integration, OneOrMany, StateChanged, Text, as_list, together
from plugins.influxdb.lines import line

log = logging.getLogger(__name__)
_EVERY = 5.0
_AT_ONCE = 5000
_MOST = 100_000


def _globs(value: Any) -> Any:
    """Take Home Assistant's mapping of `domains`, `entities` and `entity_globs` for a list of globs."""
    if not isinstance(value, Mapping):
        return value
    domains = [f"{domain}.*" for domain in as_list(value.get("domains"))]
    return [*domains, *as_list(value.get("entities")), *as_list(value.get("entity_globs"))]


Globs = Annotated[OneOrMany[Text], BeforeValidator(_globs)]


class InfluxDb(Integration):
    """Write states in InfluxDB's line protocol, of version 1 (`database`) or 2 (`bucket`)."""

    partly: ClassVar[bool] = True

    url: Text | None = None
    host: Text = "localhost"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8086
    ssl: Bool = False
    database: Text | None = None
    bucket: Text | None = None
    organization: Text = ""
    token: Text | None = Field(default=None, repr=False)
    username: Text | None = None
    password: Text | None = Field(default=None, repr=False)
    include: Globs = ("*",)
    exclude: Globs = ()
    attributes: OneOrMany[Text] = ()
    tags: Mapping[str, Text] = {}
    timeout: Annotated[float, Field(gt=0, le=120)] = 10.0

    @property
    def address(self) -> str:
        usual = f"{'https' if self.ssl else 'http'}://{self.host}:{self.port}"
        base = (self.url or usual).rstrip("/")
        if self.bucket is not None:
            asked = {"bucket": self.bucket, "org": self.organization, "precision": "ns"}
            return f"{base}/api/v2/write?{urlencode(asked)}"
        return f"{base}/write?{urlencode({'db': self.database or 'hearth', 'precision': 'n'})}"

    def wants(self, entity_id: str) -> bool:
        return _matches(entity_id, self.include) and not _matches(entity_id, self.exclude)

    def start(self, house: House) -> Detach:
        writer = _Writer(house, self)
        return together([house.bus.listen(StateChanged.event_type, writer.changed), writer.stop])


def _matches(entity_id: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(entity_id, pattern) for pattern in patterns)


class _Writer:
    """Holds what could not be written yet, the latest 100,000 lines at most."""

    def __init__(self, house: House, options: InfluxDb) -> None:
        self._house = house
        self._options = options
        self._waiting: deque[str] = deque(maxlen=_MOST)
        self._failing = self._writing = False
        self._wanted: dict[str, bool] = {}
        self._next: Detach = house.clock.call_later(_EVERY, self._begin)

    def stop(self) -> None:
        self._next()

    def changed(self, event: StateChanged) -> None:
        if event.new is None:
            return
        wanted = self._wanted.get(event.entity_id)
        if wanted is None:
            wanted = self._wanted[event.entity_id] = self._options.wants(event.entity_id)
        if wanted:
            found = line(event.new, self._options.tags, self._options.attributes)
            if found is not None:
                self._waiting.append(found)

    def _begin(self) -> None:
        self._next = self._house.clock.call_later(_EVERY, self._begin)
        if self._waiting and not self._writing:
            self._writing = True
            self._house.tasks.spawn(self._write(), "writing to InfluxDB")

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
                problem = await self._sent("\n".join(batch).encode())
                if problem is not None:
                    self._waiting.extendleft(reversed(batch))
                    self._complain(problem)
                    return
                if self._failing:
                    self._failing = False
                    log.warning("InfluxDB takes states again")
        finally:
            self._writing = False

    async def _sent(self, content: bytes) -> str | None:
        """Send lines; returns what is wrong if they should be sent again."""
        options = self._options
        headers = {"authorization": f"Token {options.token}"} if options.token is not None else {}
        auth: Any = (options.username, options.password or "") if options.username is not None else None
        try:
            async with httpx.AsyncClient(timeout=options.timeout, trust_env=False) as client:
                answer = await client.post(options.address, content=content, headers=headers, auth=auth)
        except httpx.HTTPError as error:
            return str(error) or type(error).__name__
        if answer.status_code == 400:  # the same lines would be refused again
            log.error("InfluxDB refuses some states: %.200s", answer.text)
            return None
        return None if answer.is_success else f"the answer is {answer.status_code} {answer.text[:100]}"

    def _complain(self, problem: str) -> None:
        if not self._failing:
            self._failing = True
            log.error("InfluxDB takes no states: %s. They are held, the latest %s", problem, _MOST)
