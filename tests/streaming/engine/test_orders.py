"""What streaming.new may ask for, and what is refused with which code."""

from typing import Any

import pytest

from streaming.engine.errors import WireError
from streaming.engine.face import AVATARS, DEFAULT_AVATAR, Avatar
from streaming.engine.orders import read_order


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"avatar_id": "", "avatar_name": "", "voice": {"voice_id": ""}},
        {"avatar_name": None, "voice": None, "quality": None},
        {"avatar_id": "default", "quality": ""},
    ],
)
def test_what_is_left_empty_takes_the_default(body: dict[str, Any]):
    order = read_order(body)

    assert order.avatar.id == DEFAULT_AVATAR
    assert order.voice.id == order.avatar.default_voice
    assert order.quality.name == "medium"
    assert order.codec == "VP8"
    assert order.idle_s == 120
    assert order.background == "scene"


@pytest.mark.parametrize(
    ("quality", "size"),
    [("low", (640, 360)), ("medium", (854, 480)), ("HIGH", (1280, 720))],
)
def test_each_quality_has_its_size(quality: str, size: tuple[int, int]):
    order = read_order({"quality": quality})

    assert (order.quality.width, order.quality.height) == size


@pytest.mark.parametrize(
    "body",
    [
        {"voice": {"voice_id": "en-us+f3"}},
        {"voice_id": "en-us+f3"},
        {"voice_id": "en-gb", "voice": {"voice_id": "EN-US+f3"}},
    ],
    ids=["nested", "flat", "nested wins"],
)
def test_a_voice_is_read_in_both_shapes(body: dict[str, Any]):
    assert read_order(body).voice.id == "en-us+f3"


def test_either_name_of_the_avatar_is_read():
    assert read_order({"avatar_name": DEFAULT_AVATAR}).avatar.id == DEFAULT_AVATAR
    assert read_order({"avatar_id": DEFAULT_AVATAR}).avatar.id == DEFAULT_AVATAR


@pytest.mark.parametrize(
    "emotion", ["Excited", "excited", "SERIOUS", "friendly", "Soothing", "broadcaster"]
)
def test_an_emotion_in_any_case_changes_the_delivery(emotion: str):
    plain = read_order({}).delivery

    assert read_order({"voice": {"emotion": emotion}}).delivery != plain


def test_the_rate_is_a_factor_of_the_emotions_own():
    excited = {"emotion": "Excited"}
    rate = read_order({"voice": excited}).delivery.rate

    assert read_order({"voice": {**excited, "rate": 0.5}}).delivery.rate == rate / 2


def test_the_pitch_is_counted_from_the_emotions_own():
    excited = {"emotion": "Excited"}
    pitch = read_order({"voice": excited}).delivery.pitch

    assert read_order({"voice": {**excited, "pitch": -20}}).delivery.pitch == pitch - 20
    assert read_order({"voice": {**excited, "pitch": 50}}).delivery.pitch == 100


def test_the_idle_time_can_be_set_and_switched_off():
    assert read_order({"activity_idle_timeout": 30}).idle_s == 30
    assert read_order({"disable_idle_timeout": True}).idle_s is None


def test_fields_of_other_versions_are_passed_over():
    body = {
        "source": "sdk",
        "knowledge_base": "x" * 10_000,
        "stt_settings": {"provider": "gladia"},
        "ia_is_livekit_transport": False,
        "voice": {"elevenlabs_settings": {"stability": 1}},
        "video_encoding": "h264",
    }

    assert read_order(body).codec == "H264"


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({"avatar_id": "nobody"}, 10013, "avatar"),
        ({"avatar_name": "Josh"}, 10013, "avatar"),
        ({"avatar_id": 5}, 400175, "avatar_id"),
        ({"avatar_id": "x" * 201}, 400175, "avatar_id"),
        ({"voice_id": "1bd001e7"}, 400175, "voice_id"),
        ({"voice": "en-gb"}, 400175, "voice"),
        ({"voice": []}, 400175, "voice"),
        ({"voice": {"voice_id": ["en-gb"]}}, 400175, "voice_id"),
        ({"voice": {"rate": 0.4}}, 400175, "rate"),
        ({"voice": {"rate": 1.6}}, 400175, "rate"),
        ({"voice": {"rate": "1.0"}}, 400175, "rate"),
        ({"voice": {"rate": True}}, 400175, "rate"),
        ({"voice": {"rate": 10**400}}, 400175, "rate"),
        ({"voice": {"emotion": "bored"}}, 400175, "emotion"),
        ({"voice": {"pitch": 51}}, 400175, "pitch"),
        ({"voice": {"pitch": "high"}}, 400175, "pitch"),
        ({"quality": "ultra"}, 400175, "quality"),
        ({"quality": {"low": 1}}, 400175, "quality"),
        ({"video_encoding": "AV1"}, 400175, "video_encoding"),
        ({"activity_idle_timeout": 29}, 400175, "activity_idle_timeout"),
        ({"activity_idle_timeout": 3601}, 400175, "activity_idle_timeout"),
        ({"disable_idle_timeout": "yes"}, 400175, "disable_idle_timeout"),
        ({"background": "beach"}, 400175, "background"),
        ({"background": "#12345"}, 400175, "background"),
        ({"version": "v2"}, 400175, "version"),
    ],
)
def test_a_bad_field_is_refused_by_name(body: dict[str, Any], code: int, named: str):
    with pytest.raises(WireError, match=named) as refused:
        read_order(body)

    assert refused.value.code == code


@pytest.mark.parametrize("avatar", AVATARS.values(), ids=AVATARS)
def test_an_avatars_own_voice_is_of_its_gender(avatar: Avatar):
    voice = read_order({"avatar_id": avatar.id}).voice

    assert avatar.gender in (voice.gender, "neutral")
