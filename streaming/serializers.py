"""The documented bodies of the session endpoints, in and out."""

from typing import Any

from django.utils.timezone import now
from rest_framework import serializers

from personas.limits import SPEAKING_RATE_MAX, SPEAKING_RATE_MIN
from personas.models import Persona
from streaming.models import Session
from streaming.providers.base import Candidate, Offer, StreamWish
from streaming.services import Ticket

QUALITIES = ("low", "medium", "high")
MAX_SDP_CHARS = 100_000


def session_info(session: Session) -> dict[str, Any]:
    """What a session's watcher may know of it; no upstream name and no key is in it."""
    persona = session.persona
    return {
        "id": str(session.pk),
        "state": session.state,
        "end_reason": session.end_reason,
        "ice_state": session.ice_state,
        "persona": {"slug": persona.slug, "name": persona.name} if persona else None,
        "avatar_name": session.avatar_name,
        "voice_id": session.voice_id,
        "quality": session.quality,
        "created_at": session.created_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "ends_because": session.ends_because,
        "draft": session.speaks_draft,
        "server_time": now().isoformat(),
    }


def listed_session(session: Session) -> dict[str, Any]:
    """One row of GET /persona/heygen/sessions."""
    info = session_info(session)
    persona = session.persona
    return {
        "session_id": info["id"],
        "status": info["state"],
        "persona": persona.slug if persona else None,
        "avatar_name": info["avatar_name"],
        "voice_id": info["voice_id"],
        "ice_state": info["ice_state"],
        "created_at": info["created_at"],
        "ends_at": info["ends_at"],
        "end_reason": info["end_reason"],
    }


def created_session(session: Session, offer: Offer) -> dict[str, Any]:
    """The `data` of session/create: what the demo's client needs, and our own facts."""
    servers = [dict(server) for server in offer.ice_servers]
    row = listed_session(session)
    del row["end_reason"], row["ice_state"]
    return row | {
        "sdp": {"type": "offer", "sdp": offer.sdp},
        "ice_servers": [url for server in servers for url in _urls(server)],
        "ice_servers2": servers,
        "quality": session.quality,
    }


def _urls(server: dict[str, Any]) -> list[str]:
    urls = server.get("urls") or []
    return [urls] if isinstance(urls, str) else list(urls)


def ticket_info(ticket: Ticket) -> dict[str, Any]:
    """The `data` of an answer 202: a waiting session, and where it stands."""
    row = listed_session(ticket.session)
    del row["end_reason"], row["ice_state"], row["ends_at"]
    return row | {"quality": ticket.session.quality} | ticket.place.as_dict()


