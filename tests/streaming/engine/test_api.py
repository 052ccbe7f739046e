"""The protocol's calls over HTTP: shapes, codes, and what is malformed."""

import asyncio
import json
from typing import Any

import pytest

from streaming.engine.face import AVATARS, DEFAULT_AVATAR
from streaming.engine.speech import VOICES
from tests.streaming.engine.conftest import Caller, Engine

UNKNOWN = "00000000-0000-4000-8000-000000000000"
SESSION_CALLS = [
    "start",
    "ice",
    "task",
    "stop",
    "interrupt",
    "keep_alive",
    "start_listening",
    "stop_listening",
]
CANDIDATE = "candidate:1 1 udp 2130706431 127.0.0.1 50000 typ host"


async def test_a_new_session_has_the_clouds_shape(call: Caller):
    reply = await call.post("new", quality="low")

    assert reply.status == 200
    assert (reply.body["code"], reply.body["message"]) == (100, "success")
    assert reply.data["sdp"]["type"] == "offer"
    assert reply.data["ice_servers2"] == []
    assert reply.data["session_duration_limit"] == 600


async def test_the_offer_is_video_sound_and_events_in_one_stream(call: Caller):
    sdp = (await call.new())["sdp"]["sdp"]
    lines = sdp.splitlines()
    streams = {line.split()[0] for line in lines if line.startswith("a=msid:")}

    kinds = [line.split()[0] for line in lines if line.startswith("m=")]
    assert kinds == ["m=video", "m=audio", "m=application"]
    assert len(streams) == 1
    assert lines.count("a=sendonly") == 2
    assert lines.count("a=setup:actpass") == 3
    assert "a=group:BUNDLE 0 1 2" in lines
    assert any(" typ host" in line for line in lines)
    assert not any(" typ srflx" in line for line in lines)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_the_wished_codec_comes_first_in_the_offer(call: Caller, codec: str):
    sdp = (await call.new(video_encoding=codec))["sdp"]["sdp"]
    first = next(line for line in sdp.splitlines() if line.startswith("a=rtpmap:"))

    assert first.split()[1] == f"{codec}/90000"


async def test_the_fourth_session_meets_10004(call: Caller):
    for _ in range(3):
        await call.new()

    assert (await call.post("new")).failure == (400, 10004)


async def test_seats_are_never_oversold_by_a_race(call: Caller):
    replies = await asyncio.gather(*(call.post("new") for _ in range(10)))

    assert sorted(reply.body["code"] for reply in replies) == [100] * 3 + [10004] * 7


async def test_a_stopped_sessions_seat_is_free_at_once(call: Caller):
    sessions = [await call.new() for _ in range(3)]

    await call.post("stop", session_id=sessions[0]["session_id"])

    await call.new()


async def test_open_sessions_are_listed_until_they_are_stopped(call: Caller):
    session = await call.new()
    listed = (await call.get("/v1/streaming.list")).data["sessions"]
    await call.post("stop", session_id=session["session_id"])

    assert [each["session_id"] for each in listed] == [session["session_id"]]
    assert listed[0]["status"] == "new"
    assert isinstance(listed[0]["created_at"], int)
    assert (await call.get("/v1/streaming.list")).data["sessions"] == []


async def test_history_has_the_newest_first_in_pages(call: Caller):
    ids = []
    for _ in range(3):
        ids.append((await call.new())["session_id"])
        await call.post("stop", session_id=ids[-1])

    page = (await call.get("/v2/streaming.list?page_size=2")).data
    rest = (await call.get("/v2/streaming.list?page_size=2&page=2")).data

    assert [each["session_id"] for each in page["data"]] == [ids[2], ids[1]]
    assert [each["session_id"] for each in rest["data"]] == [ids[0]]
    assert (page["total"], page["next_pagination_token"]) == (3, "2")
    assert rest["next_pagination_token"] == ""


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=101", "page=²"])
async def test_a_bad_page_is_refused(call: Caller, query: str):
    assert (await call.get(f"/v2/streaming.list?{query}")).failure == (400, 40012)


async def test_avatars_are_listed_in_both_shapes(call: Caller):
    streaming = (await call.get("/v1/streaming/avatar.list")).data
    plain = (await call.get("/v2/avatars")).body

    ids = [each["avatar_id"] for each in streaming]
    assert ids[0] == DEFAULT_AVATAR
    assert sorted(ids) == sorted(AVATARS)
    assert plain["error"] is None
    assert [each["avatar_id"] for each in plain["data"]["avatars"]] == ids
    assert all(each["default_voice"] in VOICES for each in streaming)


