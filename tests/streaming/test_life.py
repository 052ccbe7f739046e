"""Random lives of sessions against a service that counts: no seat leaks, none is doubled.

Hypothesis drives opening, losing viewers, endings on either side, outages, sweeps and
comparisons in any order, through the real services, database and HTTP client.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

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
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from config.errors import DomainError
from personas.models import Persona
from streaming import services
from streaming.models import ENDED, Account, EndReason, Session
from streaming.providers.base import StreamWish
from streaming.services.reconciling import reconcile

SEATS = 3


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

    async def _new(self, request: web.Request) -> web.Response:
        self.named += 1
        name = f"up-{self.named}"
        self.open.add(name)
        self.most = max(self.most, len(self.open))
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
    """What may happen to sessions, in any order."""

    service: CountingService
    sessions = Bundle("sessions")

    def __init__(self) -> None:
        super().__init__()
        self.service.reset()
        Session.objects.all().delete()
        self.rests_are_over()
        self.owner = User.objects.get()
        self.persona = Persona.objects.get()

    @rule(target=sessions)
    def open(self) -> Any:
        try:
            opened = async_to_sync(services.open_session)(
                owner=self.owner, persona=self.persona, wish=StreamWish()
            )
        except DomainError:
            return multiple()
        return opened.session.pk

    @rule(pk=consumes(sessions))
    def viewer_closes(self, pk: Any) -> None:
        session = Session.objects.get(pk=pk)
        async_to_sync(services.close_session)(session, reason=EndReason.VIEWER_CLOSED)

    @rule(pk=sessions, limit=st.sampled_from(["lease_expires_at", "ends_at"]))
    def runs_out(self, pk: Any, limit: str) -> None:
        past = now() - timedelta(seconds=1)
        Session.objects.filter(pk=pk).update(**{limit: past})

    @rule(pk=sessions)
    def upstream_closes(self, pk: Any) -> None:
        self.service.open.discard(Session.objects.get(pk=pk).upstream_id)

    @rule()
    def closings_become_old(self) -> None:
        before = now() - timedelta(seconds=11)
        Session.objects.filter(closing_at__isnull=False).update(closing_at=before)

    @rule(is_away=st.booleans())
    def outage(self, is_away: bool) -> None:
        self.service.is_away = is_away

    @rule()
    def rests_are_over(self) -> None:
        Account.objects.update(failures=0, resting_until=None)

    @rule()
    def sweep(self) -> None:
        async_to_sync(services.sweep)()

    @rule()
    def reconcile(self) -> None:
        async_to_sync(reconcile)()

    @invariant()
    def upstream_never_counts_more_than_the_seats(self) -> None:
        assert self.service.most <= SEATS

    @invariant()
    def whatever_upstream_counts_holds_a_seat_here(self) -> None:
        ended = Session.objects.filter(state__in=ENDED)
        names = set(ended.values_list("upstream_id", flat=True))
        assert not names & self.service.open

    def teardown(self) -> None:
        """However it went: once upstream is back and everybody left, all seats are free."""
        self.outage(is_away=False)
        past = now() - timedelta(seconds=11)
        Session.objects.update(lease_expires_at=past)
        self.closings_become_old()
        self.sweep()

        assert Session.objects.seated().count() == 0
        assert self.service.open == set()


@pytest.mark.django_db(transaction=True)
def test_no_order_of_events_leaks_or_doubles_a_seat(alice, anna):
    Life.service = CountingService()
    with served(Life.service) as url:
        Account.objects.create(
            name="Counting", base_url=url, api_key="x", seat_limit=SEATS
        )
        run_state_machine_as_test(
            Life,
            settings=settings(
                settings.default,  # how many: 100, or what the nightly profile says
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
