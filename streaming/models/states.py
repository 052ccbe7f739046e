"""The states of a session, and why one ends: closed lists that clients may rely on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a session is in its life; see the drawing in `Session`."""

    WAITING = "waiting", _("Waiting")  #: in the queue, holds no seat
    OPENING = "opening", _("Opening")  #: holds a seat; upstream is being asked
    READY = "ready", _("Ready")  #: the offer has come
    CONNECTING = "connecting", _("Connecting")  #: the answer was sent; ICE is under way
    LIVE = "live", _("Live")  #: media flows
    CLOSING = (
        "closing",
        _("Closing"),
    )  #: upstream is being told to stop; it still counts the seat
    CLOSED = "closed", _("Closed")  #: ended as it should
    FAILED = "failed", _("Failed")  #: ended because something went wrong


class Kind(models.TextChoices):
    """What a session is for."""

    TALK = "talk", _("Talk")
    #: An earlier session is said again: nothing is asked, answered or kept.
    REPLAY = "replay", _("Replay")


class EndReason(models.TextChoices):
    """Why a session ended. The list is closed; clients may rely on it."""

    VIEWER_CLOSED = "viewer_closed", _("the viewer closed it")
    VIEWER_LEFT = "viewer_left", _("the viewer left the page")
    VIEWER_LOST = "viewer_lost", _("the viewer vanished")
    ICE_FAILED = "ice_failed", _("the media connection failed")
    IDLE = "idle", _("nothing was said for too long")
    MAX_AGE = "max_age", _("its time was up")
    QUOTA = "quota", _("the time allowance was used up")
    OFFER_MISSED = "offer_missed", _("the offered seat was not taken in time")
    PERSONA_ENDED = "persona_ended", _("the persona ended the conversation")
    STAFF_STOPPED = "staff_stopped", _("staff stopped it")
    UPSTREAM_ENDED = "upstream_ended", _("the avatar service ended it")
    UPSTREAM_REFUSED = "upstream_refused", _("the avatar service refused it")


SEATED = (State.OPENING, State.READY, State.CONNECTING, State.LIVE, State.CLOSING)
OPEN = (State.WAITING, *SEATED)
USABLE = (State.READY, State.CONNECTING, State.LIVE)
ENDED = (State.CLOSED, State.FAILED)
#: The ICE states in which media flows.
CONNECTED = ("connected", "completed")
#: Those in which it no longer does.
DISCONNECTED = ("disconnected", "failed", "closed")
FAILURES = (EndReason.ICE_FAILED, EndReason.UPSTREAM_ENDED, EndReason.UPSTREAM_REFUSED)
