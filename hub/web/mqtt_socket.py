"""MQTT over WebSocket (MQTT 3.1.1, 6) on the port of the pages: `/mqtt`, for clients that run in browsers."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.mqtt import EmbeddedDoor
from hub.web.gate import CALLER
from hub.web.need import PUBLIC, socket
from hub.web.parts import Parts

SUBPROTOCOL = "mqtt"
LISTENER = "web"
HIGH, LOW = 64 * 1024, 16 * 1024
UNSUPPORTED = 1003


class MqttSocketApi:
    """Open to everybody: MQTT has a log-in of its own."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @socket("/mqtt", PUBLIC)
    async def mqtt(self, websocket: WebSocket) -> None:
        door = self._parts.door()
        if SUBPROTOCOL not in websocket.scope["subprotocols"] or not isinstance(door, EmbeddedDoor):
            await websocket.close(1008)
            return
        address = websocket.scope[CALLER].address
        guest = door.broker.guest(LISTENER)
        if not guest.admit(address):
            await websocket.close(1013)
            return
        await websocket.accept(subprotocol=SUBPROTOCOL)
        transport = SocketTransport(websocket, guest, address)
        await transport.carry()


class SocketTransport(asyncio.Transport):
    """A transport for the server's protocol, over the frames of a WebSocket."""

    def __init__(self, websocket: WebSocket, protocol: asyncio.Protocol, address: str) -> None:
        super().__init__()
        self._socket = websocket
        self._protocol = protocol
        self._address = address
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._something = asyncio.Event()
        self._reading = asyncio.Event()
        self._reading.set()
        self._closing = self._paused = False
        self._tasks: list[asyncio.Task[None]] = []

    async def carry(self) -> None:
        """Carry bytes both ways until one side has enough."""
        self._protocol.connection_made(self)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._hear()), loop.create_task(self._say())]
        try:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._closing = True
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._protocol.connection_lost(None)
        try:
            await self._socket.close()
        except (RuntimeError, WebSocketDisconnect):  # it is closed already
            pass

    async def _hear(self) -> None:
        while True:
            await self._reading.wait()
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect" or self._closing:
                return
            data = message.get("bytes")
            if data is None:  # only binary frames carry MQTT (6.0.0-1)
                await self._socket.close(UNSUPPORTED)
                return
            # What came while reading was paused waits here, and not with the protocol.
            await self._reading.wait()
            self._protocol.data_received(data)

    async def _say(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                data = b"".join(self._waiting)
                self._waiting.clear()
                try:
                    await self._socket.send_bytes(data)
                except (RuntimeError, WebSocketDisconnect):
                    return
                self._size -= len(data)
                if self._paused and self._size <= LOW:
                    self._paused = False
                    self._protocol.resume_writing()
            if self._closing:
                return

    # What the protocol sees.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._closing or not data:
            return
        self._waiting.append(bytes(data))
        self._size += len(data)
        self._something.set()
        if not self._paused and self._size > HIGH:
            self._paused = True
            self._protocol.pause_writing()

    def close(self) -> None:
        """Send what waits, then close."""
        self._closing = True
        self._something.set()

    def abort(self) -> None:
        self._closing = True
        self._waiting.clear()
        self._something.set()
        for task in self._tasks:
            task.cancel()

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return self._reading.is_set()

    def pause_reading(self) -> None:
        self._reading.clear()

    def resume_reading(self) -> None:
        self._reading.set()

    def get_write_buffer_size(self) -> int:
        return self._size

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return (self._address, 0) if name == "peername" else default
