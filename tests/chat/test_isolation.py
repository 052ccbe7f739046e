"""Many conversations at once, of which no word may be met in another."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User

from chat.models import Turn
from streaming.models import Account, Session
from tests.chat.conftest import Live, Socket, live_session
from tests.chat.model_server import says
from tests.conftest import ENGINE_KEY
from tests.engine_process import start_engine

CONVERSATIONS = 20
WORDS = [
    "apple",
    "birch",
    "cedar",
    "daisy",
    "elder",
    "fennel",
    "ginger",
    "hazel",
    "iris",
    "jasmine",
    "kale",
    "lemon",
    "maple",
    "nettle",
    "olive",
    "pepper",
    "quince",
    "rose",
    "sage",
    "thyme",
]


@dataclass
class Talk:
    """One visitor's conversation, all about one word."""

    word: str
    live: Live
    socket: Socket

    async def go_on(self):
        for n in range(2):
            await self.socket.send("ask", text=f"{self.word} {n}")
            await self.socket.until("turn.timings", turn=n + 1)

    def others(self):
        return [word for word in WORDS if word != self.word]


@pytest.fixture
def roomy_account(db):
    with start_engine(seats=CONVERSATIONS, api_key=ENGINE_KEY) as engine:
        yield Account.objects.create(
            name="Roomy",
            base_url=engine.url,
            api_key=ENGINE_KEY,
            seat_limit=CONVERSATIONS,
        )


async def test_twenty_conversations_never_mix(
    model, transactional_db, roomy_account, join, anna
):
    model.will(
        says(
            lambda body: f"Of {body['messages'][-1]['content']} I know this. And more.",
            per_token_s=0.01,
        )
    )
    async with AsyncExitStack() as stack:
        talks = []
        for word in WORDS:
            visitor = await User.objects.acreate_user(word)
            live = await stack.enter_async_context(
                live_session(visitor, anna, watches=False)
            )
            talks.append(Talk(word, live, await join(live.session, visitor)))

        await asyncio.gather(*(talk.go_on() for talk in talks))

        for talk in talks:
            heard = str(talk.socket.frames)
            assert talk.word in heard
            assert not [other for other in talk.others() if other in heard]
            handed = {s["task_id"] for s in talk.socket.seen("chat.sentence")}
            spoken = {event.get("task_id") for event in talk.live.viewer.events}
            assert spoken <= handed
    await _history_is_apart(talks)
    _prompts_are_apart(model.bodies)


async def _history_is_apart(talks):
    for talk in talks:
        rows = Turn.objects.filter(session=talk.live.session)
        kept = " ".join([f"{turn.prompt} {turn.reply}" async for turn in rows])
        assert talk.word in kept
        assert not [other for other in talk.others() if other in kept]
    assert await Session.objects.acount() == CONVERSATIONS


def _prompts_are_apart(bodies):
    for body in bodies:
        said = str(body["messages"][1:])
        assert len([word for word in WORDS if word in said]) == 1
