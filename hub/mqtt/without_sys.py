"""Keep out of the store what the server says of itself on `$SYS`: after a restart it would be untrue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hub.broker import Store
from hub.broker.changes import Change, RetainedCleared, RetainedSet, Snapshot

SYS = "$SYS/"


class WithoutSys:
    """A store that passes everything else on to another one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> Snapshot:
        kept = await self._store.load()
        return replace(kept, retained=tuple(one for one in kept.retained if not one.topic.startswith(SYS)))

    async def commit(self, changes: Sequence[Change]) -> None:
        lasting = [change for change in changes if not _is_sys(change)]
        if lasting:
            await self._store.commit(lasting)

    async def close(self) -> None:
        await self._store.close()


def _is_sys(change: Change) -> bool:
    return isinstance(change, (RetainedSet, RetainedCleared)) and change.topic.startswith(SYS)
