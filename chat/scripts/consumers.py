"""The session's websocket with presentations on it."""

import time
from typing import Any

from asgiref.sync import sync_to_async
from django.utils.timezone import now

from chat import showing
from chat.consumers import TalkConsumer
from chat.errors import NotTheViewer, TooFast
from chat.models import ScriptRun, Turn
from chat.models.script_run import STATUS, Why
from chat.rates import Bucket
from chat.scripts import messages, verbs
from streaming import background, services
from streaming.models import Session

#: Twenty key presses at once, then two a second.
STEER_BURST = 20
STEER_PER_S = 2.0


class PresentingConsumer(TalkConsumer):
    """Translates `script.` messages to verbs; what comes of them is told by the group.

    Operators may pause and stop, as they may hush; the viewer alone gives the floor.
    """

    async def connect(self) -> None:
        self._steering = Bucket(STEER_BURST, STEER_PER_S)
        self._presents = False
        self._is_cut = False
        await super().connect()

    async def snapshot_extras(self) -> dict[str, Any]:
        extras = await sync_to_async(_extras)(self.session)
        self._presents = _is_in_motion(extras["script"])
        self._is_cut = extras["script"]["why"] == Why.INTERRUPTED
        return await super().snapshot_extras() | extras

    async def receive_message(self, content: dict[str, Any]) -> None:
        asked = messages.parse(content)
        if asked is None:
            await super().receive_message(content)
            if content["type"] == "heartbeat" and self.is_viewer and self._presents:
                await verbs.attend(self.session)
            return
        if not self._steering.take(time.monotonic()):
            raise TooFast
        await self._steer(asked)

    async def _steer(self, asked: messages.ScriptMessage) -> None:
        session = await services.get_open_session(self.session.pk, self.user)
        match asked:
            case messages.Pause():
                await verbs.pause(session)
            case messages.Stop():
                await verbs.stop(session)
            case messages.Tell():
                await self._tell(await verbs.status_of(session))
            case _ if not self.is_viewer:
                raise NotTheViewer
            case messages.Play(script, segment):
                await verbs.play(session, script, segment=segment)
            case messages.Resume():
                await verbs.resume(session)
            case messages.GoTo(segment):
                await verbs.go_to(session, segment)

    async def _tell(self, status: verbs.Status) -> None:
        """To whoever has asked, and to nobody else."""
        frame = {"type": STATUS, "seq": None, "at": now().isoformat(), "data": status}
        await self.send_json(frame)

    async def session_frame(self, message: dict[str, Any]) -> None:
        frame = message["frame"]
        if frame["type"] == STATUS:
            self._presents = _is_in_motion(frame["data"])
            self._is_cut = frame["data"]["why"] == Why.INTERRUPTED
        elif _is_question(frame) and self._is_cut and self.is_viewer:
            background.hold(verbs.note_question(self.session))
        await super().session_frame(message)


def _extras(session: Session) -> dict[str, Any]:
    """What a newcomer should know of presentations and of what is shown."""
    run = ScriptRun.objects.latest_in(session)
    scripts = verbs.listed_scripts(session.persona_id)
    return {
        "scripts": [verbs.script_info(script) for script in scripts],
        "script": run.status() if run else verbs.NOTHING,
        "shown": showing.shown_in(session),
    }


def _is_question(frame: dict[str, Any]) -> bool:
    is_turn = frame["type"] == "turn.started"
    return is_turn and bool(frame["data"]["kind"] == Turn.Kind.ASK)


def _is_in_motion(status: verbs.Status) -> bool:
    return status["state"] in ScriptRun.IN_MOTION
