"""The documented session endpoints over the real engine."""

import json
import uuid
from datetime import timedelta

import pytest
from django.utils.timezone import now

from streaming.models import EndReason, Session, State
from tests.conftest import client_of
from tests.wire_viewer import WireViewer

pytestmark = pytest.mark.usefixtures("account", "anna")

BASE = "/persona/heygen"


def create(api, **body):
    return api.post(f"{BASE}/session/create", body, format="json")


def call(api, path, **body):
    return api.post(f"{BASE}/{path}", json.dumps(body), content_type="application/json")


@pytest.fixture
def made(api):
    reply = create(api)
    assert reply.status_code == 200, reply.json()
    return reply.json()["data"]


async def test_the_whole_way_by_rest(transactional_db, api, made):
    """From create to stop, with a real viewer who sees and hears the avatar."""
    from asgiref.sync import sync_to_async

    post = sync_to_async(call)
    session_id = made["session_id"]
    async with WireViewer() as viewer:
        answer = await viewer.answer(made["sdp"]["sdp"])
        started = await post(api, "session/start", session_id=session_id, sdp=answer)
        assert started.json()["message"] == "Session started successfully"
        await viewer.connected()
        await viewer.until(lambda: viewer.picture_count >= 5)

    stopped = await post(api, "session/stop", session_id=session_id)
    assert stopped.json()["data"] == {"status": "closed", "end_reason": "viewer_closed"}
    events = await post(api, "keep_alive", session_id=session_id)
    assert events.status_code == 409


def test_init_greets_in_the_personas_words(api):
    assert call(api, "init").json() == {
        "success": True,
        "message": "Bot initialized successfully",
        "data": {"text": "Hello, I am Anna."},
    }


def test_create_gives_an_offer(made):
    assert made["sdp"]["type"] == "offer"
    assert made["sdp"]["sdp"].startswith("v=0")
    assert made["ice_servers2"] == []
    assert (made["status"], made["persona"], made["quality"]) == (
        "ready",
        "anna",
        "medium",
    )


def test_the_fourth_session_that_does_not_wait_is_told_who_can_do_what(api, bob):
    for _ in range(3):
        assert create(api).status_code == 200

    fourth = create(client_of(bob), wait=False)

    assert fourth.status_code == 409
    body = fourth.json()
    assert (body["success"], body["code"]) == (False, "no_seat")
    assert body["message"] == "All 3 seats are taken."
    assert "ask staff" in body["error"]
    assert "3 of them are yours" in create(api, wait=False).json()["error"]


def test_a_stopped_session_frees_its_seat(api):
    made = [create(api).json()["data"]["session_id"] for _ in range(3)]

    call(api, "session/stop", session_id=made[1])

    assert create(api).status_code == 200


def test_an_unknown_avatar_keeps_the_services_own_words(api):
    refused = create(api, avatar_name="nobody-of-this-name")

    assert refused.status_code == 400
    body = refused.json()
    assert body["code"] == "upstream_rejected"
    assert body["upstream"] == {"code": 10013, "message": "avatar not found"}
    assert Session.objects.get().state == State.FAILED


