"""Numbered events and passing words of a session, from async code."""

from typing import Any

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from streaming.models import Session, SessionEvent
from streaming.publishing import send_frame


async def record(session: Session, kind: str, data: dict[str, Any]) -> SessionEvent:
    """Store and number an event, and publish it after the commit."""
    return await sync_to_async(session.record)(kind, data)


async def publish(session: Session, kind: str, data: dict[str, Any]) -> None:
    """Publish what is not worth keeping: no number, nothing stored, lost when missed."""
    frame = {"type": kind, "seq": None, "at": now().isoformat(), "data": data}
    await send_frame(session.group, frame)
