"""A line that is narrower than the pictures is sent fewer of them."""

import pytest

from streaming.engine.packets.thinning import Thinning


def sent_bps(thinning: Thinning, *, nbytes: int, seconds: int) -> float:
    """What goes out when a picture of that size is due 25 times a second."""
    sent = 0
    for number in range(seconds * 25):
        if thinning.has_room(100 + number / 25):
            thinning.sent(nbytes)
            sent += nbytes
    return sent * 8 / seconds


def test_without_a_limit_every_picture_is_sent():
    assert sent_bps(Thinning(), nbytes=3000, seconds=4) == 600_000


@pytest.mark.parametrize("bps", [100_000, 300_000])
def test_a_limit_is_kept(bps: int):
    thinning = Thinning()
    thinning.limit(bps)

    assert 0.9 * bps < sent_bps(thinning, nbytes=3000, seconds=20) < 1.1 * bps


def test_a_limit_that_is_wide_enough_costs_nothing():
    thinning = Thinning()
    thinning.limit(700_000)

    assert sent_bps(thinning, nbytes=3000, seconds=4) == 600_000


def test_after_a_large_picture_the_next_comes_within_little_more_than_a_second():
    thinning = Thinning()
    thinning.limit(100_000)
    assert thinning.has_room(10.0)
    thinning.sent(100_000)

    assert not thinning.has_room(10.9)
    assert thinning.has_room(11.1)


def test_a_limit_can_be_lifted():
    thinning = Thinning()
    thinning.limit(1000)
    thinning.has_room(1.0)
    thinning.sent(3000)
    assert not thinning.has_room(1.04)
    thinning.limit(None)

    assert thinning.has_room(1.08)
