"""Moving the line on, and telling those in it where they stand."""

from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from streaming import queueing
from streaming.errors import WrongState
from streaming.models import Session
from streaming.publishing import send_message
from streaming.queueing import Place

#: The channel layer's group of everybody who waits.
LINE_GROUP = "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A session in `waiting`, and where it stands."""

    session: Session
    place: Place


async def move_line() -> None:
    """Offer the seats that are free to those in front, and tell everybody in line.

    Called after whatever may have changed the line or the seats; safe to repeat.
    """
    if not await sync_to_async(queueing.advance)(now()):
        return
    places = await sync_to_async(queueing.places)(now())
    told = {str(pk): place.as_dict() for pk, place in places.items()}
    await send_message(LINE_GROUP, {"type": "line.moved", "places": told})


async def ticket_for(session: Session) -> Ticket:
    """Where a waiting session stands. Raises `WrongState` when it no longer waits."""
    place = await sync_to_async(queueing.place_of)(session, now())
    if place is None:
        await sync_to_async(session.reread)()
        raise WrongState(f"This session is {session.state}; it no longer waits.")
    return Ticket(session=session, place=place)
