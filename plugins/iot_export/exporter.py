"""One export while the hub runs: hears, writes down, and passes on, however long the other side is away."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hub.api import Detach, House, HubError, Message, together
from plugins.iot_export.outbox import Outbox, StoreError
from plugins.iot_export.record import Record
from plugins.iot_export.targets import Never, NotNow, Target

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
MOST_UNWRITTEN = 10_000
"""Messages that wait for a disk that takes nothing; after that those nobody waits for are left out."""
_KINDS = ("events", "commands")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is exported, under which name, and how often it is tried."""

    name: str
    registry: str
    topic: str | None
    attempts: int
    file: Path
    """Of what waits."""


class Exporter:
    """A message is acknowledged to its sender when it is written down here, and not before."""

    def __init__(self, house: House, plan: Plan, target: Target) -> None:
        self.name = plan.name
        self._house = house
        self._plan = plan
        self._target = target
        self._fresh: list[Record] = []
        self._written: asyncio.Future[None] | None = None
        self._heard = asyncio.Event()
        self._waiting = asyncio.Event()
        self._outbox: Outbox | None = None
        self._left_out = 0
        self._away = False

    def start(self) -> Detach:
        """Begin to listen; the rest happens beside the loop. Raises `HubError`."""
        registries, mqtt = self._house.registries, self._house.mqtt
        filters = registries.filters(self._plan.registry, None, self._plan.topic)
        heard = [mqtt.subscribe(filter, self._came, qos=1) for filter in filters]
        task = self._house.tasks.spawn(self._run(), f"iot_export {self.name}")

        def stop() -> None:
            task.cancel()

        return together([stop, *heard])

    async def revive(self) -> int:
        """Try again what was put aside; return how much that is."""
        count = 0 if self._outbox is None else await self._outbox.revive()
        self._waiting.set()
        return count

    # What is heard.

    def _came(self, message: Message) -> None:
        if message.retain:  # it was passed on when it was news
            return
        origin = self._house.registries.origin(message.topic)
        levels = message.topic.split("/", 3)
        if origin is None or len(levels) < 3 or levels[2] not in _KINDS:
            return
        if self._plan.registry not in (origin.registry, origin.registry_id):
            return
        if len(self._fresh) >= MOST_UNWRITTEN and not message.qos:
            self._left_out += 1
            return
        now = self._house.clock.now().isoformat().replace("+00:00", "Z")
        self._fresh.append(
            Record(
                str(uuid.uuid4()), now, origin.registry_id, origin.device_id, message.topic, message.payload
            )
        )
        if self._written is None:
            self._written = asyncio.get_running_loop().create_future()
        self._house.mqtt.hold(self._written)
        self._heard.set()

    # What happens then.

    async def _run(self) -> None:
        outbox = self._outbox = await self._open()
        opened = False
        try:
            self._waiting.set()  # there may be something from before
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write_on(outbox))
                opened = await self._patiently(self._target.open)
                group.create_task(self._send_on(outbox))
        finally:
            await asyncio.shield(self._end(outbox, opened=opened))

    async def _open(self) -> Outbox:
        wait = FIRST_WAIT
        while True:
            try:
                return await Outbox.open(self._plan.file)
            except HubError as error:
                log.error("export %s: %s", self.name, error)
            await self._pause(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def _end(self, outbox: Outbox, *, opened: bool) -> None:
        with suppress(*StoreError):
            await self._write(outbox)
        if opened:
            await self._target.close()
        await outbox.close()

    async def _patiently(self, act: Callable[[], Awaitable[None]]) -> bool:
        wait = FIRST_WAIT
        while True:
            try:
                await act()
                return True
            except HubError as error:
                self._gone(str(error))
            await self._pause(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def _write_on(self, outbox: Outbox) -> None:
        wait = FIRST_WAIT
        while True:
            await self._heard.wait()
            try:
                await self._write(outbox)
                wait = FIRST_WAIT
            except StoreError as error:
                log.error("export %s: nothing is acknowledged before it is stored: %s", self.name, error)
                await self._pause(wait)
                wait = min(LONGEST_WAIT, wait * 2)

    async def _write(self, outbox: Outbox) -> None:
        """Write down what was heard, and let it be acknowledged."""
        fresh, written = self._fresh, self._written
        self._fresh, self._written = [], None
        self._heard.clear()
        if not fresh:
            return
        try:
            await outbox.add(fresh)
        except BaseException:
            self._fresh = fresh + self._fresh
            self._written = _both(written, self._written)
            self._heard.set()
            raise
        if written is not None and not written.done():
            written.set_result(None)
        if self._left_out:
            log.warning("export %s: %d messages of QoS 0 were left out", self.name, self._left_out)
            self._left_out = 0
        self._waiting.set()

    async def _send_on(self, outbox: Outbox) -> None:
        tries, wait = 0, FIRST_WAIT
        while True:
            await self._waiting.wait()
            self._waiting.clear()
            while batch := await outbox.next(self._target.most):
                numbers = [number for number, _ in batch]
                tries, reason = await self._try([record for _, record in batch], tries)
                if reason is None:
                    tries, wait = 0, FIRST_WAIT
                    await outbox.arrived(numbers)
                elif tries < 0:
                    tries = 0
                    await self._bury(outbox, numbers, reason)
                else:
                    await self._pause(wait)
                    wait = min(LONGEST_WAIT, wait * 2)

    async def _try(self, records: Sequence[Record], tries: int) -> tuple[int, str | None]:
        """Send; return how often it was tried (-1: it never will do) and why it did not arrive."""
        try:
            await self._target.send(records)
        except Never as error:
            return -1, str(error)
        except NotNow as error:
            self._gone(str(error))
            tries += error.counts
            return (-1 if tries >= self._plan.attempts else tries), str(error)
        if self._away:
            log.warning("export %s: %s takes messages again", self.name, self._target)
        self._away = False
        return 0, None

    async def _bury(self, outbox: Outbox, numbers: Sequence[int], reason: str) -> None:
        await outbox.bury(numbers, reason)
        log.error(
            "export %s: %d messages are put aside, as %s; call iot_export.retry to try again",
            self.name,
            len(numbers),
            reason,
        )
        data = {"name": self.name, "messages": len(numbers), "reason": reason}
        self._house.bus.emit("iot_export_failed", data)

    def _gone(self, reason: str) -> None:
        if not self._away:
            log.warning("export %s: messages wait, as %s", self.name, reason)
        self._away = True

    async def _pause(self, seconds: float) -> None:
        over = asyncio.Event()
        stop = self._house.clock.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            stop()


def _both(
    one: asyncio.Future[None] | None, other: asyncio.Future[None] | None
) -> asyncio.Future[None] | None:
    """Return a future whose end is the end of both."""
    if one is None or other is None:
        return one or other

    def finish(_: object) -> None:
        if not other.done():
            other.set_result(None)

    one.add_done_callback(finish)
    return one
