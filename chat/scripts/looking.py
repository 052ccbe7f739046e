"""What the player of a presentation does next, read from the database alone.

So it does not matter who has said, heard, paused or silenced something, in which process,
or whether the news of it came through: whoever looks, sees it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.timezone import now

from chat.models import Piece, ScriptRun, Turn
from chat.models.script_run import RunState, Why
from streaming.models import Session, SessionEvent, State

#: News may get lost, so it looks by itself at least so often.
LOOK_EVERY_S = 1.0
#: A browser that reports what it hears has so long, beyond the reckoned end, to do so.
REPORT_GRACE_S = 2.0
#: Without such a browser the sound is on its way to the viewer for so long at most.
SOUND_S = 0.3


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do for so long, unless there is news."""

    for_s: float


class Begin:
    """The next words are due."""


class Leave:
    """It does not move any more, or somebody else plays it."""


Next = Wait | Begin | Leave


def look(run: ScriptRun, player: str, *, feeds: int | None) -> Next:
    """Note in the run what has happened, and tell its player what to do.

    `feeds` is the number of the turn that this player is handing over, if any.
    """
    run.refresh_from_db()
    if not run.is_in_motion or run.player != player:
        return Leave()
    session = run.session
    if blocked := _blocked(run, session):
        return blocked
    newest = Turn.objects.filter(session=session).order_by("-number").first()
    if newest is not None and _is_theirs(run, newest):
        return _after_others(run, newest)
    if run.state == RunState.ANSWERING:  # and nothing is left of what was said
        run.pause(Why.ANSWERED)
        return Leave()
    if run.turn is not None:
        return _after_ours(run, run.turn, feeds)
    if newest is not None and (wait := _until_over(session, newest)):
        return wait
    if run.due_at is not None and run.due_at > now():
        return _wait_until(run.due_at)
    return Begin()


def _is_theirs(run: ScriptRun, newest: Turn) -> bool:
    """Turns may also have been deleted: then the newest one there is must do."""
    return newest.number > run.seen_turn or run.state == RunState.ANSWERING


def _blocked(run: ScriptRun, session: Session) -> Next | None:
    """What keeps the session's avatar from speaking, if anything does."""
    if session.farewell_at is not None:
        run.stop(Why.TIME_IS_UP)
        return Leave()
    if session.state == State.OPENING:  # its viewer is back, and gets a new stream
        run.rest()
        return Wait(LOOK_EVERY_S)
    if not session.is_usable:
        run.stop(Why.SESSION_ENDED)
        return Leave()
    if session.has_socket and session.state != State.LIVE:
        return Wait(LOOK_EVERY_S)
    return None


def _after_others(run: ScriptRun, newest: Turn) -> Next:
    """Somebody else has the floor until what they began is heard out."""
    if run.state == RunState.PLAYING:
        run.note_other()
    if wait := _until_over(run.session, newest):
        return wait
    run.note_answered(newest)
    return Wait(0.0)


def _after_ours(run: ScriptRun, turn: Turn, feeds: int | None) -> Next:
    if turn.ended_at is None:
        if feeds == turn.number:
            return Wait(LOOK_EVERY_S)
        run.adopt()
        return Wait(0.0)
    if turn.failed or turn.interrupted:
        run.pause(Why.FAILED if turn.failed else Why.INTERRUPTED)
        return Leave()
    if wait := _until_over(run.session, turn):
        return wait
    run.note_heard()
    return Wait(0.0)


# Heard out -------------------------------------------------------------------------------


def _until_over(session: Session, turn: Turn) -> Wait | None:
    """How long to wait for the end of `turn` and of all before it; None once it is over.

    It is over when the viewer's browser has told so, or else at the end that is reckoned
    from what the avatar has said about its length.
    """
    if turn.ended_at is None:
        return Wait(LOOK_EVERY_S)
    pieces = Piece.objects.of_session(session).filter(heard_chars=None)
    last = pieces.order_by("-begins_at").first()
    if last is None or _is_told(session, "stop", last):
        return None
    has_ears = SessionEvent.objects.filter(
        session=session, type="avatar.start_talking"
    ).exists()
    margin_s = REPORT_GRACE_S if has_ears or session.has_socket else SOUND_S
    left_s = (last.ends_at - now()).total_seconds() + margin_s
    return Wait(min(left_s, LOOK_EVERY_S)) if left_s > 0 else None


def _is_told(session: Session, state: str, piece: Piece) -> bool:
    told = SessionEvent.objects.filter(
        session=session,
        type=f"avatar.{state}_talking",
        at__gte=piece.turn.created_at,
        data__task_id=piece.task_id,
    )
    return bool(piece.task_id) and told.exists()


def _wait_until(at: datetime) -> Wait:
    return Wait(min((at - now()).total_seconds(), LOOK_EVERY_S))
