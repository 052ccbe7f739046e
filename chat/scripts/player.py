"""Plays a presentation: says what is due, and waits until it was heard."""

import asyncio
import logging
import time
import uuid
from typing import Any

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from chat import showing
from chat.feeding import unbroken
from chat.models import ScriptRun, Turn
from chat.replies import MAX_PIECES_AHEAD
from chat.scripts.looking import Begin, Leave, look
from chat.turns import Turns
from streaming import background
from streaming.models import Session

logger = logging.getLogger(__name__)

#: A player that has not looked for so long is dead, and another may take its place.
CLAIM_S = 6.0

_A_MOMENT_S = 0.1

#: What may change what is to be done next.
_NEWS = frozenset(
    {
        "avatar.stop_talking",
        "script.status",
        "session.status",
        "turn.finished",
        "turn.interrupted",
        "turn.started",
    }
)


def start_player(run: ScriptRun, session: Session) -> None:
    """Play `run` beside whoever asks; nothing happens where somebody does so already.

    Needs a running event loop that goes on. Where it does not, the next sign of life of
    the session's viewer finds the run orphaned (`verbs.attend`).
    """
    background.hold(Player(run, session).play())


class Player:
    """One attempt to play a run, in this process. Ends when there is nothing to play."""

    def __init__(self, run: ScriptRun, session: Session) -> None:
        self._run = run
        self._session = session
        self._name = uuid.uuid4().hex
        self._turns = Turns(max_pieces_ahead=MAX_PIECES_AHEAD)
        self._news = asyncio.Event()

    async def play(self) -> None:
        """Returns when it is paused or over, or when another player has it."""
        if not await self._claim():
            return
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(self._session.group, channel)
        listening = asyncio.create_task(self._listen(layer, channel))
        try:
            while True:
                await self._play_on()
                if await sync_to_async(self._run.let_go)(self._name):
                    return
        finally:
            listening.cancel()
            await asyncio.wait([listening])
            await layer.group_discard(self._session.group, channel)
            await self._turns.stop()

    async def _play_on(self) -> None:
        while True:
            self._news.clear()
            if not await self._claim():
                return
            following = await sync_to_async(look)(
                self._run, self._name, feeds=self._feeds
            )
            match following:
                case Leave():  # also when the news of an interruption was lost
                    await self._turns.stop()
                    return
                case Begin():
                    await self._begin()
                case _ if following.for_s > 0:
                    await self._await_news(following.for_s)

    async def _claim(self) -> bool:
        return await sync_to_async(self._run.claim)(self._name, CLAIM_S)

    @property
    def _feeds(self) -> int | None:
        turn = self._turns.turn
        return turn.number if turn is not None and self._turns.is_busy else None

    async def _begin(self) -> None:
        began_s = time.monotonic()
        turn = await unbroken(sync_to_async(self._run.begin_turn)(self._name))
        if turn is None:  # something has just changed, of which the next look will tell
            await self._await_news(_A_MOMENT_S)
            return
        await self._show(turn)
        await self._turns.feed(self._session, turn, began_s=began_s, is_paced=True)

    async def _show(self, turn: Turn) -> None:
        """What belongs to the segment, and nothing where it has nothing to show."""
        if name := self._run.exhibit:
            try:
                await showing.show_exhibit(self._session, name, turn=turn.number)
            except showing.NoSuchExhibit:
                logger.warning("A presentation shows what is not there any more.")
        else:
            await showing.hide_exhibit(self._session)

    async def _await_news(self, wait_s: float) -> None:
        try:
            async with asyncio.timeout(wait_s):
                await self._news.wait()
        except TimeoutError:
            pass

    async def _listen(self, layer: Any, channel: str) -> None:
        while True:
            message = await layer.receive(channel)
            if message["type"] == "turn.interrupt":
                await self._turns.heed(message)
            if _is_news(message):
                self._news.set()


def _is_news(message: dict[str, Any]) -> bool:
    is_frame = message["type"] == "session.frame"
    return not is_frame or message["frame"]["type"] in _NEWS
