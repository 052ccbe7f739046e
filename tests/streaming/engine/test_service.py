"""A speech service gives a better voice, and ours speaks when it fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import numpy as np
import pytest
from aiohttp import web

from streaming.engine.api import create_app
from streaming.engine.options import read_options
from streaming.engine.speech import (
    Delivery,
    ServedSpeaker,
    ServiceSettings,
    Speech,
    SpeechService,
    Synthesiser,
    Voice,
    find_voice,
    served_voice,
)
from streaming.engine.speech.sentences import cut
from streaming.engine.speech.synthesis import synthesise
from tests.rude_server import (
    Behaviour,
    RudeServer,
    answers,
    drips,
    hangs_up,
    never_ends,
    rude_server,
    says_nothing,
    stops_in_the_middle,
)
from tests.streaming.engine.conftest import Caller
from tests.streaming.engine.hearing import pitch_hz
from tests.streaming.engine.speech_server import SpeechServer, speech_server

KEY = "sk-the-key-of-the-service"
TEXT = "The first sentence is heard at once. The second one follows a little later."
NOVA = served_voice("nova=en-gb")  # a woman there, so that her stand-in tells himself


class Clock:
    now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@asynccontextmanager
async def speaking(
    url: str, clock: Clock | None = None
) -> AsyncIterator[ServedSpeaker]:
    settings = ServiceSettings(url, model="tts-1", timeout_s=0.4, key=KEY)
    synthesiser, service = Synthesiser(), SpeechService(settings)
    yield ServedSpeaker(synthesiser, service, (clock or Clock()).monotonic)
    await service.close()
    synthesiser.close()


async def said(
    speaker: ServedSpeaker, text: str = TEXT, voice: Voice = NOVA, rate: float = 1.0
) -> list[Speech]:
    return [piece async for piece in speaker.pieces(text, voice, Delivery(rate))]


def is_a_woman(speech: Speech) -> bool:
    return pitch_hz(speech.pcm) > 150


@pytest.fixture
async def server() -> AsyncIterator[SpeechServer]:
    async with speech_server() as server:
        server.key = KEY
        yield server


@pytest.fixture
async def rude() -> AsyncIterator[RudeServer]:
    async with rude_server() as rude:
        yield rude


def sends(body: bytes, kind: str = "audio/pcm", *, promised: int = 0) -> Behaviour:
    """An answer of raw bytes, cut short if more were promised."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        length = promised or len(body)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}"
        writer.write(head.encode() + b"\r\nConnection: close\r\n\r\n" + body)
        await writer.drain()

    return behave


# As it should be ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pcm", "wav", "mp3"])
async def test_it_speaks_with_the_services_voice(server: SpeechServer, kind: str):
    server.sends = kind
    async with speaking(server.url) as speaker:
        pieces = await said(speaker)

    assert [asked["input"] for asked in server.asked] == [
        "The first sentence is heard at once.",
        "The second one follows a little later.",
    ]
    assert server.asked[0] | {"input": ""} == {
        "model": "tts-1",
        "voice": "nova",
        "response_format": "pcm",
        "input": "",
    }
    own = synthesise(TEXT, find_voice("en-gb+f3"), Delivery())
    lasts_s = sum(piece.duration_s for piece in pieces)
    assert lasts_s == pytest.approx(own.duration_s, abs=0.8)
    assert all(is_a_woman(piece) for piece in pieces)
    assert [piece.told for piece in pieces] == [36 / len(TEXT), 1]


async def test_a_rate_is_asked_of_the_service(server: SpeechServer):
    async with speaking(server.url) as speaker:
        await said(speaker, "Quickly now, please.", rate=1.5)

    assert server.asked[0]["speed"] == 1.5


async def test_the_first_sentence_is_ready_before_the_second_is_asked_for(
    server: SpeechServer,
):
    async with speaking(server.url) as speaker:
        pieces = speaker.pieces(TEXT, NOVA, Delivery())
        await anext(pieces)
        asked_meanwhile = len(server.asked)
        await pieces.aclose()

    assert asked_meanwhile == 1


async def test_words_are_guessed_near_to_where_they_are(server: SpeechServer):
    text = (
        "Well, the weather will stay mild all week, with rain in the north on Friday."
    )
    true = synthesise(text, find_voice("en-gb+f3"), Delivery())
    async with speaking(server.url) as speaker:
        pieces = await said(speaker, text)

    guessed = [word for piece in pieces for word in piece.words]
    assert [word[1:] for word in guessed] == [word[1:] for word in true.words]
    off_s = [abs(a[0] - b[0]) for a, b in zip(guessed, true.words, strict=True)]
    assert np.median(off_s) < 0.2
    assert max(off_s) < 0.5


