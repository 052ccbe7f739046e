"""What the operators' board costs: one picture, and the day's history.

    python -m tests.benchmarks.board [repeats]

On SQLite, with 100 open sessions, 10 tickets, and 10,000 sessions that ended within the
last day.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases
from django.utils.timezone import now

from personas.models import Persona
from streaming import queueing
from streaming.board.history import history
from streaming.board.rows import board
from streaming.models import Account, Session, State
from tests.benchmarks.machine import machine, p95

ACCOUNTS, SEATS, TICKETS, ENDED = 10, 10, 10, 10_000


def main(repeats: int) -> None:
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        _fill()
        print(machine())
        print(f"{ACCOUNTS * SEATS} open, {TICKETS} waiting, {ENDED} ended, SQLite")
        _measure("one picture", lambda: board(now()), repeats)
        _measure("the day's history", lambda: history(now()), repeats)
    finally:
        teardown_databases(databases, verbosity=0)


def _measure(name: str, work: Callable[[], dict[str, Any]], repeats: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        size_kb = len(json.dumps(work())) / 1000
    spent_ms = []
    for _ in range(repeats):
        began_s = time.perf_counter()
        work()
        spent_ms.append(1000 * (time.perf_counter() - began_s))
    print(
        f"{name:<18} {len(queries):>2} queries   p50 {statistics.median(spent_ms):6.1f} ms"
        f"   p95 {p95(spent_ms):6.1f} ms   {size_kb:6.1f} kB"
    )


def _fill() -> None:
    random.seed(1)
    users = [User.objects.create_user(f"user{n}") for n in range(20)]
    persona = Persona.objects.create(slug="anna", name="Anna")
    accounts = [
        Account.objects.create(name=f"Account {n}", seat_limit=SEATS)
        for n in range(ACCOUNTS)
    ]
    later = now() + timedelta(minutes=10)
    for account in accounts:
        for _ in range(SEATS):
            Session.objects.reserve(
                account,
                owner=random.choice(users),  # noqa: S311
                persona=persona,
                lease_expires_at=later,
                ends_at=later,
            )
    for user in users[:TICKETS]:
        queueing.join(user, at=now(), lease_s=600)
    Session.objects.bulk_create(_ended(accounts, users, persona))


def _ended(accounts: list[Account], users: list[User], persona: Persona) -> Any:
    """Sessions of some minutes all over the day; every second one has waited before."""
    for number in range(ENDED):
        came = now() - timedelta(seconds=random.uniform(1000, 86_000))  # noqa: S311
        seated = came + timedelta(seconds=random.uniform(0, 300) * (number % 2))  # noqa: S311
        ended = seated + timedelta(seconds=random.uniform(20, 600))  # noqa: S311
        yield Session(
            owner=users[number % len(users)],
            persona=persona,
            account=accounts[number % len(accounts)],
            seat=1,
            state=State.CLOSED,
            created_at=came,
            place_at=came if number % 2 else None,
            seated_at=seated,
            opened_at=seated,
            closing_at=ended,
            ended_at=ended,
            lease_expires_at=ended,
            ends_at=ended,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
