"""Recordings as they come in: what they are, and how long they play."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.transcription.clips import BadClip, read_clip
from tests.chat import recordings

WORDS = recordings.noise(2.5, level=3000)

CONTAINERS = {
    "wav": (recordings.wav(WORDS), "audio/wav"),
    "wav at 44.1 kHz": (
        recordings.wav(recordings.noise(2.5 * 44.1 / 16, level=99), rate_hz=44_100),
        "audio/wav",
    ),
    "ogg": (recordings.encoded(WORDS, "ogg"), "audio/ogg"),
    "webm": (recordings.encoded(WORDS, "webm"), "audio/webm"),
    "webm live": (recordings.encoded(WORDS, "webm", live="1"), "audio/webm"),
    "mp4": (recordings.encoded(WORDS, "mp4", "aac"), "audio/mp4"),
    "mp4 in fragments": (
        recordings.encoded(
            WORDS, "mp4", "aac", movflags="frag_keyframe+empty_moov+default_base_moof"
        ),
        "audio/mp4",
    ),
}


@pytest.mark.parametrize(("data", "media_type"), CONTAINERS.values(), ids=CONTAINERS)
def test_each_container_tells_how_long_it_plays(data, media_type):
    clip = read_clip(data, max_s=60)

    assert clip.media_type == media_type
    assert clip.duration_s == pytest.approx(2.5, abs=0.15)


@pytest.mark.parametrize(("data", "media_type"), CONTAINERS.values(), ids=CONTAINERS)
def test_what_is_too_long_is_refused_whatever_it_comes_in(data, media_type):
    with pytest.raises(BadClip, match="must last at most 2 s; this is 2.[456] s"):
        read_clip(data, max_s=2)


def test_a_wav_that_hides_its_length_is_measured():
    honest = recordings.wav(WORDS)
    open_ended = honest[:40] + struct.pack("<I", 0xFFFFFFFF) + honest[44:]

    assert read_clip(open_ended, max_s=60).duration_s == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "must be WAV, WebM, Ogg Opus or MP4"),
        (b"<html>not sound at all</html>", "must be WAV"),
        (recordings.wav(WORDS[:800]), "at least 0.1 s"),
        (recordings.wav(WORDS)[:30], "damaged wav file"),
        (
            recordings.encoded(WORDS, "ogg").replace(b"OpusHead", b"Somewhat"),
            "only Opus",
        ),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 50, "damaged webm file"),
        (b"\0\0\0\x08ftyp" + b"\0" * 50, "damaged mp4 file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(data, why):
    with pytest.raises(BadClip, match=why):
        read_clip(data, max_s=60)


HEADS = [b"RIFF\0\0\0\0WAVE", b"OggS", b"\x1a\x45\xdf\xa3", b"\0\0\0\x10ftyp"]


@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_no_bytes_break_the_reading(head, rest):
    _read_or_refuse(head + rest)


@given(st.sampled_from(list(CONTAINERS)), st.data())
def test_no_damage_breaks_the_reading(name, data):
    whole = bytearray(CONTAINERS[name][0])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, min(len(whole), 800) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


def _read_or_refuse(data):
    try:
        clip = read_clip(data, max_s=60)
    except BadClip:
        return
    assert 0 < clip.duration_s <= 60
