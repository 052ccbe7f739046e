"""Presentations and exhibits over REST: read, do, show."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import async_to_sync
from rest_framework.request import Request
from rest_framework.response import Response

from chat import showing
from chat.errors import NotTheViewer
from chat.scripts import verbs
from chat.scripts.serializers import GoToIn, PlayIn, ShowIn
from config.api import ApiView, caller
from personas.models import Exhibit, Persona, PersonaNotFound
from streaming import services
from streaming.models import Session
from streaming.serializers import SessionIn
from streaming.views import done


class ScriptsView(ApiView):
    def get(self, request: Request) -> Response:
        """What a persona can present: `?persona=slug`, or the caller's current one."""
        rows = [
            verbs.script_info(script)
            for script in verbs.listed_scripts(_persona(request).pk)
        ]
        return done("Scripts listed successfully", {"scripts": rows})


class ExhibitsView(ApiView):
    def get(self, request: Request) -> Response:
        """What a persona can show: `?persona=slug`, or the caller's current one."""
        persona = _persona(request)
        found = Exhibit.objects.filter(persona=persona).fit_to_show()
        rows = [exhibit.as_shown() for exhibit in found.select_related("persona")]
        return done("Exhibits listed successfully", {"exhibits": rows})


def _persona(request: Request) -> Persona:
    slug = request.query_params.get("persona")
    if not slug:
        return Persona.objects.current_for(request.user)
    found = Persona.objects.open_to(request.user).filter(slug=slug).first()
    if found is None:
        raise PersonaNotFound(f"persona: there is no persona {slug!r}.")
    return found


class FloorView(ApiView):
    """Base of the calls that act on what a session's avatar presents.

    Only the viewer gives it the floor; staff may look, pause and stop.
    """

    body_class: type[SessionIn] = SessionIn
    for_viewer_alone = True

    def post(self, request: Request) -> Response:
        asked = self.body_class(data=request.data)
        asked.is_valid(raise_exception=True)
        session = async_to_sync(services.session_for_call)(
            asked.validated_data["session_id"], caller(request)
        )
        if self.for_viewer_alone and session.owner_id != caller(request).pk:
            raise NotTheViewer
        return self.act(session, asked.validated_data)

    def act(self, session: Session, asked: dict[str, Any]) -> Response:
        raise NotImplementedError


class ScriptView(FloorView):
    """Base of the verbs of presentations; each answers with the new status."""

    message: str
    verb: Callable[..., Awaitable[verbs.Status]]

    def act(self, session: Session, asked: dict[str, Any]) -> Response:
        details = {name: asked[name] for name in asked if name != "session_id"}
        status = async_to_sync(type(self).verb)(session, **details)
        return done(self.message, status)


class PlayView(ScriptView):
    body_class = PlayIn
    message = "Script started successfully"

    def act(self, session: Session, asked: dict[str, Any]) -> Response:
        status = async_to_sync(verbs.play)(
            session, asked["script"], segment=asked["segment"]
        )
        return done(self.message, status)


class PauseView(ScriptView):
    message = "Script paused successfully"
    verb = verbs.pause
    for_viewer_alone = False


class ResumeView(ScriptView):
    message = "Script resumed successfully"
    verb = verbs.resume


class GoToView(ScriptView):
    body_class = GoToIn
    message = "Script moved successfully"
    verb = verbs.go_to


class StopView(ScriptView):
    message = "Script stopped successfully"
    verb = verbs.stop
    for_viewer_alone = False


class StateView(ScriptView):
    message = "Script state read successfully"
    verb = verbs.status_of
    for_viewer_alone = False


class ShowView(FloorView):
    body_class = ShowIn

    def act(self, session: Session, asked: dict[str, Any]) -> Response:
        shown = async_to_sync(showing.show_exhibit)(session, asked["exhibit"])
        return done("Exhibit shown successfully", {"exhibit": shown.as_shown()})


class HideView(FloorView):
    def act(self, session: Session, asked: dict[str, Any]) -> Response:
        async_to_sync(showing.hide_exhibit)(session)
        return done("Exhibit hidden successfully")
