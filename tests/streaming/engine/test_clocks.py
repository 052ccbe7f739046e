"""Media time stands on the sound's samples."""

import asyncio

from streaming.engine.clock import MediaClock


class Hand:
    """Monotonic time, moved by hand."""

    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def test_it_starts_at_zero_when_first_asked():
    clock = MediaClock(Hand())

    assert not clock.has_started
    assert clock.now_s() == 0
    assert clock.has_started


def test_it_runs_with_time():
    hand = Hand()
    clock = MediaClock(hand)
    clock.now_s()

    hand.now += 1.5

    assert clock.now_s() == 1.5


def test_time_that_is_lost_is_left_out_for_everybody_in_whole_steps():
    hand = Hand()
    clock = MediaClock(hand)
    clock.now_s()
    hand.now += 10

    clock.leave_out_lost(2.015, 0.125)

    assert clock.now_s() == 2.125
    assert clock.monotonic_at(2.625) == hand.now + 0.5


def test_time_that_can_be_caught_up_is_not_lost():
    hand = Hand()
    clock = MediaClock(hand)
    clock.now_s()
    hand.now += 2

    clock.leave_out_lost(1.9, 0.02)

    assert clock.now_s() == 2


async def test_waiting_for_the_past_returns_at_once():
    clock = MediaClock()
    clock.now_s()

    async with asyncio.timeout(0.05):
        await clock.wait_until(-1)


async def test_waiting_does_not_return_early():
    clock = MediaClock()
    clock.now_s()

    await clock.wait_until(0.03)

    assert 0.03 <= clock.now_s() < 0.2
