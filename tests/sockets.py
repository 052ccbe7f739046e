"""Websockets of the whole ASGI application, as a user's browser has them."""

from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client


def cookie_of(user: User) -> bytes:
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()


async def told(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    """The next frame of a kind; others on the way are passed over."""
    while True:
        frame: dict[str, Any] = await socket.receive_json_from(timeout=5)
        if frame["type"] == kind:
            return frame


async def beat(socket: WebsocketCommunicator) -> None:
    """Send a heartbeat, and return when it has been heard."""
    await socket.send_json_to({"type": "heartbeat"})
    await socket.send_json_to({"type": "nonsense"})
    await told(socket, "error")  # frames are handled in order
