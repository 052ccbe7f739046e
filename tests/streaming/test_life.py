"""Random lives of sessions against a service that counts: no seat leaks, none is doubled.

Hypothesis drives asking, claiming, resuming, losing viewers, endings on either side,
openers that die, outages, sweeps, comparisons and operators in any order, through the real
services, database and HTTP client.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from aiohttp import web
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.utils.timezone import now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from config.errors import DomainError
from personas.models import Persona
from streaming import queueing, services
from streaming.errors import NoSeat
from streaming.models import ENDED, Account, EndReason, Session, UsageEntry
from streaming.providers.base import StreamWish
from streaming.services import Opened, Ticket
from tests.budget import examples

T = TypeVar("T")

SEATS = 3
OWNERS = 5
LIVES = examples(60)


def run(asked: Coroutine[Any, Any, T]) -> T:
    """What comes of an async call, on a loop that ends with it."""

    async def answer() -> T:
        return await asked

    return async_to_sync(answer)()


class CountingService:
    """An avatar service without media, which refuses nobody and remembers the most."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.open: set[str] = set()
        self.most = self.named = 0
        self.is_away = False

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._away])
        app.router.add_post("/v1/streaming.new", self._new)
        app.router.add_post("/v1/streaming.stop", self._stop)
        app.router.add_get("/v1/streaming.list", self._list)
        return app

    @web.middleware
    async def _away(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.is_away:
            # As good as an outage, but not worth a second try, which would take time.
            return web.json_response({"message": "no credit"}, status=402)
        answer: web.StreamResponse = await handler(request)
        return answer

    def make(self) -> str:
        """A new stream; its name."""
        self.named += 1
        name = f"up-{self.named}"
        self.open.add(name)
        self.most = max(self.most, len(self.open))
        return name

    async def _new(self, request: web.Request) -> web.Response:
        name = self.make()
        sdp = {"type": "offer", "sdp": "v=0"}
        return self._ok({"session_id": name, "sdp": sdp})

    async def _stop(self, request: web.Request) -> web.Response:
        name = (await request.json())["session_id"]
        if name in self.open:
            self.open.remove(name)
            return self._ok(None)
        gone = {"code": 400004, "message": f"Session does not exist. SessionID: {name}"}
        return web.json_response(gone, status=400)

    async def _list(self, request: web.Request) -> web.Response:
        rows = [{"session_id": name, "status": "connected"} for name in self.open]
        return self._ok({"sessions": rows})

    def _ok(self, data: Any) -> web.Response:
        return web.json_response({"code": 100, "data": data, "message": "success"})


@contextmanager
def served(service: CountingService) -> Iterator[str]:
    """Serve from a thread of its own, since each service call brings its own loop."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(service.application(), access_log=None)
    loop.run_until_complete(runner.setup())
    loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(runner.cleanup())
        loop.close()


class Life(RuleBasedStateMachine):
    """What may happen to sessions, in any order.

    `stray` are streams that upstream made for openers who died before they heard of it.
    """

    service: CountingService
    sessions = Bundle("sessions")

    @initialize(is_exclusive=st.booleans())
    def begin(self, is_exclusive: bool) -> None:
        self.service.reset()
        self.stray: set[str] = set()
        Session.objects.all().delete()
        UsageEntry.objects.all().delete()
        Account.objects.update(
            is_exclusive=is_exclusive, foreign_sessions=0, compared_at=None
        )
        self.rests_are_over()
        self.owners = list(User.objects.order_by("pk"))
        self.persona = Persona.objects.get()

    # Visitors -----------------------------------------------------------------------------

    @rule(target=sessions, nth=st.integers(0, OWNERS - 1))
    def asks(self, nth: int) -> Any:
        owner = self.owners[nth]
        return self._sits_down(
            services.open_or_wait(owner=owner, persona=self.persona, wish=StreamWish())
        )

    @rule(target=sessions, pk=sessions)
    def claims(self, pk: Any) -> Any:
        return self._sits_down(services.claim(self._row(pk)))

    @rule(target=sessions, pk=sessions)
    def continues(self, pk: Any) -> Any:
        old = self._row(pk)
        if old.is_open or old.owner is None:
            return multiple()
        return self._sits_down(
            services.open_or_wait(
                owner=old.owner,
                persona=self.persona,
                wish=StreamWish(),
                continues=old,
            )
        )

    @rule(pk=sessions)
    def resumes(self, pk: Any) -> None:
        with suppress(DomainError):
            run(services.resume_session(self._row(pk)))

    @rule(pk=sessions)
    def closes(self, pk: Any) -> None:
        run(services.close_session(self._row(pk), reason=EndReason.VIEWER_CLOSED))

    @rule(
        pk=sessions,
        limit=st.sampled_from(["lease_expires_at", "ends_at", "offered_until"]),
    )
    def runs_out(self, pk: Any, limit: str) -> None:
        past = now() - timedelta(seconds=1)
        had_one = {f"{limit}__isnull": False}
        Session.objects.filter(pk=pk, **had_one).update(**{limit: past})

    # What goes wrong ----------------------------------------------------------------------

    @rule(target=sessions, is_made=st.booleans())
    def opener_dies(self, is_made: bool) -> Any:
        """A process takes a seat, asks upstream, and is never heard of again."""
        until = now() + timedelta(minutes=1)
        try:
            session = Session.objects.reserve(
                Account.objects.get(),
                owner=self.owners[0],
                persona=self.persona,
                lease_expires_at=until,
                ends_at=until,
            )
        except NoSeat:
            return multiple()
        if is_made and not self.service.is_away:
            self.stray.add(self.service.make())
        return session.pk

    @rule()
    def openings_time_out(self) -> None:
        past = now() - timedelta(seconds=1)
        Session.objects.filter(upstream_id="").update(opening_until=past)

    @rule(pk=sessions)
    def upstream_closes(self, pk: Any) -> None:
        self.service.open.discard(self._row(pk).upstream_id)

    @rule()
    def upstream_calls_strays_idle(self) -> None:
        self.service.open -= self.stray

    @rule(is_away=st.booleans())
    def outage(self, is_away: bool) -> None:
        self.service.is_away = is_away

    @rule()
    def rests_are_over(self) -> None:
        Account.objects.update(failures=0, resting_until=None)

    # Who looks after it -------------------------------------------------------------------

    @rule()
    def retries_are_due(self) -> None:
        Session.objects.update(retry_at=now() - timedelta(seconds=1))

    @rule()
    def sweep(self) -> None:
        run(services.sweep())
        self.offers_are_for_the_first_in_line()

    @rule()
    def reconcile(self) -> None:
        run(services.reconcile())

    @rule(pk=sessions, position=st.integers(1, OWNERS))
    def staff_move(self, pk: Any, position: int) -> None:
        queueing.move(self._row(pk), position)

    def _row(self, pk: Any) -> Session:
        return Session.objects.select_related("owner", "persona", "continues").get(
            pk=pk
        )

    def _sits_down(self, asking: Coroutine[Any, Any, Opened | Ticket]) -> Any:
        """What a visitor gets; nobody in line before them may need all that is free."""
        try:
            outcome = run(asking)
        except DomainError:
            return multiple()
        if isinstance(outcome, Opened):
            self.nobody_was_passed(outcome.session)
        return outcome.session.pk

    # What holds always --------------------------------------------------------------------

    def nobody_was_passed(self, session: Session) -> None:
        ahead = Session.objects.in_line()
        if session.place_at:
            ahead = ahead.filter(place_at__lt=session.place_at)
        waiting = ahead.count()
        assert waiting == 0 or waiting <= Session.objects.free_seats(now())

    def offers_are_for_the_first_in_line(self) -> None:
        line = list(Session.objects.in_line())
        free = Session.objects.free_seats(now())
        offered = [ticket.offered_until is not None for ticket in line]
        assert offered == [nth < free for nth in range(len(line))]

    @invariant()
    def upstream_never_counts_more_than_the_seats(self) -> None:
        assert self.service.most <= SEATS

    @invariant()
    def whatever_upstream_counts_is_counted_here(self) -> None:
        ended = Session.objects.filter(state__in=ENDED)
        names = set(ended.values_list("upstream_id", flat=True))
        assert not names & self.service.open
        account = Account.objects.get()
        counted = len(account.taken_seats()) + account.foreign_sessions
        assert len(self.service.open) <= counted

    @invariant()
    def the_ledger_equals_the_sessions(self) -> None:
        used = Session.objects.filter(state__in=ENDED, opened_at__isnull=False)
        times = {session.pk: session.used(now()) for session in used}
        entries = dict(UsageEntry.objects.values_list("session_id", "used"))
        assert entries == times

    @invariant()
    def nobody_has_two_tickets(self) -> None:
        owners = list(Session.objects.in_line().values_list("owner", flat=True))
        assert len(owners) == len(set(owners))

    def teardown(self) -> None:
        """However it went: once upstream is back and everybody left, all seats are free."""
        self.outage(is_away=False)
        past = now() - timedelta(seconds=11)
        Session.objects.update(lease_expires_at=past)
        self.openings_time_out()
        for _ in range(
            2
        ):  # what the first has begun to close is compared by the second
            self.retries_are_due()
            self.sweep()
        self.reconcile()

        assert not Session.objects.open().exists()
        assert self.service.open <= self.stray
        if Account.objects.get().is_exclusive:
            assert self.service.open == set()


@pytest.mark.timeout(4 * LIVES)  # in seconds
@pytest.mark.django_db(transaction=True)
def test_no_order_of_events_leaks_or_doubles_a_seat(anna):
    Life.service = CountingService()
    for nth in range(OWNERS):
        User.objects.create(username=f"visitor {nth}")
    with served(Life.service) as url:
        Account.objects.create(
            name="Counting", base_url=url, api_key="x", seat_limit=SEATS
        )
        run_state_machine_as_test(
            Life,
            settings=settings(
                max_examples=LIVES,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
