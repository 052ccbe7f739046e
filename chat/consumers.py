"""The session's websocket with a conversation on it."""

import time
from typing import Any

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from chat import messages, turns
from chat.errors import NotTheViewer, TooFast
from chat.feeding import tell_talk
from chat.minds import describe_mind, warm_up
from chat.models import Turn
from chat.rates import Bucket
from chat.replaying import find_text
from chat.replies import MAX_PIECES_AHEAD
from chat.turns import Turns
from streaming import background, services
from streaming.consumers import SessionConsumer
from streaming.models import State

#: Ten things to say or ask at once, then one every two seconds.
TALK_BURST = 10
TALK_PER_S = 0.5
#: A replay goes on piece by piece, of which many are a word or two.
REPLAYED_PER_S = 2.0


class TalkConsumer(SessionConsumer):
    """Translates say, ask and interrupt to turns; what happens comes back by the group.

    Only the viewer puts words into the conversation. Operators may end it and hush it,
    but whoever talks with a persona should know that nobody else writes their part.
    """

    async def connect(self) -> None:
        self.turns = Turns(max_pieces_ahead=MAX_PIECES_AHEAD)
        self._talk = Bucket(TALK_BURST, TALK_PER_S)
        self._replayed = Bucket(TALK_BURST, REPLAYED_PER_S)
        await super().connect()

    async def snapshot_extras(self) -> dict[str, Any]:
        background.hold(warm_up())
        return await super().snapshot_extras() | {"mind": describe_mind().as_dict()}

    async def receive_message(self, content: dict[str, Any]) -> None:
        match messages.parse(content):
            case messages.Say(text, interrupts):
                await self._start(Turn.Kind.SAY, text, interrupts=interrupts)
            case messages.Ask(text, interrupts):
                await self._start(Turn.Kind.ASK, text, interrupts=interrupts)
            case messages.Interrupt():
                await self._interrupt()
            case messages.Replay(turn, piece):
                await self._replay(turn, piece)
            case None:
                await super().receive_message(content)

    async def _start(self, kind: Turn.Kind, text: str, *, interrupts: bool) -> None:
        if not self.is_viewer:
            raise NotTheViewer
        if not self._talk.take(time.monotonic()):
            raise TooFast
        session = await services.get_open_session(self.session.pk, self.user)
        await self.turns.start(session, kind, text, interrupts=interrupts)

    async def _replay(self, turn: int, piece: int) -> None:
        """Say it again, for this viewer alone: no turn begins, and no event has the words."""
        if not self.is_viewer:
            raise NotTheViewer
        if not self._replayed.take(time.monotonic()):
            raise TooFast
        session = await services.get_open_session(self.session.pk, self.user)
        text = await sync_to_async(find_text)(session, turn, piece)
        utterance = await services.speak(session, text)
        data = {
            "turn": turn,
            "index": piece,
            "text": text,
            "task_id": utterance.task_id,
            "duration_s": utterance.duration_s,
        }
        frame = {"type": "chat.sentence", "seq": None, "at": now().isoformat()}
        await self.send_json(frame | {"data": data})

    async def _interrupt(self) -> None:
        self.turns.cancel()
        session = await services.get_open_session(self.session.pk, self.user)
        await turns.interrupt(session, self.turns)

    async def note_talking(self, state: str, task_id: str) -> None:
        await super().note_talking(state, task_id)
        if self.is_viewer and state == "start":
            await tell_talk(self.session, task_id)

    async def turn_interrupt(self, message: dict[str, Any]) -> None:
        """From the group: somebody interrupted, perhaps in another process."""
        await self.turns.heed(message)

    async def session_frame(self, message: dict[str, Any]) -> None:
        frame = message["frame"]
        if frame["type"] == "session.status" and frame["data"]["to"] == State.CLOSING:
            await self.turns.stop()  # nobody is left to hear the rest
        await super().session_frame(message)

    async def leaving(self) -> None:
        await self.turns.stop()
