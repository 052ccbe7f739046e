"""The documented session endpoints: read, do, show."""

import uuid
from dataclasses import asdict
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.http import require_POST
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import ApiView, caller
from personas.models import Persona, PersonaNotFound
from streaming import limits, services
from streaming.errors import SessionNotFound, WrongState
from streaming.models import EndReason, Session, State
from streaming.providers.base import StreamWish
from streaming.serializers import (
    CreateIn,
    IceIn,
    ResumeIn,
    SessionIn,
    StartIn,
    SwapIn,
    created_session,
    listed_session,
    ticket_info,
)
from streaming.services import Opened, Ticket


def done(message: str, data: Any = None, *, status: int = 200) -> Response:
    """The documented success body."""
    body = {"success": True, "message": message, "data": data or {}}
    return Response(body, status=status)


class SessionView(ApiView):
    """Base of the calls that act on an open session of the caller's."""

    def open_session(self, request: Request, asked: SessionIn) -> Session:
        asked.is_valid(raise_exception=True)
        session_id = asked.validated_data["session_id"]
        return async_to_sync(services.session_for_call)(session_id, caller(request))


class InitView(ApiView):
    def post(self, request: Request) -> Response:
        persona = Persona.objects.current_for(request.user)
        return done("Bot initialized successfully", {"text": persona.welcome()})


class CreateView(ApiView):
    def post(self, request: Request) -> Response:
        asked = CreateIn(data=request.data)
        asked.is_valid(raise_exception=True)
        replayed = _replayed(request, asked)
        persona, wish = _sought(request, asked, replayed)

        waits = asked.validated_data["wait"]
        verb = services.open_or_wait if waits else services.open_session
        outcome: Opened | Ticket = async_to_sync(verb)(
            owner=caller(request),
            persona=persona,
            wish=wish,
            continues=continued(request, asked),
            speaks_draft=asked.validated_data["draft"],
            replays=replayed,
        )

        return opened_or_waiting(outcome)


def opened_or_waiting(outcome: Opened | Ticket) -> Response:
    """200 with an offer, or 202 with a place in line."""
    if isinstance(outcome, Opened):
        shown = created_session(outcome.session, outcome.offer)
        return done("Session created successfully", shown)
    message = f"All seats are taken. You are number {outcome.place.position} in line."
    if outcome.place.offered_until:
        message = "A seat is free for you: claim it."
    return done(message, ticket_info(outcome), status=202)


def continued(request: Request, asked: CreateIn) -> Session | None:
    """The ended session of the caller's whose conversation shall go on, if they named one."""
    session_id = asked.validated_data.get("continues")
    if session_id is None:
        return None
    try:
        old = async_to_sync(services.own_session)(session_id, caller(request))
    except SessionNotFound as exc:
        raise SessionNotFound(f"continues: you have no session {session_id}.") from exc
    if old.is_open and old.state != State.CLOSING:
        raise WrongState("continues: this session is still open; resume it instead.")
    return old


def _sought(
    request: Request, asked: CreateIn, replayed: Session | None
) -> tuple[Persona | None, StreamWish]:
    if replayed:
        return replayed.persona, asked.wish_to_replay(replayed)
    slug = asked.validated_data.get("persona")
    find = _drafted if asked.validated_data["draft"] else _persona
    persona = find(request, slug)
    return persona, asked.wish_for(persona)


def _replayed(request: Request, asked: CreateIn) -> Session | None:
    """One of the caller's own, also where its persona is no longer open to them: they were
    told these words."""
    session_id = asked.validated_data.get("replays")
    if session_id is None:
        return None
    try:
        old = async_to_sync(services.own_session)(session_id, caller(request))
    except SessionNotFound as exc:
        raise SessionNotFound(f"replays: you have no session {session_id}.") from exc
    if old.is_replay or old.removed_at:
        raise WrongState("replays: this session has no words of its own.")
    return old


def _persona(request: Request, slug: str | None) -> Persona:
    if slug is None:
        return Persona.objects.current_for(request.user)
    found = Persona.objects.open_to(request.user).filter(slug=slug).first()
    if found is None:
        raise PersonaNotFound(f"persona: there is no persona {slug!r}.")
    return found


def _drafted(request: Request, slug: str | None) -> Persona:
    """A persona as its draft has it, for one of its editors."""
    editable = Persona.objects.editable_by(request.user).current()
    found = editable.select_related("draft").filter(slug=slug or "").first()
    if found is None:
        raise PersonaNotFound("persona: there is no such persona that you may edit.")
    return found.as_drafted()


class OwnSessionView(ApiView):
    """Base of the calls by which somebody sits down in a session of their own."""

    def own_session(self, request: Request, asked: SessionIn | None = None) -> Session:
        asked = asked or SessionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        session_id = asked.validated_data["session_id"]
        return async_to_sync(services.own_session)(session_id, caller(request))


