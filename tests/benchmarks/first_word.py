"""From a prompt to the first spoken word: whole answers against sentences.

    python -m tests.benchmarks.first_word [runs]

The same stub model (a real HTTP server: 300 ms to the first token, 50 tokens a second,
five sentences) feeds the same engine process in three ways:

* whole answer: wait for all of it, then hand it over, as streaming demos used to do
* sentences: hand over each sentence when it is complete
* clause first: what the portal does; the first piece may be a clause

Times are taken at a real WebRTC viewer: when the engine said that the avatar began to
talk, and when the first audible sample arrived.
"""

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command

from chat.minds.openai import OpenAIMind
from chat.models import Turn
from chat.turns import Turns
from personas.models import Persona
from personas.prompt import system_prompt
from streaming import services
from streaming.models import Account, Session
from tests.benchmarks.machine import machine, p95
from tests.chat.conftest import Live, live_session
from tests.chat.model_server import ModelServer, model_server, says
from tests.engine_process import start_engine

FIRST_TOKEN_S = 0.3
TOKENS_PER_S = 50
WARM_UPS = 3
QUIET_S = 0.4

ANSWER = (
    "The lighthouse was first lit in the autumn of 1871, when most of the harbour still "
    "worked under sail. It stands thirty-four metres high and is built of grey granite "
    "that came by ship from the north. In clear weather its light could be seen from "
    "eighteen nautical miles away, and every keeper was proud of that. The lens weighs "
    "almost two tonnes, and yet you can turn it with a single finger because it floats. "
    "If you have half an hour, go straight up to the lantern room and look around you."
)
PROMPT = "Tell me about the lighthouse."

Ask = Callable[[Session], Awaitable[float | None]]


@dataclass(frozen=True, slots=True)
class Run:
    """One prompt. All in milliseconds from the moment when it was given."""

    talking_ms: float
    audible_ms: float
    overhead_ms: float | None  #: from a complete first piece to its acceptance


async def main(runs: int) -> None:
    with start_engine(seats=3, api_key="benchmark") as engine:
        account = await _database(engine.url)
        async with model_server() as model:
            model.will(
                says(ANSWER, first_s=FIRST_TOKEN_S, per_token_s=1 / TOKENS_PER_S)
            )
            settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = model.base_url, "stub"
            _print_head(runs, account)
            whole = await _measure(runs, lambda s: _ask_whole(s, model), "whole answer")
            OpenAIMind.writes_slowly = False
            by_sentence = await _measure(runs, _ask, "sentences")
            OpenAIMind.writes_slowly = True
            by_clause = await _measure(runs, _ask, "clause first")
    _print_ratio("sentences", whole, by_sentence)
    _print_ratio("clause first", whole, by_clause)


async def _database(engine_url: str) -> Account:
    """A fresh database in the folder that the test settings made for this process."""
    await sync_to_async(call_command)("migrate", verbosity=0)
    await User.objects.acreate(username="viewer")
    await Persona.objects.acreate(name="Anna", slug="anna", visibility="public")
    return await Account.objects.acreate(
        name="Engine", base_url=engine_url, api_key="benchmark", seat_limit=3
    )


async def _measure(runs: int, ask: Ask, name: str) -> list[Run]:
    viewer = await User.objects.aget(username="viewer")
    persona = await Persona.objects.aget(slug="anna")
    async with live_session(viewer, persona) as live:
        done = [await _run(live, ask) for _ in range(WARM_UPS + runs)][WARM_UPS:]
    _print_row(name, done)
    return done


async def _run(live: Live, ask: Ask) -> Run:
    await _silence(live)
    began_s = time.monotonic()
    known = len(live.viewer.events)
    asking = asyncio.ensure_future(ask(live.session))
    first = await live.viewer.heard(after=began_s)
    await live.viewer.until(lambda: len(live.viewer.events) > known)
    talking_s = live.viewer.event_times[known]
    overhead_ms = await asking
    return Run((talking_s - began_s) * 1000, (first.at - began_s) * 1000, overhead_ms)


async def _silence(live: Live) -> None:
    """Stop what is being said, and wait until nothing of it is left to hear."""
    await services.interrupt(live.session)
    await sync_to_async(Turn.objects.silence)(live.session)
    await sync_to_async(Turn.objects.all().delete)()  # the same prompt for every run
    began_s = time.monotonic()

    def is_quiet() -> bool:
        last = live.viewer.last_sound()
        since_s = max(began_s, last.at if last else 0.0)
        return time.monotonic() - since_s > QUIET_S

    await live.viewer.until(is_quiet)


async def _ask(session: Session) -> float | None:
    turns = Turns()
    turn = await turns.start(session, Turn.Kind.ASK, PROMPT)
    await turns.wait()
    if turn.accepted_ms is None or turn.first_piece_ms is None:
        return None
    return turn.accepted_ms - turn.first_piece_ms


async def _ask_whole(session: Session, model: ModelServer) -> None:
    persona = await Persona.objects.aget(slug="anna")
    messages = [
        {"role": "system", "content": system_prompt(persona)},
        {"role": "user", "content": PROMPT},
    ]
    async with httpx.AsyncClient(base_url=model.base_url, timeout=30) as http:
        reply = await http.post("/chat/completions", json={"messages": messages})
    await services.speak(session, reply.json()["choices"][0]["message"]["content"])


# Printing ---------------------------------------------------------------------------------


def _print_head(runs: int, account: Account) -> None:
    tokens = len(ANSWER.split())
    print(f"Prompt to first spoken word, {runs} runs after {WARM_UPS} to warm up")
    print(machine())
    print(
        f"model:   {FIRST_TOKEN_S * 1000:.0f} ms to the first token, {TOKENS_PER_S} "
        f"tokens/s, {tokens} tokens in 5 sentences; engine: a process of its own"
    )
    print()
    print(
        f"{'':14}{'avatar talks, ms':>20}{'first sample, ms':>20}{'overhead, ms':>18}"
    )
    print(f"{'':14}" + f"{'p50':>12}{'p95':>8}" * 2 + f"{'p50':>10}{'p95':>8}")


def _print_row(name: str, runs: list[Run]) -> None:
    cells = [f"{name:14}"]
    for values in ([r.talking_ms for r in runs], [r.audible_ms for r in runs]):
        cells.append(f"{statistics.median(values):12.0f}{p95(values):8.0f}")
    own = [r.overhead_ms for r in runs if r.overhead_ms is not None]
    cells.append(f"{statistics.median(own):10.1f}{p95(own):8.1f}" if own else "")
    print("".join(cells), flush=True)


def _print_ratio(name: str, whole: list[Run], ours: list[Run]) -> None:
    before, after = (statistics.median(r.audible_ms for r in x) for x in (whole, ours))
    print(f"whole answer / {name}, first sample, p50: {before / after:.1f} x")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 25))
