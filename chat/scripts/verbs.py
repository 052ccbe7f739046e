"""What viewers and programs can do with the presentations of a session's persona.

Each returns the status that `script.status` tells as well. All are safe to repeat.
"""

from typing import Any, ClassVar

from asgiref.sync import sync_to_async

from chat import showing
from chat.errors import OnlyReplays
from chat.models import Script, ScriptRun, Segment, Turn
from chat.models.script_run import Why
from chat.scripts.player import start_player
from config.errors import DomainError
from streaming import services
from streaming.errors import WrongState
from streaming.models import Session, State

Status = dict[str, Any]

#: As long as nothing was played.
NOTHING: Status = {
    "script": None,
    "title": "",
    "segment": 0,
    "of": 0,
    "state": "none",
    "why": "",
}


class NoSuchScript(DomainError):
    """The session's persona has no such presentation, or none is played."""

    code: ClassVar[str] = "no_such_script"
    status: ClassVar[int] = 404


class NoSuchSegment(DomainError):
    """The presentation does not have so many segments."""

    code: ClassVar[str] = "no_such_segment"
    status: ClassVar[int] = 400


async def play(session: Session, slug: str, *, segment: int = 1) -> Status:
    """Begin a presentation, behind what the avatar is saying; another one gives way.

    Raises `NoSuchScript`, `NoSuchSegment`, and `WrongState` before the stream has begun.
    """
    if session.state not in (State.CONNECTING, State.LIVE):
        raise WrongState(f"This session is {session.state}; start its stream first.")
    await sync_to_async(session.require_time)()
    if session.is_replay:
        raise OnlyReplays
    script = await sync_to_async(_find)(session, slug, segment)
    if replaced := await _active_run(session):
        await sync_to_async(replaced.stop)(Why.REPLACED)
        await _silence(session, replaced)
    run = await sync_to_async(ScriptRun.objects.begin)(session, script, segment=segment)
    start_player(run, session)
    return run.status()


async def pause(session: Session) -> Status:
    """Silence it in the middle of a sentence; an answer in between is heard out.

    Raises `NoSuchScript` when none is played.
    """
    run = await _require_run(session)
    has_the_floor = run.state == ScriptRun.State.PLAYING
    if await sync_to_async(run.pause)() and has_the_floor:
        await _silence(session, run)
    return run.status()


async def resume(session: Session) -> Status:
    """Go on with the sentence that was cut. Raises `NoSuchScript` when none is played."""
    run = await _require_run(session)
    await sync_to_async(session.require_time)()
    await sync_to_async(run.resume)()
    if run.is_in_motion:
        start_player(run, session)
    return run.status()


async def go_to(session: Session, segment: int) -> Status:
    """Go on at the beginning of a segment, from 1; a pause stays a pause.

    Raises `NoSuchScript`, `NoSuchSegment`.
    """
    run = await _require_run(session)
    _require_segment(segment, run.of)
    was_saying = run.turn_id is not None or run.state == ScriptRun.State.ANSWERING
    await sync_to_async(run.go_to)(segment)
    if was_saying:
        await _silence(session, run)
    if run.is_in_motion:
        start_player(run, session)
    return run.status()


async def stop(session: Session) -> Status:
    """End it, and take away what it shows. Raises `NoSuchScript` when none is played."""
    run = await _require_run(session)
    if await sync_to_async(run.stop)():
        await _silence(session, run)
        await showing.hide_exhibit(session)
    return run.status()


async def status_of(session: Session) -> Status:
    """Of the newest one, active or ended. A sign of life that also mends: see `attend`."""
    await attend(session)
    run = await sync_to_async(ScriptRun.objects.latest_in)(session)
    return run.status() if run else NOTHING


async def attend(session: Session) -> None:
    """Play on what has lost its player, since its process has died or was restarted."""
    orphaned = ScriptRun.objects.orphaned().filter(session=session)
    async for run in orphaned:
        start_player(run, session)


async def note_question(session: Session) -> None:
    """Somebody asks; what they have silenced for that goes on after the answer."""
    run = await _active_run(session)
    if run is not None and await sync_to_async(run.note_question)():
        start_player(run, session)


def listed_scripts(persona_id: int | None) -> list[Script]:
    """The presentations of a persona that have something to say."""
    spoken = Segment.objects.filter(script__persona=persona_id)
    found = Script.objects.filter(pk__in=spoken.values("script"))
    return list(found.select_related("persona").prefetch_related("segments"))


def script_info(script: Script) -> dict[str, Any]:
    """One row of GET persona/scripts."""
    return {
        "script": script.slug,
        "title": script.title,
        "segments": len(script.segments.all()),
        "estimated_s": round(script.estimated_s()),
        "resumes_by_itself": script.resumes_by_itself,
    }


# How -------------------------------------------------------------------------------------


def _find(session: Session, slug: str, segment: int) -> Script:
    script = Script.objects.filter(persona=session.persona_id, slug=slug).first()
    if script is None or not script.segments.exists():
        raise NoSuchScript(f"script: there is no presentation {slug!r} to play.")
    _require_segment(segment, script.segments.count())
    return script


def _require_segment(segment: int, of: int) -> None:
    if not 1 <= segment <= of:
        raise NoSuchSegment(f"segment: must be a number from 1 to {of}.")


async def _active_run(session: Session) -> ScriptRun | None:
    active = ScriptRun.objects.active().filter(session=session)
    return await active.afirst()


async def _require_run(session: Session) -> ScriptRun:
    run = await _active_run(session)
    if run is None:
        raise NoSuchScript("No presentation is being played in this session.")
    return run


async def _silence(session: Session, run: ScriptRun) -> None:
    """What is being said of it, or in its stead, gives way."""
    if await sync_to_async(_is_speaking)(session):
        await services.interrupt(session)
    await sync_to_async(run.refresh_from_db)()


def _is_speaking(session: Session) -> bool:
    is_open = Turn.objects.open().filter(session=session).exists()
    return is_open or Turn.objects.speaking(session).exists()
