"""POST persona/heygen/transcribe."""

import json
import subprocess
import sys
import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils.timezone import now
from rest_framework.throttling import SimpleRateThrottle

from chat.transcription import describe_transcription
from streaming.models import EndReason, Session
from tests.chat import recordings
from tests.chat.transcription_server import transcription_server
from tests.conftest import client_of
from tests.engine_process import ROOT
from tests.rude_server import answers, rude_server, says_nothing

PATH = "/persona/heygen/transcribe"
WORDS = recordings.wav(recordings.noise(1.5, level=900))


def form(session, data=WORDS, name="speech.wav"):
    return {
        "session_id": str(getattr(session, "pk", session)),
        "audio": SimpleUploadedFile(name, data),
    }


@pytest.fixture
def session(alice, anna, dead_account):
    """Alice's, which is all that a transcription needs to know of it."""
    at = now() + timedelta(minutes=10)
    return Session.objects.reserve(
        dead_account, owner=alice, persona=anna, lease_expires_at=at, ends_at=at
    )


@pytest.fixture
def connected(settings):
    """A service is named; nobody listens there."""
    settings.TRANSCRIPTION_BASE_URL = "http://127.0.0.1:9/v1"


@pytest.fixture
def post(transactional_db, alice):
    """Call as Alice's programs do: from a thread, over the whole stack."""

    def call(body):
        try:
            return client_of(alice).post(PATH, body, format="multipart")
        finally:
            connection.close()  # the thread's own, which would outlive the test

    return sync_to_async(call, thread_sensitive=False)


async def test_what_is_said_is_written_down(post, session, anna, settings):
    anna.language = "de"
    await anna.asave()
    async with transcription_server() as server:
        settings.TRANSCRIPTION_BASE_URL = server.base_url
        server.text = "Wer bist du?"

        reply = await post(form(session))

    assert reply.status_code == 200
    assert reply.json() == {
        "success": True,
        "message": "Speech transcribed successfully",
        "text": "Wer bist du?",
        "data": {
            "session_id": str(session.pk),
            "text": "Wer bist du?",
            "duration_s": 1.5,
        },
    }
    [received] = server.received
    assert received.audio == WORDS
    assert received.fields["language"] == "de"


async def test_no_transaction_is_open_while_the_service_is_asked(
    post, session, settings
):
    async with rude_server() as server:
        seen = []

        async def writes_meanwhile(writer):
            await Session.objects.filter(pk=session.pk).aupdate(ice_state="checked")
            seen.append(True)
            await answers({"text": "Yes."})(writer)

        settings.TRANSCRIPTION_BASE_URL = server.url
        server.will(writes_meanwhile)

        reply = await post(form(session))

    assert reply.json()["text"] == "Yes."
    assert seen


async def test_a_failing_service_is_a_clear_answer(post, session, settings):
    settings.TRANSCRIPTION_TIMEOUT_S = 0.3
    async with rude_server() as server:
        settings.TRANSCRIPTION_BASE_URL = server.url
        server.will(
            answers({"error": {"message": "Slow"}}, status=429, Retry_After="9")
        )
        limited = await post(form(session))
        server.will(says_nothing)
        late = await post(form(session))

    assert (limited.status_code, limited.json()["code"]) == (
        429,
        "transcription_rate_limited",
    )
    assert limited.headers["Retry-After"] == "9"
    assert limited.json()["upstream"]["message"] == "Slow"
    assert (late.status_code, late.json()["code"]) == (504, "transcription_timeout")


def test_without_a_service_it_is_said_how_to_set_one_up(api, session):
    reply = api.post(PATH, form(session), format="multipart")

    body = reply.json()
    assert reply.status_code == 501
    assert body["success"] is False
    assert body["code"] == "transcription_not_configured"
    assert "TRANSCRIPTION_BASE_URL" in body["message"]
    assert "OPENAI_API_KEY" in body["message"]
    assert describe_transcription().notice == body["message"]


def test_only_the_viewer_is_written_down(connected, session, bob, carol):
    stranger = client_of(bob).post(PATH, form(session), format="multipart")
    staff = client_of(carol).post(PATH, form(session), format="multipart")
    nobody = client_of(None).post(PATH, form(session), format="multipart")

    assert (stranger.status_code, stranger.json()["code"]) == (404, "session_not_found")
    assert (staff.status_code, staff.json()["code"]) == (403, "not_the_viewer")
    assert nobody.status_code == 401


def test_a_session_that_has_ended_is_not_listened_to(connected, api, session):
    session.fail(EndReason.UPSTREAM_REFUSED)

    reply = api.post(PATH, form(session), format="multipart")

    assert (reply.status_code, reply.json()["code"]) == (409, "wrong_state")


BAD_FORMS = [
    ({}, "session_id: "),
    ({"session_id": "x"}, "session_id: "),
    ({"session_id": str(uuid.uuid4())}, "audio: "),
    ({"session_id": str(uuid.uuid4()), "audio": "text"}, "audio: "),
    (form(uuid.uuid4(), b"not sound"), "audio: must be WAV"),
    (form(uuid.uuid4(), b""), "audio: "),
    (form(uuid.uuid4(), recordings.wav(recordings.silence(0.05))), "audio: must last"),
    (form(uuid.uuid4(), recordings.wav(recordings.silence(61))), "audio: must last"),
]


@pytest.mark.parametrize(("body", "start"), BAD_FORMS)
def test_bad_input_names_its_field(connected, api, body, start):
    reply = api.post(PATH, body, format="multipart")

    assert reply.status_code == 400
    assert reply.json()["code"] == "invalid"
    assert reply.json()["message"].startswith(start)


def test_what_is_too_large_is_refused_before_it_is_read(connected, api, settings):
    settings.TRANSCRIPTION_MAX_BYTES = 10_000

    reply = api.post(PATH, form(uuid.uuid4()), format="multipart")

    assert (reply.status_code, reply.json()["code"]) == (413, "too_large")
    assert reply.json()["message"].startswith("audio: ")


def test_speech_is_not_json(connected, api):
    reply = api.post(PATH, {"audio": "UklGRg=="}, format="json")

    assert reply.status_code == 415


def test_a_rate_of_its_own_keeps_the_bill_small(connected, api, monkeypatch):
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "transcription", "2/min")

    codes = [api.post(PATH, {}, format="multipart").status_code for _ in range(3)]
    other = api.post("/openai/complete", {}, format="json").status_code

    assert codes == [400, 400, 429]
    assert other == 400


SETTINGS = """
import json
from config import settings
print(json.dumps([settings.TRANSCRIPTION_BASE_URL, settings.TRANSCRIPTION_API_KEY]))
"""


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"OPENAI_API_KEY": "a"}, ["", "a"]),
        (
            {"OPENAI_API_KEY": "a", "OPENAI_BASE_URL": "http://one"},
            ["http://one", "a"],
        ),
        ({"OPENAI_API_KEY": "a", "TRANSCRIPTION_API_KEY": "b"}, ["", "b"]),
        (
            {"OPENAI_API_KEY": "a", "TRANSCRIPTION_BASE_URL": "http://other"},
            ["http://other", ""],
        ),
    ],
)
def test_a_key_is_kept_from_servers_that_it_was_not_given_for(
    given, expected, tmp_path
):
    names = ("API_KEY", "BASE_URL")
    none = {
        f"{kind}_{name}": "" for kind in ("OPENAI", "TRANSCRIPTION") for name in names
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", SETTINGS],
        cwd=ROOT,
        env=none | {"STATE_DIR": str(tmp_path), "PATH": ""} | given,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert json.loads(done.stdout) == expected