class ClaimView(OwnSessionView):
    def post(self, request: Request) -> Response:
        """Take the offered seat; while there is none, a sign of life of who waits."""
        session = self.own_session(request)
        return opened_or_waiting(async_to_sync(services.claim)(session))


class ResumeView(OwnSessionView):
    def post(self, request: Request) -> Response:
        """A new offer for an open session: its media was lost, or is wanted otherwise."""
        asked = ResumeIn(data=request.data)
        session = self.own_session(request, asked)

        opened = async_to_sync(services.resume_session)(
            session, quality=asked.validated_data["quality"]
        )

        shown = created_session(opened.session, opened.offer)
        return done("Session resumed successfully", shown)


class SwapView(OwnSessionView):
    def post(self, request: Request) -> Response:
        """Another persona in the same session: an offer of their stream."""
        asked = SwapIn(data=request.data)
        session = self.own_session(request, asked)
        wish = asked.validated_data
        persona = _persona(request, wish["persona"])

        opened = async_to_sync(services.swap_persona)(
            session,
            persona,
            avatar_name=wish["avatar_name"],
            voice_id=wish["voice_id"],
            quality=wish["quality"],
        )

        shown = created_session(opened.session, opened.offer)
        return done(f"{persona.name} takes the stage", shown)


class StartView(SessionView):
    def post(self, request: Request) -> Response:
        asked = StartIn(data=request.data)
        session = self.open_session(request, asked)

        async_to_sync(services.start_session)(
            session, answer_sdp=asked.validated_data["sdp"]
        )

        return done("Session started successfully", {"status": session.state})


class IceView(SessionView):
    def post(self, request: Request) -> Response:
        asked = IceIn(data=request.data)
        session = self.open_session(request, asked)

        async_to_sync(services.trickle)(session, candidate=asked.as_candidate())

        return done("ICE candidate handled successfully")


class StopView(ApiView):
    def post(self, request: Request) -> Response:
        """Stop a session. Stopping one that has ended is not an error."""
        asked = SessionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        session = async_to_sync(services.find_session)(
            asked.validated_data["session_id"], caller(request)
        )

        reason = ending_by(request.user, session)
        async_to_sync(services.close_session)(session, reason=reason)

        session.reread()
        data = {"status": session.state, "end_reason": session.end_reason}
        return done("Session stopped successfully", data)


def ending_by(user: Any, session: Session) -> EndReason:
    """Whose doing it is when `user` stops `session`."""
    own = session.owner_id == user.pk
    return EndReason.VIEWER_CLOSED if own else EndReason.STAFF_STOPPED


class InterruptView(SessionView):
    def post(self, request: Request) -> Response:
        session = self.open_session(request, SessionIn(data=request.data))
        async_to_sync(services.interrupt)(session)
        return done("Speech interrupted successfully")


class KeepAliveView(SessionView):
    def post(self, request: Request) -> Response:
        """For its own viewer alone: staff who look on are no reason for it to go on."""
        session = self.open_session(request, SessionIn(data=request.data))
        if session.owner_id != caller(request).pk:
            raise SessionNotFound(f"session_id: you have no session {session.pk}.")
        async_to_sync(services.keep_alive)(session)
        return done("Session kept alive successfully")


class SessionsView(ApiView):
    def get(self, request: Request) -> Response:
        """The caller's own open sessions; with ?all=true the last hundred, ended or not."""
        own = Session.objects.filter(owner=caller(request)).select_related("persona")
        if request.query_params.get("all") != "true":
            own = own.open()
        rows = [listed_session(session) for session in own[:100]]
        return done("Sessions listed successfully", {"sessions": rows})


class UsageView(ApiView):
    def get(self, request: Request) -> Response:
        """What the caller has used today and this month, and how much they may."""
        usage = limits.usage_of(caller(request), now())
        return done("Usage listed successfully", usage)


class AvatarsView(ApiView):
    def get(self, request: Request) -> Response:
        found = async_to_sync(services.avatars)()
        rows = [asdict(avatar) for avatar in found]
        return done("Avatars listed successfully", {"avatars": rows})


class VoicesView(ApiView):
    def get(self, request: Request) -> Response:
        found = async_to_sync(services.voices)()
        rows = [asdict(voice) for voice in found]
        return done("Voices listed successfully", {"voices": rows})


@require_POST
@login_required
def leave(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """The page-hide beacon: the viewer's page is going away, or is loaded anew.

    So the session has only the grace of a lost socket left, in which a reloaded page may
    resume it. A beacon carries the cookie and a form, so Django's own CSRF check protects it. Somebody
    who only watches (staff, in a second window) does not end anything by leaving.
    """
    try:
        session = async_to_sync(services.find_session)(session_id, request.user)  # type: ignore[arg-type]
    except SessionNotFound:
        return HttpResponse(status=404)
    if session.owner_id == request.user.pk:
        async_to_sync(services.lose_viewer)(session, settings.LEASE_GRACE_S)
    return HttpResponse(status=204)