async def test_voices_are_listed(call: Caller):
    body = (await call.get("/v2/voices")).body

    assert body["error"] is None
    listed = {each["voice_id"]: each for each in body["data"]["voices"]}
    assert listed["en-us+f3"]["gender"] == "female"
    assert listed["fr-fr"]["language"] == "fr-fr"


async def test_the_quota_is_in_seconds(call: Caller):
    body = (await call.get("/v2/user/remaining_quota")).body

    assert body["error"] is None
    assert body["data"]["remaining_quota"] > 0


async def test_health_needs_no_key(call: Caller):
    reply = await call.send("GET", "/healthz", headers={})

    assert (reply.status, reply.body) == (200, {"status": "ok"})


@pytest.mark.parametrize("name", SESSION_CALLS)
async def test_an_unknown_session_is_400004(call: Caller, name: str):
    reply = await call.post(name, session_id=UNKNOWN, **GOOD.get(name, {}))

    assert reply.failure == (400, 400004)
    assert reply.body["message"].endswith(UNKNOWN)


@pytest.mark.parametrize("name", SESSION_CALLS)
async def test_a_closed_session_is_10005_but_to_stop_400004(call: Caller, name: str):
    session_id = (await call.new())["session_id"]
    await call.post("stop", session_id=session_id)

    reply = await call.post(name, session_id=session_id, **GOOD.get(name, {}))

    if name == "stop":
        assert reply.failure == (400, 400004)
    else:
        assert reply.failure == (400, 10005)
        assert reply.body["message"] == "session state wrong: closed"


@pytest.mark.parametrize("name", ["task", "interrupt", "start_listening"])
async def test_before_the_start_it_is_10005_new(call: Caller, name: str):
    session_id = (await call.new())["session_id"]

    reply = await call.post(name, session_id=session_id, **GOOD.get(name, {}))

    assert reply.failure == (400, 10005)
    assert reply.body["message"] == "session state wrong: new"


@pytest.mark.parametrize("name", SESSION_CALLS)
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 40001),
        ({"session_id": ""}, 40001),
        ({"session_id": None}, 40001),
        ({"session_id": 7}, 400175),
        ({"session_id": ["a"]}, 400175),
        ({"session_id": "x" * 300}, 400175),
        ({"session_id": "\u0000'; drop"}, 400004),
    ],
)
async def test_a_bad_session_id_is_refused(
    call: Caller, name: str, body: dict[str, Any], code: int
):
    assert (await call.post(name, **{**GOOD.get(name, {}), **body})).failure == (
        400,
        code,
    )


GOOD: dict[str, dict[str, Any]] = {
    "start": {"sdp": {"type": "answer", "sdp": "v=0\r\n"}},
    "ice": {"candidate": CANDIDATE},
    "task": {"text": "Hello"},
}


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        (None, 40001),
        ({}, 40001),
        ({"type": "answer"}, 40001),
        ({"type": "answer", "sdp": ""}, 40001),
        ([], 400175),
        (5, 400175),
        ({"type": "offer", "sdp": "v=0"}, 400175),
        ({"type": "answer", "sdp": 5}, 400175),
        ({"type": "answer", "sdp": "v=0\r\n"}, 400175),
        ({"type": "answer", "sdp": "not sdp at all"}, 400175),
        ({"type": "answer", "sdp": "m=video 9 X 1\r\na=candidate:1"}, 400175),
        ({"type": "answer", "sdp": "v=0\r\n" + "a=x\r\n" * 20_000}, 400175),
        ("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n", 400175),
    ],
)
async def test_a_bad_answer_is_refused_and_may_be_repeated(
    call: Caller, sdp: Any, code: int
):
    session_id = (await call.new())["session_id"]

    reply = await call.post("start", session_id=session_id, sdp=sdp)

    assert reply.failure == (400, code)
    assert (await call.get("/v1/streaming.list")).data["sessions"][0]["status"] == "new"


async def test_an_answer_cut_anywhere_is_refused_without_a_crash(call: Caller):
    session = await call.new()
    offer = session["sdp"]["sdp"].replace("actpass", "active")
    lines = offer.splitlines()

    for count in range(1, len(lines), 7):
        cut = "\r\n".join(lines[:count])
        reply = await call.post("start", session_id=session["session_id"], sdp=cut)
        assert reply.failure == (400, 400175)


@pytest.mark.parametrize(
    "candidate",
    [
        {"candidate": CANDIDATE, "sdpMid": "0", "sdpMLineIndex": 0},
        {"candidate": CANDIDATE, "sdpMid": None, "usernameFragment": "abcd"},
        {"candidate": ""},
        {"candidate": None},
        {},
        None,
        "",
        CANDIDATE,
        "a=" + CANDIDATE,
        "candidate:1 1 udp 1 6c2b1c3e.local 50000 typ host",
        "candidate:1 1 tcp 1 127.0.0.1 9 typ host tcptype active",
    ],
)
async def test_candidates_are_taken_before_the_start(call: Caller, candidate: Any):
    session_id = (await call.new())["session_id"]

    reply = await call.post("ice", session_id=session_id, candidate=candidate)

    assert (reply.status, reply.body["code"]) == (200, 100)


