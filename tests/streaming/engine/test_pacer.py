"""Everything that is sent goes by one timer."""

import asyncio
import time

import pytest

from streaming.engine.pacer import SLOT_S, Pacer


class Sender:
    """Wants to be called every 20 ms, so many times, and notes when it was."""

    def __init__(self, times: int = 3) -> None:
        self.called_at: list[float] = []
        self.began_at = time.monotonic()
        self.done = asyncio.Event()
        self._times = times

    def act(self) -> float:
        self.called_at.append(time.monotonic())
        if len(self.called_at) >= self._times:
            self.done.set()
        return self.began_at + 0.02 * len(self.called_at)


async def until_done(pacer: Pacer, *senders: Sender) -> None:
    tasks = [asyncio.create_task(pacer.keep(sender.act)) for sender in senders]
    async with asyncio.timeout(10):
        for sender in senders:
            await sender.done.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_nobody_is_called_more_than_half_a_slot_early():
    sender = Sender(times=6)

    await until_done(Pacer(), sender)

    for number, called_at in enumerate(sender.called_at):
        assert called_at >= sender.began_at + 0.02 * number - SLOT_S / 2 - 0.001


async def test_what_is_due_together_is_done_in_one_go():
    first, second = Sender(), Sender()
    second.began_at = first.began_at

    await until_done(Pacer(), first, second)

    gaps = [b - a for a, b in zip(first.called_at, second.called_at, strict=False)]
    assert max(gaps) < SLOT_S


async def test_one_that_fails_is_told_so_and_the_others_go_on():
    pacer, other = Pacer(), Sender()

    def fail() -> float:
        raise ConnectionError("gone")

    failing = asyncio.create_task(pacer.keep(fail))
    await until_done(pacer, other)

    with pytest.raises(ConnectionError):
        await failing


async def test_one_that_is_always_late_does_not_keep_the_loop_to_itself():
    pacer, other = Pacer(), Sender()
    late = asyncio.create_task(pacer.keep(lambda: time.monotonic() - 1))

    await until_done(pacer, other)
    late.cancel()

    assert len(other.called_at) >= 3


async def test_who_stops_is_forgotten_at_once():
    pacer, sender = Pacer(), Sender(times=2)

    await until_done(pacer, sender)

    assert pacer.is_idle