async def test_what_is_written_for_the_eye_is_not_sent(server: SpeechServer):
    async with speaking(server.url) as speaker:
        await said(speaker, "**Hello** <b>there</b> 😀 &amp; you")
        silent = await said(speaker, "😀 ...")

    assert [asked["input"] for asked in server.asked] == ["Hello  there    & you"]
    assert silent[0].duration_s < 0.5


async def test_our_own_voices_stay_at_home(server: SpeechServer):
    async with speaking(server.url) as speaker:
        pieces = await said(speaker, voice=find_voice("en-gb"))

    assert server.asked == []
    assert len(pieces) == 1


# As it may be ---------------------------------------------------------------------------

NOISE = np.random.default_rng(1).integers(-32768, 32767, 48_000, np.int16).tobytes()
FAILURES: dict[str, tuple[Behaviour, str]] = {
    "it is silent": (says_nothing, "timeout"),
    "it drips": (drips, "timeout"),
    "it hangs up": (hangs_up, "ServerDisconnectedError"),
    "it breaks off": (stops_in_the_middle, "ClientPayloadError"),
    "it breaks off in the sound": (
        sends(b"\1\2" * 9000, promised=90_000),
        "ClientPayloadError",
    ),
    "it never ends": (never_ends, ""),
    "the key is bad": (answers({"error": KEY}, status=401), "status 401"),
    "it is asked too often": (answers({}, status=429), "status 429"),
    "it is broken": (answers("<h1>Oops</h1>", status=500), "status 500"),
    "it is away": (answers("", status=503), "status 503"),
    "it sends us elsewhere": (
        answers("", status=307, Location="http://127.0.0.1:9/"),
        "status 307",
    ),
    "it knows no such voice": (answers({}, status=422), "status 422"),
    "nothing comes": (sends(b""), "silence"),
    "zeros come": (sends(bytes(90_000)), "silence"),
    "noise comes": (sends(NOISE), "garbage"),
    "a page comes": (sends(b"<html>" * 900, "text/html"), "no sound"),
    "an error comes as success": (answers({"error": "no"}), ""),
    "a broken file comes": (sends(b"RIFF" + NOISE, "audio/wav"), "garbage"),
    "a word of it comes": (sends(b"\0\x20" * 900), "cut short"),
}


@pytest.mark.parametrize(("behaviour", "why"), FAILURES.values(), ids=FAILURES)
async def test_when_it_fails_our_own_voice_says_it_once(
    rude: RudeServer,
    caplog: pytest.LogCaptureFixture,
    behaviour: Behaviour,
    why: str,
):
    rude.will(behaviour)
    async with speaking(rude.url) as speaker:
        (piece,) = await said(speaker, "Everybody hears this.")

    own = synthesise("Everybody hears this.", find_voice("en-gb"), Delivery())
    assert piece.duration_s == pytest.approx(own.duration_s, rel=0.02)
    assert [word[1:] for word in piece.words] == [word[1:] for word in own.words]
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert why in record.__dict__["why"]
    shown = str(record.__dict__)
    assert KEY not in shown
    assert "Everybody" not in shown


async def test_nobody_listening_is_a_failure_like_any(caplog: pytest.LogCaptureFixture):
    async with rude_server() as gone:
        url = gone.url
    async with speaking(url) as speaker:
        (piece,) = await said(speaker, "Everybody hears this.")

    assert piece.duration_s > 0.5
    assert "ClientConnectorError" in caplog.records[0].__dict__["why"]


async def test_it_fails_in_the_middle_of_a_text(server: SpeechServer, rude: RudeServer):
    good = synthesise("The first sentence.", find_voice("en-gb+f3"), Delivery())
    rude.will(sends(good.pcm[::2].tobytes()), answers("", status=500))
    async with speaking(rude.url) as speaker:
        first, second = await said(speaker)

    assert is_a_woman(first)
    assert not is_a_woman(second)
    assert [TEXT[at : at + n] for _, at, n in (*first.words, *second.words)] == (
        TEXT.split()
    )


@pytest.mark.parametrize(
    ("behaviour", "rest_s"),
    [
        (answers("", status=500), 30),
        (answers("", status=401), 300),
        (answers("", status=429, Retry_After="120"), 120),
        (answers("", status=429, Retry_After="999999"), 300),
        (answers("", status=429, Retry_After="soon"), 30),
        (says_nothing, 30),
    ],
    ids=["500", "401", "429, 120 s", "429, days", "429, soon", "no answer"],
)
async def test_a_service_that_failed_is_left_alone_for_a_while(
    rude: RudeServer, behaviour: Behaviour, rest_s: float
):
    clock = Clock()
    rude.will(behaviour)
    async with speaking(rude.url, clock) as speaker:
        await said(speaker)
        asked_at_first = len(rude.asked)
        clock.now_s += rest_s - 1
        await said(speaker)
        asked_meanwhile = len(rude.asked)
        clock.now_s += 2
        await said(speaker)

    assert [asked_at_first, asked_meanwhile, len(rude.asked)] == [1, 1, 2]


