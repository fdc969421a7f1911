"""One bridge while the hub runs: it comes back whenever it is cut, and says on `$SYS` how it is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import aiomqtt

from hub.broker import Broker
from hub.core.clock import Clock, Detach, nothing, together
from hub.mqtt.bridge.echoes import Echoes
from hub.mqtt.bridge.far import FarSide
from hub.mqtt.bridge.near import NearSide
from hub.mqtt.bridge.outbox import Outbox
from hub.mqtt.bridge.plan import Plan
from hub.mqtt.bridge.promises import Promises, Received
from hub.mqtt.bridge.rules import Rules
from hub.mqtt.bridge.store import OutboxFile
from hub.mqtt.bridge.writer import Writer
from hub.mqtt.door import STABLE_AFTER, waits
from hub.mqtt.interest import Interest
from hub.mqtt.server import NoAnswer, refusal

log = logging.getLogger(__name__)

FAREWELL = 0.5
"""Seconds that the last messages may take when the hub stops; what is left is in the file."""
MOST_TRIES = 10
"""How often one message may cost the connection, with nothing else on its way, before it is given up."""


class Bridge:
    """Holds the two sides together. What it has to send waits in its outbox, and in a file beside."""

    def __init__(
        self,
        plan: Plan,
        file: OutboxFile,
        outbox: Outbox,
        received: Received,
        broker: Broker,
        clock: Clock,
    ) -> None:
        self.name: Final = plan.name
        self._server = plan.server
        self._file = file
        self._outbox = outbox
        self._broker = broker
        self._clock = clock
        self._rules = plan.rules
        self._near = NearSide(broker, plan.rules, outbox)
        self._echoes = Echoes(clock.monotonic)
        self._filters = _filters(plan.rules)
        self._as_bridge = True
        self._told_retained = False
        self._suspicious = False
        self._reported = False
        self._detach: Detach = nothing
        self._writer = Writer(outbox, file, clock, received)
        self._promises = Promises(broker, outbox, received, self._writer)
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, plan: Plan, broker: Broker, clock: Clock) -> Bridge:
        """Begin to listen at the server, and to connect in the background. Raises `HubError`."""
        file = await OutboxFile.open(plan.file)
        server = plan.server
        if server.client_id is None:
            server = replace(server, client_id=await file.client_id(plan.name))
        outbox = Outbox(plan.room, clock.timestamp, await file.load())
        received = Received(await file.received())
        bridge = cls(replace(plan, server=server), file, outbox, received, broker, clock)
        bridge._begin()
        return bridge

    @property
    def online(self) -> bool:
        return self._outbox.online

    def line(self) -> str:
        """Say in words what it is doing."""
        state = "" if self.online else ", which is not there now"
        return f"MQTT bridge {self.name} to {self._server}{state}"

    def numbers(self) -> Mapping[str, str]:
        """Return what is told now and then, by topic."""
        return {f"$SYS/bridge/{self.name}/waiting": str(len(self._outbox))}

    def _begin(self) -> None:
        self._say("offline")
        self._detach = together([self._near.attach(), self._broker.add_store(self._writer.flush)])
        self._task = asyncio.create_task(self._run(), name=f"MQTT bridge {self.name}")

    async def close(self) -> None:
        """Send what waits, if the other side is there, write down the rest, and leave."""
        self._detach()
        if self.online:
            try:
                await asyncio.wait_for(self._outbox.empty.wait(), FAREWELL)
            except TimeoutError:
                log.info("%s: %d messages wait for the next start", self.name, len(self._outbox))
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,), timeout=FAREWELL)
        await self._writer.close()

    def _say(self, state: str) -> None:
        self._broker.publish(f"$SYS/bridge/{self.name}/state", state.encode(), 1, True)

    # The connection.

    async def _run(self) -> None:
        tries = waits()
        while True:
            began = self._clock.monotonic()
            try:
                await self._connection()
            except aiomqtt.MqttError as error:
                self._lost(error)
            except Exception:  # a bug of ours must not take the house off the line for good
                log.exception("the MQTT bridge %s failed", self.name)
            if self._clock.monotonic() - began > STABLE_AFTER:
                tries = waits()
            await self._pause(next(tries))

    async def _connection(self) -> None:
        far = self._far()
        try:
            await far.connect()
        except NoAnswer:
            # Some servers hang up on a bridge; to those we are an ordinary client, and the other way round.
            self._as_bridge = not self._as_bridge
            far = self._far()
            await far.connect()
        former = await self._file.filters()
        await self._file.set_filters(self._filters)

        def opened(known: set[str]) -> None:
            self._opened(known, is_known=far.session_present)

        try:
            await far.serve(self._filters, former, opened)
        finally:
            self._closed(far)

    def _far(self) -> FarSide:
        return FarSide(
            self._server,
            self._near,
            self._outbox,
            self._echoes,
            self._promises,
            bridge=self._as_bridge,
            careful=self._suspicious,
        )

    def _opened(self, known: set[str], *, is_known: bool) -> None:
        if self._reported:
            log.warning("MQTT bridge %s: %s is back%s", self.name, self._server, self._dropped())
        self._reported = False
        self._outbox.online = True
        # A server that kept our session will not have lost what is retained either.
        if not (is_known and self._told_retained):
            self._near.tell_retained(known)
            self._told_retained = True
        self._say("online")

    def _closed(self, far: FarSide) -> None:
        was_online, self._outbox.online = self._outbox.online, False
        if was_online:
            self._suspect(far)
            self._say("offline")
        self._outbox.away()

    def _suspect(self, far: FarSide) -> None:
        """Notice a message over which the other side hangs up each time: it would stop all others."""
        left = far.unacknowledged
        self._suspicious = bool(left) and not far.acknowledged
        if not self._suspicious or len(left) > 1:
            return
        left[0].tries += 1
        if left[0].tries >= MOST_TRIES:
            self._outbox.drop(left[0])
            log.error("%s: %s never takes a message to %r", self.name, self._server, left[0].topic)

    def _lost(self, error: aiomqtt.MqttError) -> None:
        if not self._reported:
            reason = refusal(error) or error
            log.warning("MQTT bridge %s: %s is not there: %s", self.name, self._server, reason)
        self._reported = True

    def _dropped(self) -> str:
        dropped, self._outbox.dropped = self._outbox.dropped, 0
        return f"; {dropped} messages to it were dropped meanwhile" if dropped else ""

    async def _pause(self, seconds: float) -> None:
        over = asyncio.Event()
        stop = self._clock.call_later(seconds, over.set)
        try:
            await over.wait()
        finally:
            stop()


def _filters(rules: Rules) -> dict[str, int]:
    """Return what to subscribe, so that overlapping rules do not bring a message twice."""
    interest = Interest()
    for rule in rules.incoming:
        interest.add(rule.remote, rule.qos)
    return dict(interest.chosen)
