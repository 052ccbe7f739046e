"""The service's replies, read into our values at the border.

Every reader raises `BadReply`, naming the field, when one is missing or mistyped.
"""

import base64
from collections.abc import Callable
from typing import Any, TypeVar

from streaming.providers.base import (
    AvatarInfo,
    BadReply,
    Offer,
    OpenedStream,
    UpstreamSession,
    Utterance,
    VoiceInfo,
    VoiceSample,
    estimated_duration_s,
)

T = TypeVar("T")

MAX_ID_CHARS = 200
MAX_UTTERANCE_S = 600.0


def read(reader: Callable[[Any], T], data: Any) -> T:
    """Apply `reader`, turning what a surprising body raises into `BadReply`."""
    try:
        return reader(data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as exc:
        what = str(exc) if isinstance(exc, KeyError) else type(exc).__name__
        raise BadReply(
            "The avatar service answered in a way that we do not know.",
            upstream_message=f"{reader.__name__}: {what}",
        ) from exc


def opened_stream(data: Any) -> OpenedStream:
    sdp = data["sdp"]
    limit_s = data.get("session_duration_limit")
    return OpenedStream(
        upstream_id=_id(data["session_id"]),
        offer=Offer(
            sdp=_text(sdp["sdp"]),
            ice_servers=tuple(dict(s) for s in data.get("ice_servers2") or ()),
        ),
        max_duration_s=int(limit_s) if limit_s else None,
    )


def utterance(data: Any, *, text: str) -> Utterance:
    """The duration is missing in early answers of the cloud; then it is estimated."""
    said_s = float(data.get("duration_ms") or 0) / 1000
    is_likely = 0 < said_s <= MAX_UTTERANCE_S
    return Utterance(
        task_id=str(data.get("task_id") or "")[:MAX_ID_CHARS],
        duration_s=said_s if is_likely else estimated_duration_s(text),
    )


def sessions(data: Any) -> list[UpstreamSession]:
    return [
        UpstreamSession(
            upstream_id=_text(one["session_id"]), status=str(one.get("status", ""))
        )
        for one in data["sessions"]
    ]


def avatars(data: Any) -> list[AvatarInfo]:
    return [
        AvatarInfo(
            avatar_id=_text(one["avatar_id"]),
            name=str(one.get("pose_name") or one["avatar_id"]),
            gender=str(one.get("gender") or ""),
            default_voice=str(one.get("default_voice") or ""),
        )
        for one in data
        if one.get("status", "ACTIVE") == "ACTIVE"
    ]


def voices(data: Any) -> list[VoiceInfo]:
    return [
        VoiceInfo(
            voice_id=_text(one["voice_id"]),
            name=str(one.get("name") or one["voice_id"]),
            language=str(one.get("language") or ""),
            gender=str(one.get("gender") or ""),
        )
        for one in data["voices"]
    ]


def voice_sample(data: Any) -> VoiceSample:
    content = base64.b64decode(_text(data["audio"]), validate=True)
    return VoiceSample(content=content, content_type="audio/wav")


def _id(value: Any) -> str:
    name = _text(value)
    if len(name) > MAX_ID_CHARS:
        raise ValueError("expected a shorter name")
    return name


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("expected a text")
    return value