async def test_a_text_that_it_refuses_does_not_put_it_to_rest(rude: RudeServer):
    rude.will(answers({}, status=400))
    async with speaking(rude.url) as speaker:
        await said(speaker)

    assert len(rude.asked) == 2


async def test_an_interrupt_ends_the_request(rude: RudeServer):
    rude.will(says_nothing)
    async with speaking(rude.url) as speaker:
        asking = asyncio.create_task(said(speaker))
        await rude.until_asked(1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking


# Where texts are cut --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("One.", ["One."]),
        ("Yes. I think so too.", ["Yes. I think so too."]),
        ("Dr. Smith paid $5.20 for it. Then he left.", None),
        ("A sentence that is long enough. 😀", None),
        ("今天天气很好，我们去公园玩吧。你好吗？今天天气很好，我们去公园玩吧。", None),
        ("no stop anywhere " * 60, None),
        ("x" * 1000, None),
    ],
)
def test_a_text_is_cut_into_all_of_itself(text: str, pieces: list[str] | None):
    found = [text[start:end] for start, end in cut(text)]

    assert "".join(found) == text
    assert pieces is None or found == pieces
    assert all(0 < len(piece) <= 330 for piece in found)
    assert len(found) < 2 or len(found[0]) <= 90


# On the wire ----------------------------------------------------------------------------


@asynccontextmanager
async def engine_with(speech: ServiceSettings) -> AsyncIterator[Caller]:
    runner = web.AppRunner(create_app(speech=speech), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession(
        f"http://127.0.0.1:{runner.addresses[0][1]}"
    ) as http:
        yield Caller(http, {"X-Api-Key": "any"})
    await runner.cleanup()


async def test_a_viewer_hears_it_and_is_told_its_words(server: SpeechServer):
    text = "Here comes the first one. And the second."
    speech = ServiceSettings(
        server.url, "tts-1", 5, (NOVA, served_voice("onyx")), key=KEY
    )
    async with engine_with(speech) as call:
        listed = (await call.get("/v2/voices")).data["voices"]
        async with call.watching(voice={"voice_id": "Nova"}) as (session_id, viewer):
            await call.post("task", session_id=session_id, text=text)
            stop = await viewer.event("avatar_stop_talking")

    words = [
        word
        for e in viewer.events
        if e["task_id"] == stop["task_id"]
        for word in e.get("words", [])
    ]
    assert [each["voice_id"] for each in listed[:2]] == ["nova", "onyx"]
    assert [each["language"] for each in listed[:2]] == ["en-gb", "multilingual"]
    assert [text[at : at + length] for _, at, length in words] == text.split()
    assert [at_ms for at_ms, _, _ in words] == sorted(at_ms for at_ms, _, _ in words)
    assert stop["duration_ms"] > 1500
    assert [event["type"] for event in viewer.events].count("avatar_start_talking") == 1
    assert viewer.first_sound() is not None
    assert len(server.asked) == 2


# Settings -------------------------------------------------------------------------------


def test_the_key_comes_from_the_environment_and_is_shown_nowhere():
    options = read_options(
        ["--speech-url", "https://voices.example.com/v1/", "--speech-voices", "a,b=de"],
        {"ENGINE_SPEECH_KEY": KEY},
    )

    assert options.speech.key == KEY
    assert options.speech.url == "https://voices.example.com/v1"
    assert [voice.id for voice in options.speech.voices] == ["a", "b"]
    assert options.speech.voices[1].language == "de"
    assert KEY not in repr(options)


def test_without_an_address_there_is_no_service():
    assert read_options([], {"ENGINE_SPEECH_KEY": KEY}).speech is None


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speech-url", "voices.example.com"],
        ["--speech-url", "ftp://voices.example.com"],
        ["--speech-url", "https://user:secret@voices.example.com"],
        ["--speech-voices", "nova=xx"],
        ["--speech-voices", "en-gb"],
        ["--speech-timeout", "0"],
        ["--speech-timeout", "soon"],
        ["--speech-key", KEY],
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_settings_that_make_no_sense_are_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit):
        read_options(arguments, {})

    assert "secret" not in capsys.readouterr().err
