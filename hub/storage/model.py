"""What stands under `recorder:`. The keys are Home Assistant's, and a few of our own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from hub.config.scalars import plain
from hub.fields import Bool, EntityIds, OneOrMany, Parsing, Period, Text, refuse, warn, without
from hub.kinds import Store
from hub.storage.filter import Chosen, EntityFilter

# The store that is used when nothing else is said.
DEFAULT_STORE = "sqlite"
_ELSEWHERE = ("mysql", "mariadb", "mssql")
"""Where Home Assistant can keep its history, and nobody here."""
_RETIRED = ("purge_days", "purge_interval", "db_integrity_check")
_OTHER_NAMES = {"postgres": "postgresql"}


class Choice(BaseModel):
    """Entities and events, by name or by kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domains: OneOrMany[Text] = ()
    entities: EntityIds = ()
    entity_globs: OneOrMany[Text] = ()
    event_types: OneOrMany[Text] = ()

    def chosen(self) -> Chosen:
        return Chosen(frozenset(self.entities), frozenset(self.domains), tuple(self.entity_globs))


_LONGEST_COMMIT = timedelta(minutes=5)


class RecorderModel(BaseModel):
    """What is kept of the past, where, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    db_url: Text = ""
    include: Choice = Choice()
    exclude: Choice = Choice()
    purge_keep_days: Annotated[int, Field(ge=1)] = 10
    statistics_keep_days: Annotated[int, Field(ge=1)] = 30
    auto_purge: Bool = True
    commit_interval: Period = timedelta(seconds=1)
    # Home Assistant's; here free space always goes back to the disk, and a store is tried for ever.
    auto_repack: Bool = True
    db_max_retries: int = 10
    db_retry_wait: int = 3
    _store: Store | None = PrivateAttr(None)

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        return without(info, data, _RETIRED)

    @field_validator("db_url")
    @classmethod
    def _known_here(cls, url: str, info: ValidationInfo) -> str:
        scheme = str(plain(url)).partition("://")[0].partition("+")[0]
        if scheme in _ELSEWHERE:
            text = f"db_url: history is not kept in {scheme} here, but in a file"
            warn(info, text, "Take it away, or name a postgresql:// store.")
            return ""
        return url

    @model_validator(mode="after")
    def _lasting(self) -> Self:
        if self.commit_interval < timedelta():
            raise refuse("commit_interval can't be negative")
        return self

    @field_validator("commit_interval")
    @classmethod
    def _not_too_long(cls, interval: timedelta, info: ValidationInfo) -> timedelta:
        if interval > _LONGEST_COMMIT:
            warn(info, "commit_interval is 5 minutes at most: it is taken as that", "Write 300 or less.")
        return min(interval, _LONGEST_COMMIT)

    def model_post_init(self, context: Any) -> None:
        if isinstance(context, Mapping) and isinstance(context.get("parsing"), Parsing):
            self._store = _store(self.db_url, context["parsing"])

    @property
    def store(self) -> Store | None:
        """Where history is kept; None if no plugin offers a store."""
        return self._store

    @property
    def filter(self) -> EntityFilter:
        return EntityFilter(self.include.chosen(), self.exclude.chosen())


class ShownModel(BaseModel):
    """What is shown of what was recorded: Home Assistant's `logbook:` and `history:`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    include: Choice = Choice()
    exclude: Choice = Choice()
    # Home Assistant's, from when its history could be sorted by hand.
    use_include_order: Bool = False

    def hides(self, entity_id: str) -> bool:
        return not EntityFilter(self.include.chosen(), self.exclude.chosen())(entity_id)


def _store(url: str, parsing: Parsing) -> Store | None:
    """Find the store of an address. Raises what a validator raises if nobody offers it."""
    scheme = str(plain(url)).partition("://")[0].partition("+")[0] if url else DEFAULT_STORE
    scheme = _OTHER_NAMES.get(scheme, scheme)
    kind = parsing.kinds.stores.get(scheme)
    if kind is not None:
        store: Store = kind(url=url)
        return store
    if not url:
        return None
    known = ", ".join(f"{name}://" for name in parsing.kinds.stores)
    raise refuse(f"db_url: no store is called {scheme!r}", f"Those there are: {known}." if known else "")
