"""A recording as it comes in: which container it is, and how long it plays."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chat.transcription.containers import (
    Unreadable,
    mp4_duration_s,
    ogg_opus_duration_s,
    wav_duration_s,
    webm_duration_s,
)

#: Services refuse anything shorter; there is no word in it either.
SHORTEST_S = 0.1


class BadClip(Exception):
    """This is no recording that we take; the message says why."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording. `media_type` and `file_name` tell a service what its bytes are."""

    data: bytes = field(repr=False)
    media_type: str
    file_name: str
    duration_s: float


@dataclass(frozen=True, slots=True)
class _Container:
    media_type: str
    suffix: str
    is_it: Callable[[bytes], bool]
    duration_s: Callable[[bytes], float]


_CONTAINERS = (
    _Container(
        "audio/wav",
        "wav",
        lambda data: data[:4] == b"RIFF" and data[8:12] == b"WAVE",
        wav_duration_s,
    ),
    _Container(
        "audio/webm",
        "webm",
        lambda data: data[:4] == b"\x1a\x45\xdf\xa3",
        webm_duration_s,
    ),
    _Container(
        "audio/ogg", "ogg", lambda data: data[:4] == b"OggS", ogg_opus_duration_s
    ),
    _Container("audio/mp4", "mp4", lambda data: data[4:8] == b"ftyp", mp4_duration_s),
)


def read_clip(data: bytes, *, max_s: float) -> Clip:
    """The recording in `data`, whatever it was called. Raises `BadClip`.

    How long it plays is read from the container and not from what somebody says of it.
    Nothing is decoded: that is the service's work.
    """
    container = next((one for one in _CONTAINERS if one.is_it(data)), None)
    if container is None:
        raise BadClip("must be WAV, WebM, Ogg Opus or MP4.")
    try:
        duration_s = container.duration_s(data)
    except Unreadable as exc:
        raise BadClip(f"is a damaged {container.suffix} file: {exc}") from exc
    if duration_s < SHORTEST_S:
        raise BadClip(f"must last at least {SHORTEST_S:g} s.")
    if duration_s > max_s:
        raise BadClip(f"must last at most {max_s:g} s; this is {duration_s:.1f} s.")
    return Clip(
        data=data,
        media_type=container.media_type,
        file_name=f"speech.{container.suffix}",
        duration_s=duration_s,
    )
