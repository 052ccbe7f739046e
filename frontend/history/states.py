"""A session's states on a line of time, from its own events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from streaming.models import CONNECTED, ENDED, USABLE, Session, SessionEvent, State

#: What a viewer sees who has been connected before: a new stream is on its way.
RECONNECTING = "reconnecting"
#: Of the line, a stretch takes so many thousandths at least, so that none is unseen.
_LEAST = 4
WIDTH = 1000

_BROKEN = ("disconnected", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A session was in one state from when until when."""

    state: str
    since: datetime
    until: datetime

    @property
    def label(self) -> str | Promise:
        if self.state == RECONNECTING:
            return _("Reconnecting")
        return State(self.state).label

    @property
    def lasted_s(self) -> float:
        return (self.until - self.since).total_seconds()


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stretch with its place on a line that is `WIDTH` long."""

    stretch: Stretch
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment on the line."""

    x: float
    number: int


def stretches_of(session: Session, until: datetime) -> list[Stretch]:
    """Its states in order. What goes on lasts until `until`; what takes no time is left out."""
    told = session.events.filter(type__in=("session.status", "ice.state"))
    end = session.ended_at or until
    return list(_stretches(told.order_by("seq"), end))


def _stretches(events: Iterable[SessionEvent], end: datetime) -> Iterator[Stretch]:
    state, since = "", end
    was_live = False
    for event in events:
        following = _after(state, event, was_live=was_live)
        was_live = was_live or following == State.LIVE
        if following == state:
            continue
        if state and event.at > since:
            yield Stretch(state=state, since=since, until=event.at)
        if following in ENDED:
            return
        state, since = following, event.at
    if state and end > since:
        yield Stretch(state=state, since=since, until=end)


def _after(state: str, event: SessionEvent, *, was_live: bool) -> str:
    """The state that a viewer would name, after one more event."""
    if event.type == "ice.state":
        told = event.data.get("state")
        if state == State.LIVE and told in _BROKEN:
            return RECONNECTING
        return State.LIVE if state == RECONNECTING and told in CONNECTED else state
    to = str(event.data.get("to", ""))
    is_on_its_way = to in (State.OPENING, *USABLE) and to != State.LIVE
    return RECONNECTING if was_live and is_on_its_way else to


def drawn(stretches: list[Stretch]) -> list[Drawn]:
    """The stretches on the line: as long as they lasted, but none too short to see."""
    total_s = sum(stretch.lasted_s for stretch in stretches)
    if not total_s:
        return []
    widths = [max(_LEAST, WIDTH * one.lasted_s / total_s) for one in stretches]
    scale = WIDTH / sum(widths)
    x, places = 0.0, []
    for stretch, width in zip(stretches, widths, strict=True):
        places.append(Drawn(stretch, round(x, 2), round(width * scale, 2)))
        x += width * scale
    return places


def marks(places: list[Drawn], moments: Iterable[tuple[int, datetime]]) -> list[Mark]:
    """Where on the line these numbered moments are."""
    found = []
    for number, at in moments:
        for place in places:
            stretch = place.stretch
            if stretch.since <= at <= stretch.until:
                share = (at - stretch.since).total_seconds() / stretch.lasted_s
                found.append(Mark(round(place.x + share * place.width, 2), number))
                break
    return found
