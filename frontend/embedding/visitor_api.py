"""What visitors of other sites can call: these views, and none besides.

They are the session's own calls, opened by a visitor's token and by nothing else; no other
view of the portal knows that token. What a visitor may not choose (another persona, avatar
or voice) cannot be asked for here.
"""

from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from chat.views import TranscribeView
from config.addresses import client_address
from config.api import ApiView, caller
from config.parsers import JsonParser
from streaming import services
from streaming.embedding import tokens, visits
from streaming.embedding.callers import VisitorCaller, visitor_in
from streaming.embedding.errors import LineFull, OriginNotAllowed
from streaming.embedding.origins import origin_of
from streaming.errors import NoAccounts, NoSeat
from streaming.models import Session, Visitor
from streaming.models.embed import looks_like_key
from streaming.providers.base import NoUpstreamSeat
from streaming.serializers import CreateIn, SessionIn
from streaming.views import (
    ClaimView,
    IceView,
    OwnSessionView,
    ResumeView,
    StartView,
    StopView,
    continued,
    done,
    opened_or_waiting,
)

# Coming in ------------------------------------------------------------------------------


class VisitIn(serializers.Serializer[Any]):
    """POST embed/visit: by which key, from which site, and as whom, if not as somebody new."""

    slug = serializers.SlugField()
    key = serializers.CharField(max_length=40)
    origin = serializers.CharField(max_length=300, allow_blank=True)
    token = serializers.CharField(max_length=200, required=False, allow_blank=True)


class VisitThrottle(SimpleRateThrottle):
    """Whoever asks for many visits by one key from one address waits a little."""

    scope = "embed_visit"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        ident = f"{_key_in(request)}:{client_address(request.META)}"
        return self.cache_format % {"scope": self.scope, "ident": ident}


class KeyThrottle(SimpleRateThrottle):
    """Of new visitors by one key, from wherever, so many come in at most."""

    scope = "embed_key"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": _key_in(request)}


def _key_in(request: Request) -> str:
    """The key that is asked for; all that is none counts as one."""
    body = request.data if isinstance(request.data, dict) else {}
    key = str(body.get("key", ""))
    return key if looks_like_key(key) else ""


class VisitView(APIView):
    """Give a page of ours, inside of somebody else's, a visitor's token, or renew it."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (VisitThrottle,)
    parser_classes = (JsonParser,)

    def check_throttles(self, request: Request) -> None:
        """What no page of ours has asked for is refused before it counts for anybody."""
        require_own_page(request)
        super().check_throttles(request)

    def post(self, request: Request) -> Response:
        asked = VisitIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        key = visits.key_for(given["slug"], given["key"])
        origin = origin_of(given["origin"])
        visits.require_origin(key, origin, own=own_origin(request))
        visitor = visits.known(given.get("token", ""), key)
        if visitor is None:
            self._require_pace(request)
            address = client_address(request.META)
            visitor = visits.begin_visit(key, origin=origin, address=address, at=now())
        data = {
            "token": tokens.token_for(visitor.pk, key.key),
            "lasts_s": tokens.LASTS_S,
        }
        return done("Welcome", data)

    def _require_pace(self, request: Request) -> None:
        """Who is here already is no new visitor, so this comes after they are known."""
        throttle = KeyThrottle()
        if not throttle.allow_request(request, self):
            self.throttled(request, throttle.wait() or 0)


def require_own_page(request: Request) -> None:
    """Refuse what a browser says is not our own page; programs can say anything."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", own_origin(request))
    if site != "same-origin" or origin != own_origin(request):
        raise OriginNotAllowed(_("Only the box itself can ask for this."))


def own_origin(request: Any) -> str:
    return origin_of(request.build_absolute_uri("/"))


# Within the session ---------------------------------------------------------------------


class VisitorOnly(ApiView):
    """Before a view of the API: nobody but a visitor calls it."""

    authentication_classes = (VisitorCaller,)


class VisitorCreateIn(CreateIn):
    """Who appears, and with which voice, is the persona's business."""

    avatar_name = None  # type: ignore[assignment]
    avatar_id = None  # type: ignore[assignment]
    voice_id = None  # type: ignore[assignment]
    persona = None  # type: ignore[assignment]
    wait = None  # type: ignore[assignment]
    draft = None  # type: ignore[assignment]
    replays = None  # type: ignore[assignment]
    speed = None  # type: ignore[assignment]


class VisitorCreateView(VisitorOnly, OwnSessionView):
    def post(self, request: Request) -> Response:
        visitor = visitor_in(request)
        asked = VisitorCreateIn(data=request.data)
        asked.is_valid(raise_exception=True)
        persona = visits.persona_of(visitor)
        visits.note_seen(visitor)

        opening = services.open_or_wait if may_wait(visitor) else open_at_once
        outcome = async_to_sync(opening)(
            owner=caller(request),
            persona=persona,
            wish=asked.wish_for(persona),
            continues=continued(request, asked),
            came_by=key_of(visitor),
        )

        return opened_or_waiting(outcome)


def key_of(visitor: Visitor) -> str:
    """The key that let them in; it may have been replaced since their token was checked."""
    return visitor.key.key if visitor.key else ""


def may_wait(visitor: Visitor) -> bool:
    """Who waits already may; else whoever finds room in the line that the key may have."""
    line = Session.objects.in_line().filter(owner__visitor__key=visitor.key)
    if line.filter(owner=visitor.user_id).exists():
        return True
    return visitor.key is not None and line.count() < visitor.key.max_waiting


async def open_at_once(**asked: Any) -> services.Opened:
    """`open_session`, for who may not wait. Raises `LineFull` when there is no seat."""
    try:
        return await services.open_session(**asked)
    except (NoSeat, NoUpstreamSeat) as exc:
        if isinstance(exc, NoAccounts):
            raise
        raise LineFull(
            _(
                "All seats are taken, and nobody more can wait. Try again in a few minutes."
            )
        ) from exc


class VisitorClaimView(VisitorOnly, ClaimView):
    def post(self, request: Request) -> Response:
        session = self.own_session(request)
        claim = async_to_sync(services.claim)
        return opened_or_waiting(claim(session, came_by=key_of(visitor_in(request))))


class VisitorResumeView(VisitorOnly, ResumeView):
    pass


class VisitorStartView(VisitorOnly, StartView):
    pass


class VisitorStopView(VisitorOnly, StopView):
    pass


class VisitorIceView(VisitorOnly, IceView):
    pass


class VisitorTranscribeView(VisitorOnly, TranscribeView):
    pass


class VisitorLeaveView(VisitorOnly, OwnSessionView):
    """The page goes away, or is loaded anew: the session has only its grace left."""

    def post(self, request: Request) -> Response:
        asked = SessionIn(data=request.data)
        asked.is_valid(raise_exception=True)
        session = async_to_sync(services.own_session)(
            asked.validated_data["session_id"], caller(request)
        )
        async_to_sync(services.lose_viewer)(session, settings.LEASE_GRACE_S)
        return done("Goodbye")
