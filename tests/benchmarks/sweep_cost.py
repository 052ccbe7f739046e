"""What a sweep, and an opening that ends in line, cost in a database with a history.

    python -m tests.benchmarks.sweep_cost [rows]

SQLite in a temporary folder, or the database that DATABASE_URL names (it is filled). Three
sessions are open and healthy, so a sweep finds nothing to do: that is what every opening
pays. "First rows" is the same with no history.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

RUNS = 100
IN_LINE = 50


def main(rows: int) -> None:
    from asgiref.sync import async_to_sync
    from django.core.management import call_command

    from streaming import queueing, services
    from tests.benchmarks.machine import machine

    call_command("migrate", interactive=False, verbosity=0)
    _healthy_sessions()
    few = _milliseconds(lambda: async_to_sync(services.sweep)())
    _history(rows)
    many = _milliseconds(lambda: async_to_sync(services.sweep)())
    _line()
    from django.utils.timezone import now

    places = _milliseconds(lambda: queueing.places(now()))
    lined = _milliseconds(lambda: async_to_sync(services.sweep)())
    print(machine())
    print(f"milliseconds, {RUNS} runs each          p50    max")
    _print("sweep, first rows", few)
    _print(f"sweep, {rows} ended sessions", many)
    _print(f"  and {IN_LINE} in line", lined)
    _print(f"places of {IN_LINE} in line", places)
    ratio = statistics.median(many) / statistics.median(few)
    print(f"with a history against without: {ratio:.2f}x")


def _milliseconds(work: Callable[[], Any]) -> list[float]:
    work()
    times = []
    for _ in range(RUNS):
        began_s = time.perf_counter()
        work()
        times.append((time.perf_counter() - began_s) * 1000)
    return times


def _print(what: str, times: list[float]) -> None:
    print(f"{what:34}{statistics.median(times):7.2f}{max(times):7.2f}")


def _healthy_sessions() -> None:
    from django.utils.timezone import now

    from streaming.models import Account, Session, State

    account = Account.objects.create(
        name="Benchmark", base_url="http://127.0.0.1:9", api_key="x"
    )
    later = now() + timedelta(hours=2)
    for seat in (1, 2, 3):
        Session.objects.create(
            account=account,
            seat=seat,
            state=State.LIVE,
            upstream_id=f"up-{seat}",
            lease_expires_at=later,
            ends_at=later,
            last_activity_at=later,
            seated_at=now(),
            opened_at=now(),
        )


def _history(rows: int) -> None:
    from django.utils.timezone import now

    from streaming.models import Account, EndReason, Session, State

    account, at = Account.objects.get(), now()
    Session.objects.bulk_create(
        [
            Session(
                account=account,
                seat=1,
                state=State.CLOSED,
                end_reason=EndReason.VIEWER_CLOSED,
                upstream_id=f"old-{nth}",
                created_at=at - timedelta(minutes=nth + 5),
                seated_at=at - timedelta(minutes=nth + 5),
                opened_at=at - timedelta(minutes=nth + 5),
                closing_at=at - timedelta(minutes=nth),
                ended_at=at - timedelta(minutes=nth),
                lease_expires_at=at,
                ends_at=at,
            )
            for nth in range(rows)
        ],
        batch_size=500,
    )


def _line() -> None:
    from django.contrib.auth.models import User
    from django.utils.timezone import now

    from streaming import queueing

    for nth in range(IN_LINE):
        owner = User.objects.create(username=f"waiting {nth}")
        queueing.join(owner, at=now(), lease_s=7200)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STATE_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
