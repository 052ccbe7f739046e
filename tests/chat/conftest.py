"""A live session at the real engine, a model that does as it is told, and a socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.utils.timezone import now

from chat.routing import websocket_urlpatterns
from personas.models import Persona
from streaming import services
from streaming.models import Account, EndReason, Session, State
from streaming.providers.base import StreamWish
from tests.chat.model_server import ModelServer, model_server
from tests.wire_viewer import WireViewer

WAIT_S = 15.0


@pytest.fixture
async def model(settings: Any) -> AsyncIterator[ModelServer]:
    """A connected language model."""
    async with model_server() as server:
        settings.OPENAI_BASE_URL = server.base_url
        settings.OPENAI_MODEL = "stub"
        settings.OPENAI_TIMEOUT_S = 5.0
        yield server


@dataclass
class Live:
    """A session whose viewer sees and hears the avatar."""

    session: Session
    viewer: WireViewer


@asynccontextmanager
async def live_session(
    owner: User, persona: Persona, *, watches: bool = True
) -> AsyncIterator[Live]:
    opened = await services.open_session(
        owner=owner, persona=persona, wish=StreamWish(quality="low")
    )
    session = opened.session
    async with WireViewer(watches=watches) as viewer:
        answer = await viewer.answer(opened.offer.sdp)
        await services.start_session(session, answer_sdp=answer)
        await viewer.connected()
        yield Live(session, viewer)
        await services.close_session(session, reason=EndReason.VIEWER_CLOSED)


@pytest.fixture
def session(alice: User, anna: Persona, dead_account: Account) -> Session:
    """A session that is live in the database alone: nobody sees or speaks in it."""
    session = Session.objects.reserve(
        dead_account,
        owner=alice,
        persona=anna,
        lease_expires_at=now() + timedelta(seconds=60),
        ends_at=now() + timedelta(seconds=600),
    )
    Session.objects.filter(pk=session.pk).update(state=State.LIVE)
    session.reread()
    return session


@pytest.fixture
async def live(
    transactional_db: None, alice: User, account: Any, anna: Persona
) -> AsyncIterator[Live]:
    async with live_session(alice, anna) as running:
        yield running


@dataclass
class Socket:
    """A browser's end of the session's websocket; keeps every frame that came."""

    wire: WebsocketCommunicator
    frames: list[dict[str, Any]] = field(default_factory=list)

    async def send(self, kind: str, **data: Any) -> None:
        await self.wire.send_json_to({"type": kind, **data})

    async def until(self, kind: str, **data: Any) -> dict[str, Any]:
        """Read on until a frame of this type (and these data) comes; returns its data."""
        async with asyncio.timeout(WAIT_S):
            while True:
                frame = await self.wire.receive_json_from(timeout=WAIT_S)
                self.frames.append(frame)
                if frame["type"] == kind and data.items() <= frame["data"].items():
                    found: dict[str, Any] = frame["data"]
                    return found

    def seen(self, kind: str) -> list[dict[str, Any]]:
        return [frame["data"] for frame in self.frames if frame["type"] == kind]

    def kinds(self) -> list[str]:
        """The types of what came, each once in a row."""
        kinds = [frame["type"] for frame in self.frames]
        return [
            k for k, before in zip(kinds, ["", *kinds], strict=False) if k != before
        ]


Join = Callable[[Session, User], Awaitable[Socket]]


@pytest.fixture
async def join(transactional_db: None) -> AsyncIterator[Join]:
    """Open the session's websocket as somebody; the snapshot has been read."""
    open_sockets: list[Socket] = []

    async def opened(session: Session, user: User) -> Socket:
        router = URLRouter(websocket_urlpatterns)  # type: ignore[arg-type]
        wire = WebsocketCommunicator(router, f"/ws/sessions/{session.pk}/")
        wire.scope["user"] = user  # type: ignore[typeddict-unknown-key]
        connected, _ = await wire.connect(timeout=WAIT_S)
        assert connected
        socket = Socket(wire)
        open_sockets.append(socket)
        await socket.until("snapshot")
        return socket

    yield opened
    for socket in open_sockets:
        await socket.wire.disconnect(timeout=WAIT_S)