def test_a_service_that_is_away_is_said_so_and_costs_no_seat(api, account):
    account.base_url = "http://127.0.0.1:9"
    account.save()

    refused = create(api)

    assert (refused.status_code, refused.json()["code"]) == (
        502,
        "upstream_unreachable",
    )
    assert account.taken_seats() == set()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("session/create", {"quality": "huge"}, "quality"),
        ("session/create", {"avatar_name": ["x"]}, "avatar_name"),
        ("session/create", {"voice_id": "v" * 121}, "voice_id"),
        ("session/create", {"background": "url(x)"}, "background"),
        ("session/create", {"quality": "\ud800"}, "quality"),
        ("session/create", {"avatar_name": "\ud800"}, "avatar_name"),
        ("session/create", {"video_encoding": ["\ud800"]}, "video_encoding"),
        ("session/stop", {"session_id": 10**50}, "session_id"),
        ("session/create", {"persona": "not a slug"}, "persona"),
        ("session/start", {"sdp": "v=0"}, "session_id"),
        ("session/start", {"session_id": "x", "sdp": "v=0"}, "session_id"),
        ("session/stop", {}, "session_id"),
        ("session/stop", {"session_id": None}, "session_id"),
        ("ice", {"candidate": {"candidate": "c"}}, "session_id"),
        ("interrupt", {"session_id": 3.5}, "session_id"),
        ("keep_alive", {"session_id": {}}, "session_id"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(api, path, body, field):
    refused = call(api, path, **body)

    assert refused.status_code == 400
    assert refused.json()["code"] == "invalid"
    assert refused.json()["message"].startswith(f"{field}: ")
    assert Session.objects.count() == 0


@pytest.mark.parametrize(
    ("sdp", "says"),
    [
        (None, "null"),
        ("", "empty"),
        (7, "string"),
        ([], "string"),
        ({}, "string"),
        ({"type": "answer"}, "string"),
        ({"type": "rollback", "sdp": "v=0"}, "answer"),
        ("hello", "v=0"),
        ("v=0\ud800", "Unicode"),
        ("v=0\x00", "Unicode"),
        ("v=0" + "x" * 100_000, "100000"),
    ],
    ids=[
        "null",
        "empty",
        "number",
        "list",
        "no keys",
        "no sdp",
        "kind",
        "words",
        "surrogate",
        "NUL",
        "long",
    ],
)
def test_bad_sdp_is_explained(api, made, sdp, says):
    refused = call(api, "session/start", session_id=made["session_id"], sdp=sdp)

    assert refused.status_code == 400
    assert refused.json()["message"].startswith("sdp: ")
    assert says in refused.json()["message"]
    assert Session.objects.get().state == State.READY


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null", "NaN", b"\xff", "[" * 9999])
def test_a_body_that_is_no_object_is_a_400(api, body):
    refused = api.post(
        f"{BASE}/session/stop", data=body, content_type="application/json"
    )

    assert refused.status_code == 400
    assert refused.json()["success"] is False


def test_a_body_that_is_too_large_is_a_413(api):
    body = b'{"session_id": "' + b"x" * 300_000 + b'"}'

    refused = api.post(
        f"{BASE}/session/stop", data=body, content_type="application/json"
    )

    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("shape", ["string", "answer object", "object called offer"])
async def test_sdp_is_taken_in_every_shape_that_clients_send(
    transactional_db, api, made, shape
):
    from asgiref.sync import sync_to_async

    async with WireViewer() as viewer:
        answer = await viewer.answer(made["sdp"]["sdp"])
        sdp = {
            "string": answer,
            "answer object": {"type": "answer", "sdp": answer},
            "object called offer": {"type": "offer", "sdp": answer},
        }[shape]
        started = await sync_to_async(call)(
            api, "session/start", session_id=made["session_id"], sdp=sdp
        )

    assert started.status_code == 200
    assert started.json()["data"] == {"status": "connecting"}


@pytest.mark.parametrize(
    "body",
    [
        {
            "candidate": {
                "candidate": "candidate:1 1 UDP 2122 127.0.0.1 50000 typ host",
                "sdpMid": "0",
                "sdpMLineIndex": 0,
                "usernameFragment": "abcd",
            }
        },
        {
            "candidate": "candidate:1 1 UDP 2122 127.0.0.1 50000 typ host",
            "sdpMid": "0",
            "sdpMLineIndex": 0,
        },
        {"candidate": {"candidate": ""}},
    ],
    ids=["nested", "flat", "end of candidates"],
)
def test_ice_is_taken_in_both_known_shapes_and_before_start(api, made, body):
    taken = call(api, "ice", session_id=made["session_id"], **body)

    assert taken.status_code == 200
    assert taken.json()["message"] == "ICE candidate handled successfully"


def test_a_bad_candidate_names_its_field(api, made):
    refused = call(
        api, "ice", session_id=made["session_id"], candidate={"sdpMLineIndex": "x"}
    )

    assert "candidate.candidate" in refused.json()["error"]
    assert "candidate.sdpMLineIndex" in refused.json()["error"]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("session/start", {"sdp": "v=0"}),
        ("session/stop", {}),
        ("ice", {"candidate": {"candidate": ""}}),
        ("interrupt", {}),
        ("keep_alive", {}),
    ],
)
def test_anothers_session_does_not_exist(made, bob, path, more):
    refused = call(client_of(bob), path, session_id=made["session_id"], **more)

    assert (refused.status_code, refused.json()["code"]) == (404, "session_not_found")
    assert Session.objects.get().state == State.READY


