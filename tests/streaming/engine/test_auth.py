"""Keys and tokens: who may call."""

import base64
import json

import pytest

from streaming.engine.auth import TOKEN_LIFE_S, Doorkeeper
from streaming.engine.errors import Unauthorized
from tests.streaming.engine.virtual_clock import VirtualClock

KEY = "the-right-key"


@pytest.fixture
def door(clock: VirtualClock) -> Doorkeeper:
    return Doorkeeper(KEY, clock)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Api-Key": KEY},
        {"Authorization": f"Bearer {KEY}"},
        {"Authorization": f"bearer  {KEY} "},
    ],
)
def test_the_key_is_good_in_both_headers(door: Doorkeeper, headers: dict[str, str]):
    assert door.admit(headers).has_key


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Api-Key": ""},
        {"X-Api-Key": KEY + "x"},
        {"X-Api-Key": "schlüssel"},
        {"Authorization": KEY},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": "Bearer wrong"},
    ],
)
def test_anything_else_is_refused(door: Doorkeeper, headers: dict[str, str]):
    with pytest.raises(Unauthorized):
        door.admit(headers)


def test_without_a_key_any_but_none_is_good(clock: VirtualClock):
    door = Doorkeeper("", clock)

    assert door.admit({"X-Api-Key": "whatever"}).has_key
    with pytest.raises(Unauthorized):
        door.admit({})


def test_a_token_is_not_the_key(door: Doorkeeper):
    caller = door.admit({"Authorization": f"Bearer {door.issue_token()}"})

    assert not caller.has_key


def test_a_token_looks_like_the_clouds(door: Doorkeeper):
    claims = json.loads(base64.b64decode(door.issue_token()))

    assert set(claims) == {"token", "token_type", "created_at"}


@pytest.mark.parametrize("key", [KEY, ""])
async def test_a_token_expires_after_an_hour(clock: VirtualClock, key: str):
    door = Doorkeeper(key, clock)
    headers = {"Authorization": f"Bearer {door.issue_token()}"}

    await clock.advance(TOKEN_LIFE_S - 1)
    assert not door.admit(headers).has_key
    await clock.advance(1)
    door.issue_token()

    with pytest.raises(Unauthorized):
        door.admit(headers)


def test_a_made_up_token_is_refused_even_without_a_key(clock: VirtualClock):
    claims = {"token": "00", "token_type": "sa_from_trial", "created_at": 0}
    made_up = base64.b64encode(json.dumps(claims).encode()).decode()

    with pytest.raises(Unauthorized):
        Doorkeeper("", clock).admit({"Authorization": f"Bearer {made_up}"})


def test_secrets_stay_out_of_what_is_printed(door: Doorkeeper):
    token = door.issue_token()
    caller = door.admit({"Authorization": f"Bearer {token}"})

    assert token not in repr(caller)
    assert KEY not in repr(door)
