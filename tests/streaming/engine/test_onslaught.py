"""Hundreds of requests that nobody should send, to an engine that runs as a process."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.engine.faults import CALLS
from tests.budget import examples
from tests.engine_process import EngineProcess, start_engine

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
FIELDS = [
    "session_id",
    "sdp",
    "candidate",
    "text",
    "task_type",
    "task_mode",
    "quality",
    "avatar_id",
    "voice",
    "version",
]
CANDIDATES = st.text() | st.from_regex(
    r"candidate:[0-9a-f]{1,9} [0-9]{1,3} (udp|tcp|ssl) [0-9]{1,12} "
    r"[0-9a-f.:%]{1,40} [0-9]{1,7} typ [a-z]{1,8}( [a-z]{1,8} \S{1,9})?",
    fullmatch=True,
)
LINES = st.from_regex(
    r"(v=0|m=(video|audio|application) [0-9]{1,6} [A-Z/]{1,20}( [0-9]{1,4}){0,3}"
    r"|a=(mid|setup|ice-ufrag|ice-pwd|fingerprint|rtpmap|fmtp|group|sctp-port|ssrc"
    r"|candidate|extmap|msid|rtcp-fb):[ -~]{0,40}|a=(sendrecv|recvonly|rtcp-mux)"
    r"|[a-z]=[ -~]{0,20})",
    fullmatch=True,
)


@pytest.fixture(scope="module")
def target() -> Iterator[EngineProcess]:
    """An engine, which must be alive and well at the end."""
    with start_engine(seats=1, ENGINE_WARM="none") as engine:
        yield engine
        assert status(engine, "GET", "/healthz") == 200
        written = "".join(engine.output)
    assert engine.process.returncode == 0
    assert "Traceback" not in written
    assert "A call failed." not in written


@pytest.fixture(scope="module")
def session_id(target: EngineProcess) -> str:
    answer = send(target, "POST", "/v1/streaming.new", b"{}")[1]
    session: str = answer["data"]["session_id"]
    return session


def send(
    engine: EngineProcess, method: str, path: str, body: bytes = b""
) -> tuple[int, Any]:
    request = urllib.request.Request(  # noqa: S310
        engine.url + path, data=body or None, headers=engine.headers, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.load(refused)


def status(engine: EngineProcess, method: str, path: str, body: bytes = b"") -> int:
    """The status of an answer, which is in the protocol's shape if it is a refusal."""
    code, answer = send(engine, method, path, body)
    if code != 200:
        assert isinstance(answer["code"], int)
        assert isinstance(answer["message"], str)
    return code


@settings(max_examples=examples(150), deadline=None)
@given(
    call=st.sampled_from([call for call in CALLS if call != "list"]),
    body=st.binary(max_size=200)
    | st.dictionaries(st.sampled_from(FIELDS), JSON).map(
        lambda o: json.dumps(o).encode()
    ),
)
def test_any_body_is_answered(
    target: EngineProcess, session_id: str, call: str, body: bytes
):
    assert status(target, "POST", f"/v1/streaming.{call}", body) < 500


@settings(max_examples=examples(100), deadline=None)
@given(
    given_candidate=CANDIDATES
    | CANDIDATES.map(lambda text: {"candidate": text, "sdpMid": "0"})
    | JSON
)
def test_any_candidate_is_answered(
    target: EngineProcess, session_id: str, given_candidate: object
):
    body = json.dumps({"session_id": session_id, "candidate": given_candidate})

    assert status(target, "POST", "/v1/streaming.ice", body.encode()) < 500


@settings(max_examples=examples(100), deadline=None)
@given(sdp=st.lists(LINES, max_size=30).map("\r\n".join) | st.text())
def test_any_answer_is_answered(target: EngineProcess, session_id: str, sdp: str):
    answer = {"session_id": session_id, "sdp": {"type": "answer", "sdp": sdp}}

    assert status(
        target, "POST", "/v1/streaming.start", json.dumps(answer).encode()
    ) in (400, 401)
