"""What a client asks of a new session, read from the body of streaming.new."""

import re
from dataclasses import dataclass, replace
from typing import Final

from streaming.engine import fields
from streaming.engine.emotions import Emotion
from streaming.engine.encoders import Bitrate
from streaming.engine.errors import AvatarNotFound, InvalidParameter
from streaming.engine.face import AVATARS, DEFAULT_AVATAR, Avatar
from streaming.engine.fields import Body
from streaming.engine.peers import CODECS
from streaming.engine.speech import Delivery, UnknownVoice, Voice, Voices

IDLE_S: Final = 120.0


@dataclass(frozen=True, slots=True)
class Quality:
    """A picture size with what it may cost."""

    name: str
    width: int
    height: int
    bitrate: Bitrate


QUALITIES: Final = {
    quality.name: quality
    for quality in (
        Quality("low", 640, 360, Bitrate(best_bps=500_000, least_bps=250_000)),
        Quality("medium", 854, 480, Bitrate(best_bps=1_000_000, least_bps=400_000)),
        Quality("high", 1280, 720, Bitrate(best_bps=2_000_000, least_bps=800_000)),
    )
}
DEFAULT_QUALITY: Final = "medium"

_EMOTIONS: Final = {emotion.value: emotion for emotion in Emotion if emotion.value}
_DELIVERIES: Final = {
    Emotion.NEUTRAL: Delivery(),
    Emotion.EXCITED: Delivery(rate=1.12, pitch=60, pitch_range=92, volume=115),
    Emotion.SERIOUS: Delivery(rate=0.93, pitch=40, pitch_range=25, volume=100),
    Emotion.FRIENDLY: Delivery(rate=1.02, pitch=55, pitch_range=72, volume=103),
    Emotion.SOOTHING: Delivery(rate=0.86, pitch=43, pitch_range=38, volume=75),
    Emotion.BROADCASTER: Delivery(rate=1.04, pitch=47, pitch_range=34, volume=118),
}
_BACKGROUND: Final = re.compile(r"scene|green|#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Order:
    """A request for a session in which every word is known to be good."""

    avatar: Avatar
    voice: Voice
    emotion: Emotion
    delivery: Delivery
    quality: Quality
    codec: str
    background: str
    idle_s: float | None


def read_order(body: Body, voices: Voices | None = None) -> Order:
    """Read the body of streaming.new; fields of other versions are passed over.

    Without `voices` there are only the engine's own.

    Raises `AvatarNotFound` or `InvalidParameter`.
    """
    if fields.optional_text(body, "version") not in (None, "v1"):
        raise InvalidParameter(
            "version", "must be left out: this engine serves raw WebRTC, not rooms"
        )
    avatar = _avatar(body)
    voices = voices or Voices()
    voice = fields.mapping(body, "voice")
    emotion = _emotion(voice)
    return Order(
        avatar=avatar,
        voice=_voice(
            fields.optional_text(voice, "voice_id")
            or fields.optional_text(body, "voice_id")
            or avatar.default_voice,
            avatar,
            voices,
        ),
        emotion=emotion,
        delivery=_delivery(voice, emotion),
        quality=QUALITIES[fields.choice(body, "quality", QUALITIES, DEFAULT_QUALITY)],
        codec=fields.choice(body, "video_encoding", CODECS, CODECS[0]),
        background=_background(body),
        idle_s=_idle_s(body),
    )


def _avatar(body: Body) -> Avatar:
    name = fields.optional_text(body, "avatar_id") or fields.optional_text(
        body, "avatar_name"
    )
    if name is None or name == "default":
        name = DEFAULT_AVATAR
    try:
        return AVATARS[name]
    except KeyError:
        raise AvatarNotFound from None


def _voice(voice_id: str, avatar: Avatar, voices: Voices) -> Voice:
    try:
        voice = voices.find(voice_id)
    except UnknownVoice:
        raise InvalidParameter("voice_id", "must be one of GET /v2/voices") from None
    if voice.served and voice.stand_in is None:
        return replace(voice, stand_in=voices.find(avatar.default_voice))
    return voice


def _emotion(voice: Body) -> Emotion:
    return _EMOTIONS.get(
        fields.choice(voice, "emotion", _EMOTIONS, ""), Emotion.NEUTRAL
    )


def _delivery(voice: Body, emotion: Emotion) -> Delivery:
    rate = fields.number(voice, "rate", least=0.5, most=1.5, default=1.0)
    # Not of the wire protocol: by how much higher or lower than the voice's own.
    pitch = fields.number(voice, "pitch", least=-50, most=50, default=0)
    plain = _DELIVERIES[emotion]
    return replace(
        plain,
        rate=rate * plain.rate,
        pitch=max(0, min(100, plain.pitch + round(pitch))),
    )


def _background(body: Body) -> str:
    background = (fields.optional_text(body, "background") or "scene").lower()
    if not _BACKGROUND.fullmatch(background):
        raise InvalidParameter("background", "must be scene, green or #rrggbb")
    return background


def _idle_s(body: Body) -> float | None:
    idle_s = fields.number(
        body, "activity_idle_timeout", least=30, most=3600, default=IDLE_S
    )
    return None if fields.flag(body, "disable_idle_timeout") else idle_s
