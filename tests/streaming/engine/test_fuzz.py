"""Nothing that anybody may send is answered by a crash."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streaming.engine.errors import WireError
from streaming.engine.orders import Order, read_order
from streaming.engine.peers import BadDescription, parse_candidate
from tests.budget import examples
from tests.streaming.engine.conftest import Engine
from tests.wire_viewer import WireViewer

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
ORDER_FIELDS = [
    "quality",
    "avatar_id",
    "avatar_name",
    "voice",
    "voice_id",
    "video_encoding",
    "activity_idle_timeout",
    "disable_idle_timeout",
    "background",
    "version",
]
VOICE = st.dictionaries(st.sampled_from(["voice_id", "rate", "pitch", "emotion"]), JSON)


@settings(max_examples=examples(100), deadline=None)
@given(st.dictionaries(st.sampled_from(ORDER_FIELDS), JSON | VOICE))
def test_any_order_is_read_or_refused(body: dict[str, object]):
    try:
        read: Order | WireError = read_order(body)
    except WireError as exc:
        read = exc

    assert isinstance(read, Order) or read.code in (10013, 400175)


@settings(max_examples=examples(100), deadline=None)
@given(st.text() | st.from_regex(r"candidate:(\S+ ){4,9}\S+", fullmatch=True))
def test_any_candidate_is_read_or_refused(text: str):
    try:
        candidate = parse_candidate(text)
    except BadDescription:
        return
    assert candidate is None or candidate.sdpMid == "0"


def _drop(lines: list[str], dice: random.Random) -> None:
    del lines[dice.randrange(len(lines))]


def _double(lines: list[str], dice: random.Random) -> None:
    line = dice.choice(lines)
    lines.insert(dice.randrange(len(lines)), line)


def _swap(lines: list[str], dice: random.Random) -> None:
    one, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _cut(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    lines[at] = lines[at][: dice.randrange(len(lines[at]) + 1)]


def _scramble(lines: list[str], dice: random.Random) -> None:
    at = dice.randrange(len(lines))
    place = dice.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:place] + dice.choice("9-:/ \x00é") + lines[at][place:]


HARM: list[Callable[[list[str], random.Random], None]] = [
    _drop,
    _double,
    _swap,
    _cut,
    _scramble,
]


@pytest.mark.parametrize("seed", range(4))
async def test_a_spoilt_answer_is_taken_or_refused(engine: Engine, seed: int):
    dice = random.Random(seed)  # noqa: S311
    call = engine.call
    session = await call.new(quality="low")
    async with WireViewer() as viewer:
        answer = await viewer.answer(session["sdp"]["sdp"])

        for _ in range(40):
            lines = answer.splitlines()
            for _ in range(dice.randint(1, 4)):
                dice.choice(HARM)(lines, dice)
            reply = await call.post(
                "start", session_id=session["session_id"], sdp="\r\n".join(lines)
            )
            if reply.status == 200:
                await call.post("stop", session_id=session["session_id"])
                session = await call.new(quality="low")
            else:
                assert reply.failure == (400, 400175)

    assert (await call.send("GET", "/healthz")).status == 200
