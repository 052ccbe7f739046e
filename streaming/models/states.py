"""The states of a session, and why one ends: closed lists that clients may rely on."""

from django.db import models


class State(models.TextChoices):
    """Where a session is in its life; see the drawing in `Session`."""

    WAITING = "waiting"  #: in the queue, holds no seat
    OPENING = "opening"  #: holds a seat; upstream is being asked
    READY = "ready"  #: the offer has come
    CONNECTING = "connecting"  #: the answer was sent; ICE is under way
    LIVE = "live"  #: media flows
    CLOSING = "closing"  #: upstream is being told to stop; it still counts the seat
    CLOSED = "closed"  #: ended as it should
    FAILED = "failed"  #: ended because something went wrong


class EndReason(models.TextChoices):
    """Why a session ended. The list is closed; clients may rely on it."""

    VIEWER_CLOSED = "viewer_closed", "the viewer closed it"
    VIEWER_LEFT = "viewer_left", "the viewer left the page"
    VIEWER_LOST = "viewer_lost", "the viewer vanished"
    ICE_FAILED = "ice_failed", "the media connection failed"
    IDLE = "idle", "nothing was said for too long"
    MAX_AGE = "max_age", "its time was up"
    QUOTA = "quota", "the time allowance was used up"
    OFFER_MISSED = "offer_missed", "the offered seat was not taken in time"
    PERSONA_ENDED = "persona_ended", "the persona ended the conversation"
    STAFF_STOPPED = "staff_stopped", "staff stopped it"
    UPSTREAM_ENDED = "upstream_ended", "the avatar service ended it"
    UPSTREAM_REFUSED = "upstream_refused", "the avatar service refused it"


SEATED = (State.OPENING, State.READY, State.CONNECTING, State.LIVE, State.CLOSING)
OPEN = (State.WAITING, *SEATED)
USABLE = (State.READY, State.CONNECTING, State.LIVE)
ENDED = (State.CLOSED, State.FAILED)
#: The ICE states in which media flows.
CONNECTED = ("connected", "completed")
#: Those in which it no longer does.
DISCONNECTED = ("disconnected", "failed", "closed")
FAILURES = (EndReason.ICE_FAILED, EndReason.UPSTREAM_ENDED, EndReason.UPSTREAM_REFUSED)