class CreateIn(serializers.Serializer[Any]):
    """POST session/create. Everything left out comes from the persona."""

    avatar_name = serializers.CharField(
        max_length=120, required=False, allow_blank=True, allow_null=True
    )
    avatar_id = serializers.CharField(
        max_length=120, required=False, allow_blank=True, allow_null=True
    )
    voice_id = serializers.CharField(
        max_length=120, required=False, allow_blank=True, allow_null=True
    )
    quality = serializers.ChoiceField(choices=QUALITIES, default="medium")
    persona = serializers.SlugField(required=False)
    background = serializers.RegexField(
        r"^(scene|green|#[0-9a-fA-F]{6})$", required=False, default=""
    )
    video_encoding = serializers.ChoiceField(choices=("VP8", "H264"), default="VP8")
    #: Whether to be put in line when no seat is free; else the answer is an error.
    wait = serializers.BooleanField(default=True)
    #: Whether to try what the persona's editors have not published yet; for them alone.
    draft = serializers.BooleanField(default=False)
    #: An ended session of the caller's, whose conversation goes on.
    continues = serializers.UUIDField(required=False, allow_null=True)
    #: A session of the caller's that is said again; and how fast, against how it was.
    replays = serializers.UUIDField(required=False, allow_null=True)
    speed = serializers.FloatField(min_value=0.5, max_value=2.0, default=1.0)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What was said once is said again as it was, so nothing goes on from it."""
        for name in ("continues", "draft"):
            if asked.get("replays") and asked.get(name):
                problem = "cannot be asked for together with replays."
                raise serializers.ValidationError({name: problem})
        return asked

    def wish_for(self, persona: Persona) -> StreamWish:
        asked = self.validated_data
        avatar = asked.get("avatar_name") or asked.get("avatar_id")
        return StreamWish(
            avatar_name=avatar or persona.avatar_name,
            voice_id=asked.get("voice_id") or persona.voice_id,
            quality=asked["quality"],
            speaking_rate=float(persona.speaking_rate),
            language=persona.language,
            background=asked["background"],
            video_encoding=asked["video_encoding"],
        )

    def wish_to_replay(self, session: Session) -> StreamWish:
        """As that session was, but for its speed, quality and encoding."""
        asked = self.validated_data
        then = {
            "avatar_name": session.avatar_name,
            "voice_id": session.voice_id,
        } | session.wish
        rate = float(then.get("speaking_rate", 1.0)) * asked["speed"]
        rate = min(max(rate, SPEAKING_RATE_MIN), SPEAKING_RATE_MAX)
        now = {
            "speaking_rate": rate,
            "quality": asked["quality"],
            "video_encoding": asked["video_encoding"],
        }
        return StreamWish(**(then | now))


class SessionIn(serializers.Serializer[Any]):
    """Every call on a session names it."""

    session_id = serializers.UUIDField()


class ResumeIn(SessionIn):
    """POST session/resume. Left out, the quality is as it was."""

    quality = serializers.ChoiceField(choices=QUALITIES, default="")


class SwapIn(SessionIn):
    """POST session/swap. What is left out is the persona's own, the quality as it was."""

    persona = serializers.SlugField()
    avatar_name = serializers.CharField(max_length=120, default="", allow_blank=True)
    voice_id = serializers.CharField(max_length=120, default="", allow_blank=True)
    quality = serializers.ChoiceField(choices=QUALITIES, default="")


class SdpField(serializers.Field[Any, Any, Any, Any]):
    """The answer's SDP: a string as documented, or `{type, sdp}` as real clients send it."""

    default_error_messages = {
        "type": "must be the SDP as a string, or an object {{type, sdp}}.",
        "kind": 'type must be "answer".',
        "empty": "must not be empty.",
        "long": f"must have at most {MAX_SDP_CHARS} characters.",
        "not_text": "must be plain Unicode text.",
        "not_sdp": 'is not SDP: it should start with "v=0".',
    }

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, dict):
            # Older documents call the viewer's half an offer; it is the answer to ours.
            if data.get("type", "answer") not in ("answer", "offer"):
                self.fail("kind")
            data = data.get("sdp")
        if not isinstance(data, str):
            self.fail("type")
        if not data.strip():
            self.fail("empty")
        if len(data) > MAX_SDP_CHARS:
            self.fail("long")
        if not data.lstrip().startswith("v=0"):
            self.fail("not_sdp")
        if "\x00" in data or any("\ud800" <= char <= "\udfff" for char in data):
            self.fail("not_text")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class StartIn(SessionIn):
    sdp = SdpField()


class CandidateIn(serializers.Serializer[Any]):
    candidate = serializers.CharField(max_length=2000, allow_blank=True)
    sdpMid = serializers.CharField(max_length=50, required=False, allow_null=True)
    sdpMLineIndex = serializers.IntegerField(
        min_value=0, max_value=100, required=False, allow_null=True
    )
    usernameFragment = serializers.CharField(
        max_length=256, required=False, allow_null=True
    )


class IceIn(SessionIn):
    """The candidate nested as documented, or flat as an older guide shows it."""

    candidate = CandidateIn()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("candidate"), str):
            flat = {name: data.get(name) for name in CandidateIn().fields}
            data = {"session_id": data.get("session_id"), "candidate": flat}
        return super().to_internal_value(data)

    def as_candidate(self) -> Candidate:
        given = self.validated_data["candidate"]
        return Candidate(
            candidate=given["candidate"],
            sdp_mid=given.get("sdpMid"),
            sdp_m_line_index=given.get("sdpMLineIndex"),
            username_fragment=given.get("usernameFragment"),
        )
