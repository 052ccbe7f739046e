"""The line: who waits for a seat, in which order, how long yet, and whose turn it is.

A session in `waiting` is a ticket; its place is by `place_at`. As many tickets as there are
free seats, counted from the front, hold an offer of `QUEUE_OFFER_S` seconds. A newcomer who
meets a line joins it, so a free seat always belongs to those in front. Nothing here is a
lock: taking a seat asks again (`Session.objects.reserve`), and the database decides.
"""

import heapq
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F

from personas.models import Persona
from streaming.errors import IllegalTransition, NoSeat
from streaming.models import SEATED, EndReason, Kind, Session, State

#: Nobody waits for longer, however alive their page is.
_LONGEST_WAIT = timedelta(days=1)
#: Estimates are made from the lengths of so many sessions that ended last.
_RECENT = 20
#: A session that is longer than most still takes so much of their length, at a guess.
_LEAST_REST = 0.25
_JOINING_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a ticket stands; position 1 is the first."""

    position: int
    waiting: int
    #: None where no seat is in use or free, so that nothing can be said.
    estimated_wait_s: int | None
    offered_until: datetime | None

    def as_dict(self) -> dict[str, Any]:
        until = self.offered_until
        return {
            "position": self.position,
            "waiting": self.waiting,
            "estimated_wait_s": self.estimated_wait_s,
            "offered_until": until.isoformat() if until else None,
        }


# Coming and going -------------------------------------------------------------------------


def join(
    owner: User,
    *,
    at: datetime,
    lease_s: float,
    ticket: Session | None = None,
    **fields: Any,
) -> Session:
    """A ticket for `owner`: `ticket` if it still waits, or a new one, or, when they have all
    they may, their newest.

    `fields` are those of the session, which an existing ticket takes over; it keeps its
    place. A new one's place is by `place_at`, if given, else behind everybody. Raises
    `PersonaNotFound` when the persona has just been archived or deleted.
    """
    if ticket and (kept := _take_over(ticket, at, lease_s, fields)):
        return kept
    for _ in range(_JOINING_TRIES):
        for number in range(1, settings.QUEUE_TICKETS_PER_USER + 1):
            if ticket := _take_ticket(owner, number, at, lease_s, fields):
                return ticket
        newest = Session.objects.in_line().filter(owner=owner).last()
        if newest and (kept := _take_over(newest, at, lease_s, fields)):
            return kept
    raise NoSeat("The line moves too fast to join it; try again.")


def ticket_of(owner: User) -> Session | None:
    """The one ticket of somebody who may have one only."""
    if settings.QUEUE_TICKETS_PER_USER > 1:
        return None
    return Session.objects.in_line().filter(owner=owner).first()


def _take_ticket(
    owner: User, number: int, at: datetime, lease_s: float, fields: dict[str, Any]
) -> Session | None:
    given = {"place_at": at} | fields
    try:
        with transaction.atomic():
            _hold_persona(fields)
            ticket = Session.objects.create(
                owner=owner,
                ticket_number=number,
                state=State.WAITING,
                lease_expires_at=at + timedelta(seconds=lease_s),
                ends_at=at + _LONGEST_WAIT,
                **given,
            )
            ticket.record_status("", State.WAITING, "")
    except IntegrityError as exc:
        if "ticket" not in str(exc):
            raise
        return None
    return ticket


def _take_over(
    ticket: Session, at: datetime, lease_s: float, fields: dict[str, Any]
) -> Session | None:
    wished = {name: value for name, value in fields.items() if name != "place_at"}
    mine = Session.objects.in_line().filter(pk=ticket.pk)
    with transaction.atomic():
        _hold_persona(fields)
        if not mine.update(**wished):
            return None
    ticket.renew_lease(lease_s)
    return Session.objects.get(pk=ticket.pk)


def _hold_persona(fields: dict[str, Any]) -> None:
    """Nobody waits for somebody who is gone; a replay may be of who is archived."""
    persona: Persona | None = fields.get("persona")
    if persona is not None:
        persona.hold(archived_too=fields.get("kind") == Kind.REPLAY)


def move(ticket: Session, position: int) -> bool:
    """Put a ticket at `position`, from 1; for staff. Whether it still waited."""
    line = Session.objects.in_line().exclude(pk=ticket.pk)
    others = [at for at in line.values_list("place_at", flat=True) if at is not None]
    index = max(0, min(position - 1, len(others)))
    second = timedelta(seconds=1)
    if not others:
        return bool(Session.objects.in_line().filter(pk=ticket.pk).exists())
    if index == 0:
        place_at = others[0] - second
    elif index == len(others):
        place_at = others[-1] + second
    else:
        place_at = others[index - 1] + (others[index] - others[index - 1]) / 2
    mine = Session.objects.in_line().filter(pk=ticket.pk)
    return bool(mine.update(place_at=place_at))


# Whose turn it is -------------------------------------------------------------------------


def advance(at: datetime) -> bool:
    """End missed offers, make those that are due, withdraw those without a seat.

    Whether anybody waits. Two at once do the same, which is harmless.
    """
    line = list(Session.objects.in_line())
    if not line:
        return False
    kept = [ticket for ticket in line if not _has_missed(ticket, at)]
    free = Session.objects.free_seats(at)
    until = at + timedelta(seconds=settings.QUEUE_OFFER_S)
    for nth, ticket in enumerate(kept):
        if nth < free and ticket.offered_until is None:
            _offer(ticket, until)
        elif nth >= free and ticket.offered_until is not None:
            _offer(ticket, None)
    return True


def _has_missed(ticket: Session, at: datetime) -> bool:
    if ticket.offered_until is None or ticket.offered_until >= at:
        return False
    with suppress(IllegalTransition):  # taken, or left, this very moment
        ticket.leave_line(EndReason.OFFER_MISSED)
    return True


def _offer(ticket: Session, until: datetime | None) -> None:
    as_seen = Session.objects.in_line().filter(
        pk=ticket.pk, offered_until=ticket.offered_until
    )
    as_seen.update(offered_until=until)


# How long yet -----------------------------------------------------------------------------


def places(at: datetime) -> dict[uuid.UUID, Place]:
    """The place of everybody in line."""
    line = list(Session.objects.in_line().only("pk", "offered_until"))
    waits_s = _waits_s(len(line), at) if line else []
    return {
        ticket.pk: Place(
            position=nth,
            waiting=len(line),
            estimated_wait_s=waits_s[nth - 1] if waits_s else None,
            offered_until=ticket.offered_until,
        )
        for nth, ticket in enumerate(line, start=1)
    }


def place_of(ticket: Session, at: datetime) -> Place | None:
    """The place of one; None when it is no longer in line."""
    return places(at).get(ticket.pk)


def _waits_s(count: int, at: datetime) -> list[int]:
    length_s = _usual_length_s()
    free = [0.0] * Session.objects.free_seats(at)
    taken = Session.objects.filter(state__in=SEATED, seated_at__isnull=False)
    rests = [
        _rest_s(
            (at - seated_at).total_seconds(), (ends_at - at).total_seconds(), length_s
        )
        for seated_at, ends_at in taken.values_list("seated_at", "ends_at")
        if seated_at is not None
    ]
    return estimated_waits_s(count, rests_s=free + rests, length_s=length_s)


def _rest_s(age_s: float, left_s: float, length_s: float) -> float:
    """How long a session goes on, at a guess: like most, but never past its end."""
    return max(0.0, min(left_s, max(length_s - age_s, length_s * _LEAST_REST)))


def _usual_length_s() -> float:
    """The mean length of recent sessions; half of the longest while there are none."""
    ended = Session.objects.filter(opened_at__isnull=False, ended_at__isnull=False)
    recent = ended.order_by("-ended_at").annotate(took=F("ended_at") - F("seated_at"))
    lengths = [
        took.total_seconds() for took in recent.values_list("took", flat=True)[:_RECENT]
    ]
    if not lengths:
        return float(settings.SESSION_MAX_S / 2)
    return float(sum(lengths) / len(lengths))


def estimated_waits_s(
    count: int, *, rests_s: Sequence[float], length_s: float
) -> list[int]:
    """When each of the first `count` in line gets a seat, in seconds from now.

    `rests_s` has one entry for each seat: how long it is taken yet. Empty without seats.
    """
    seats = sorted(rests_s)
    waits: list[int] = []
    for _ in range(count if seats else 0):
        free_in_s = heapq.heappop(seats)
        waits.append(round(free_in_s))
        heapq.heappush(seats, free_in_s + length_s)
    return waits
