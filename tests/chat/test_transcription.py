"""The transcription service: what it is sent, and every way in which it can fail us."""

import asyncio

import pytest

from chat.transcription import base
from chat.transcription.clips import read_clip
from chat.transcription.service import TranscriptionService
from tests.chat import recordings
from tests.chat.transcription_server import transcription_server
from tests.rude_server import (
    answers,
    drips,
    hangs_up,
    never_ends,
    rude_server,
    says_nothing,
    stops_in_the_middle,
)

KEY = "sk-secret-of-the-portal"
CLIP = read_clip(recordings.wav(recordings.noise(0.5, level=900)), max_s=60)


@pytest.fixture
async def rude():
    async with rude_server() as server:
        yield server


def service_at(url, *, timeout_s=5.0, api_key=KEY):
    return TranscriptionService(
        model="stub", base_url=f"{url}/v1", api_key=api_key, timeout_s=timeout_s
    )


async def test_a_recording_is_sent_whole_and_its_words_come_back():
    async with transcription_server() as server:
        server.text = "  Who\nare you? "
        service = TranscriptionService(
            model="stub", base_url=f"{server.base_url}/", api_key=KEY
        )

        assert await service.transcribe(CLIP, language="pt-br") == "Who are you?"

    [received] = server.received
    assert received.audio == CLIP.data
    assert (received.file_name, received.media_type) == ("speech.wav", "audio/wav")
    assert received.fields == {
        "model": "stub",
        "response_format": "json",
        "language": "pt",
    }
    assert received.authorization == f"Bearer {KEY}"


async def test_without_a_key_none_is_sent_and_without_a_language_none_is_claimed():
    async with transcription_server() as server:
        service = TranscriptionService(model="stub", base_url=server.base_url)

        await service.transcribe(CLIP, language="")

    [received] = server.received
    assert received.authorization == ""
    assert "language" not in received.fields


FAILURES = [
    pytest.param(
        answers({"error": {"message": "Bad key"}}, status=401),
        base.TranscriptionUnauthorized,
        "Bad key",
        id="401",
    ),
    pytest.param(
        answers({"error": "No"}, status=403),
        base.TranscriptionUnauthorized,
        "No",
        id="403",
    ),
    pytest.param(
        answers({"detail": "Slow down"}, status=429),
        base.TranscriptionRateLimited,
        "Slow down",
        id="429",
    ),
    pytest.param(
        answers("page not found", status=404),
        base.TranscriptionNotOffered,
        "page not found",
        id="404",
    ),
    pytest.param(
        answers({"error": {"message": "Too short"}}, status=400),
        base.TranscriptionRefused,
        "Too short",
        id="400",
    ),
    pytest.param(
        answers("<html>", status=500), base.TranscriptionUnreachable, "<html>", id="500"
    ),
    pytest.param(answers("", status=504), base.TranscriptionTimeout, "", id="504"),
    pytest.param(
        answers("", status=302, Location="http://127.0.0.1:9/"),
        base.TranscriptionRefused,
        "",
        id="redirect",
    ),
    pytest.param(
        answers("<html>Hello"), base.TranscriptionBadReply, "<html>Hello", id="html"
    ),
    pytest.param(answers({"text": 5}), base.TranscriptionBadReply, "5", id="number"),
    pytest.param(answers([]), base.TranscriptionBadReply, "[]", id="a list"),
    pytest.param(answers("[" * 90_000), base.TranscriptionBadReply, "[[", id="deep"),
    pytest.param(hangs_up, base.TranscriptionUnreachable, "", id="hangs up"),
    pytest.param(stops_in_the_middle, base.TranscriptionUnreachable, "", id="cut"),
    pytest.param(never_ends, base.TranscriptionBadReply, "", id="never ends"),
]


@pytest.mark.parametrize(("behaviour", "error", "said"), FAILURES)
async def test_each_failure_is_our_own_error_with_the_services_words(
    rude, behaviour, error, said
):
    rude.will(behaviour)

    with pytest.raises(base.TranscriptionError) as caught:
        await service_at(rude.url).transcribe(CLIP)

    assert type(caught.value) is error
    assert said in caught.value.said
    assert said in caught.value.detail
    assert len(rude.asked) == 1


@pytest.mark.parametrize("behaviour", [says_nothing, drips])
async def test_a_slow_service_is_a_timeout_as_a_whole(rude, behaviour):
    rude.will(behaviour)

    async with asyncio.timeout(4):
        with pytest.raises(base.TranscriptionTimeout):
            await service_at(rude.url, timeout_s=0.2).transcribe(CLIP)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nowhere", "http://[", ""])
async def test_an_address_that_leads_nowhere_is_unreachable(url):
    with pytest.raises(base.TranscriptionUnreachable):
        await service_at(url, timeout_s=3).transcribe(CLIP)


async def test_a_rate_limit_tells_when_to_come_again(rude):
    rude.will(answers("later", status=429, Retry_After="20"))

    with pytest.raises(base.TranscriptionRateLimited) as caught:
        await service_at(rude.url).transcribe(CLIP)

    assert caught.value.headers() == {"Retry-After": "20"}


async def test_a_key_that_the_service_quotes_is_not_passed_on(rude):
    rude.will(answers({"error": {"message": f"Wrong key {KEY}"}}, status=401))

    with pytest.raises(base.TranscriptionError) as caught:
        await service_at(rude.url).transcribe(CLIP)

    assert caught.value.said == "Wrong key [key]"


def test_neither_key_nor_recording_shows_in_a_repr():
    assert KEY not in repr(service_at("http://x"))
    assert "RIFF" not in repr(CLIP)