def test_an_unknown_session_is_a_404(api):
    refused = call(api, "session/stop", session_id=str(uuid.uuid4()))

    assert refused.status_code == 404


def test_stopping_twice_is_fine(api, made):
    first = call(api, "session/stop", session_id=made["session_id"])
    second = call(api, "session/stop", session_id=made["session_id"])

    assert first.json() == second.json()
    assert second.status_code == 200


def test_an_answer_counts_once(api, made):
    Session.objects.update(state=State.CONNECTING)

    refused = call(api, "session/start", session_id=made["session_id"], sdp="v=0")

    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_staff_stop_anybodys_session(made, carol):
    call(client_of(carol), "session/stop", session_id=made["session_id"])

    assert Session.objects.get().end_reason == EndReason.STAFF_STOPPED


def test_the_list_shows_ones_own_open_sessions(api, made, bob):
    other = create(client_of(bob)).json()["data"]["session_id"]

    shown = api.get(f"{BASE}/sessions").json()["data"]["sessions"]

    assert [row["session_id"] for row in shown] == [made["session_id"]]
    call(api, "session/stop", session_id=made["session_id"])
    assert api.get(f"{BASE}/sessions").json()["data"]["sessions"] == []
    [ended] = api.get(f"{BASE}/sessions?all=true").json()["data"]["sessions"]
    assert ended["end_reason"] == "viewer_closed"
    assert other != made["session_id"]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("ice", {"candidate": {"candidate": ""}}),
        ("interrupt", {}),
        ("keep_alive", {}),
        ("text", {"text": "Hello."}),
    ],
)
def test_any_call_of_its_owner_keeps_a_session_alive(
    api, made, carol, settings, path, more
):
    soon = now() + timedelta(seconds=5)
    Session.objects.update(lease_expires_at=soon)

    call(client_of(carol), path, session_id=made["session_id"], **more)
    assert Session.objects.get().lease_expires_at == soon

    call(api, path, session_id=made["session_id"], **more)
    until = now() + timedelta(seconds=settings.LEASE_REST_S - 10)
    assert Session.objects.get().lease_expires_at > until


def test_avatars_and_voices_come_from_the_service(api):
    avatars = api.get(f"{BASE}/avatars").json()["data"]["avatars"]
    voices = api.get(f"{BASE}/voices").json()["data"]["voices"]

    assert len(avatars) >= 3
    assert {"avatar_id", "name", "gender", "default_voice"} == set(avatars[0])
    assert any(voice["language"].lower().startswith("en") for voice in voices)


def test_nothing_of_the_upstream_key_or_name_is_shown(api, made):
    shown = str(made) + str(api.get(f"{BASE}/sessions").json())

    assert "key-of-the-test-engine" not in shown
    assert Session.objects.get().upstream_id not in shown.replace(
        made["sdp"]["sdp"], ""
    )


def test_the_wrong_method_is_a_405_in_the_documented_shape(api):
    refused = api.get(f"{BASE}/session/create")

    assert refused.status_code == 405
    assert refused.json()["code"] == "method_not_allowed"
