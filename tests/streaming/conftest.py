"""What tests of sessions share."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User

from config.asgi import application
from tests.sockets import cookie_of

Connect = Callable[..., Any]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Open a websocket as a user's browser; all are closed at the end."""
    sockets: list[WebsocketCommunicator] = []

    async def open_socket(
        session_id: Any,
        user: User | None,
        *,
        origin: bytes | None = b"http://localhost",
        query: str = "",
    ) -> WebsocketCommunicator | None:
        headers = [(b"host", b"localhost")]
        if origin is not None:
            headers.append((b"origin", origin))
        if user:
            headers.append((b"cookie", await sync_to_async(cookie_of)(user)))
        socket = WebsocketCommunicator(
            application, f"/ws/sessions/{session_id}/{query}", headers
        )
        sockets.append(socket)
        accepted, _ = await socket.connect(timeout=5)
        return socket if accepted else None

    yield open_socket
    for socket in sockets:
        await socket.disconnect()
