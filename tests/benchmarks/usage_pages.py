"""How long the pages of usage take with a long ledger.

    python -m tests.benchmarks.usage_pages [entries]

SQLite in a temporary folder, or the database that DATABASE_URL names (it is filled).
The entries are spread over a year; each is a session, every third of which has waited,
with two heard answers.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

PEOPLE = 300
RUNS = 5
PAGES = ("/usage/", "/usage/?days=365", "/usage/site/", "/usage/site/?days=365")


def main(count: int) -> None:
    from django.core.management import call_command

    from tests.benchmarks.machine import machine

    call_command("migrate", interactive=False, verbosity=0)
    staff = _fill(count)
    print(machine())
    print(f"{count} ledger entries, {PEOPLE} people")
    for page in PAGES:
        runs = [_taken_ms(staff, page) for _ in range(RUNS)]
        wall_ms, processor_ms = (
            statistics.median(part) for part in zip(*runs, strict=True)
        )
        print(f"{page:24} {wall_ms:7.0f} ms p50, {processor_ms:7.0f} ms of processor")


def _taken_ms(staff: Any, page: str) -> tuple[float, float]:
    """By the clock, and by this process's own share of the processors."""
    from django.test import Client

    browser = Client()
    browser.force_login(staff)
    began_s, busy_s = time.perf_counter(), time.process_time()
    answer = browser.get(page, HTTP_HOST="localhost")
    wall_ms = (time.perf_counter() - began_s) * 1000
    processor_ms = (time.process_time() - busy_s) * 1000
    if answer.status_code != 200:
        raise SystemExit(f"{page} answered {answer.status_code}")
    return wall_ms, processor_ms


def _fill(count: int) -> Any:
    """The staff member whose pages are asked for; every tenth session is theirs."""
    from django.contrib.auth.models import User
    from django.utils.timezone import now

    from chat.models import Conversation, Turn
    from personas.models import Persona
    from streaming.models import Account, Session, State, UsageEntry

    dice = random.Random(7)  # noqa: S311
    staff = User.objects.create_superuser("staff")
    people = [User.objects.create(username=f"p{nth}") for nth in range(PEOPLE)]
    personas = [Persona.objects.create(name=f"Persona {nth}") for nth in range(20)]
    account = Account.objects.create(
        name="Cloud", base_url="http://127.0.0.1:9", price_per_minute=Decimal("0.1")
    )
    conversations = {
        user.pk: Conversation.objects.create(owner=user) for user in [staff, *people]
    }
    sessions, entries, turns = [], [], []
    began = now() - timedelta(days=365)
    # In the order in which they end, as the ledger is written.
    for nth, days in enumerate(sorted(dice.uniform(0, 365) for _ in range(count))):
        owner = staff if nth % 10 == 0 else dice.choice(people)
        persona = dice.choice(personas)
        end = began + timedelta(days=days)
        length = timedelta(seconds=dice.uniform(20, 600))
        begin = end - length
        wait = timedelta(seconds=dice.uniform(5, 200) if nth % 3 == 0 else 0)
        session = Session(
            owner=owner,
            persona=persona,
            account=account,
            seat=1,
            state=State.CLOSED,
            lease_expires_at=end,
            ends_at=end,
            created_at=begin - wait,
            place_at=begin - wait if wait else None,
            seated_at=begin,
            opened_at=begin,
            closing_at=end,
            ended_at=end,
        )
        sessions.append(session)
        entries.append(
            UsageEntry(
                session=session,
                account=account,
                user=owner,
                persona=persona,
                account_name=account.name,
                user_name=owner.username,
                persona_name=persona.name,
                began_at=begin,
                ended_at=end,
                used=length,
                price_per_minute=account.price_per_minute,
                cost=Decimal(round(length.total_seconds())) / 600,
            )
        )
        turns += [
            Turn(
                session=session,
                conversation=conversations[owner.pk],
                number=number,
                prompt="Tea?",
                reply="Yes.",
                talk_ms=dice.uniform(300, 2000),
                created_at=begin + timedelta(seconds=5 * number),
                ended_at=end,
            )
            for number in (1, 2)
        ]
    Session.objects.bulk_create(sessions, batch_size=2000)
    UsageEntry.objects.bulk_create(entries, batch_size=2000)
    Turn.objects.bulk_create(turns, batch_size=2000)
    return staff


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STATE_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        import django

        django.setup()
        main(int(sys.argv[1]) if sys.argv[1:] else 100_000)
