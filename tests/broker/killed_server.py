"""A server in a process of its own, for tests that kill it: python killed_server.py DATABASE."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from hub.broker import AllowAll, Broker, Limits, Listener, SqliteStore

LIMITS = Limits(
    messages_per_second=None, queue_messages=1_000_000, queue_bytes=1 << 30, flapping_connects=1_000_000
)


async def main() -> None:
    broker = Broker(AllowAll(), LIMITS, store=SqliteStore(Path(sys.argv[1])))
    door = await broker.listen(Listener(port=0))
    print(door.port, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
