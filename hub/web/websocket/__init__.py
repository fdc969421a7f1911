"""Home Assistant's WebSocket, close enough that its small clients work: `/api/websocket`."""