@pytest.mark.parametrize(
    "candidate",
    [
        5,
        ["a"],
        {"candidate": 5},
        "nonsense",
        "candidate:1 x udp y 127.0.0.1 z typ host",
        "candidate:" + "1 " * 2000,
    ],
)
async def test_a_bad_candidate_is_refused(call: Caller, candidate: Any):
    session_id = (await call.new())["session_id"]

    reply = await call.post("ice", session_id=session_id, candidate=candidate)

    assert reply.failure == (400, 400175)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"7",
        b"null",
        b"\xff\xfe",
        b'{"rate": NaN}',
        b"[" * 100_000,
        b'{"a":' * 30_000,
    ],
)
async def test_a_body_that_is_no_object_is_400175(call: Caller, body: bytes):
    reply = await call.send("POST", "/v1/streaming.new", data=body)

    assert reply.failure == (400, 400175)


async def test_a_huge_body_is_413(call: Caller):
    reply = await call.send("POST", "/v1/streaming.new", data=b" " * 300_000)

    assert reply.failure == (413, 400175)


async def test_the_content_type_does_not_matter(call: Caller):
    reply = await call.send(
        "POST", "/v1/streaming.new", data=json.dumps({"quality": "low"})
    )

    assert reply.status == 200


async def test_unknown_paths_and_methods_answer_in_json(call: Caller):
    assert (await call.get("/v1/streaming.nothing")).failure == (404, 404)
    assert (await call.get("/v1/streaming.new")).failure == (405, 405)
    assert (await call.get("/")).failure == (
        404,
        404,
    )  # the page is asked for by --demo


async def test_without_credentials_it_is_400112(call: Caller):
    for method, path in [
        ("POST", "/v1/streaming.new"),
        ("GET", "/v2/voices"),
        ("POST", "/v1/streaming.create_token"),
    ]:
        reply = await call.send(method, path, headers={"X-Api-Key": "wrong"})
        assert reply.failure == (401, 400112)


async def test_any_page_may_call(engine: Engine):
    origin = {"Origin": "https://elsewhere.example"}
    preflight = await engine.call.http.options("/v1/streaming.new", headers=origin)
    refused = await engine.call.http.post("/v1/streaming.new", headers=origin)

    assert preflight.status == 204
    assert "X-Api-Key" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert refused.status == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


async def test_a_token_opens_one_session_and_speaks_for_it_alone(call: Caller):
    other = await call.new()
    token = (await call.post("create_token")).data["token"]
    caller = call.with_token(token)

    own = await caller.new(quality="low")

    assert (await caller.post("new")).failure == (401, 400112)
    kept = await caller.post("keep_alive", session_id=own["session_id"])
    assert kept.status == 200
    foreign = await caller.post("stop", session_id=other["session_id"])
    assert foreign.failure == (401, 400112)


async def test_a_token_is_not_used_up_by_a_refusal(call: Caller):
    sessions = [await call.new() for _ in range(3)]
    caller = call.with_token((await call.post("create_token")).data["token"])

    assert (await caller.post("new")).failure == (400, 10004)
    assert (await caller.post("new", avatar_id="nobody")).failure == (400, 10013)
    await call.post("stop", session_id=sessions[0]["session_id"])

    await caller.new()


async def test_two_uses_of_a_token_at_once_give_one_session(call: Caller):
    caller = call.with_token((await call.post("create_token")).data["token"])

    replies = await asyncio.gather(caller.post("new"), caller.post("new"))

    assert sorted(reply.status for reply in replies) == [200, 401]


async def test_a_token_reads_catalogues_but_not_the_account(call: Caller):
    caller = call.with_token((await call.post("create_token")).data["token"])

    assert (await caller.get("/v2/voices")).status == 200
    assert (await caller.get("/v1/streaming/avatar.list")).status == 200
    for path in ("/v1/streaming.list", "/v2/user/remaining_quota"):
        assert (await caller.get(path)).failure == (401, 400112)
    assert (await caller.post("create_token")).failure == (401, 400112)


async def test_keys_and_tokens_are_never_logged(
    call: Caller, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    token = (await call.post("create_token")).data["token"]
    await call.with_token(token).new()
    await call.send("POST", "/v1/streaming.new", headers={"X-Api-Key": "guess-42"})

    written = " ".join(str(vars(record)) for record in caplog.records)
    for secret in (token, call.headers["X-Api-Key"], "guess-42"):
        assert secret not in written
