"""Openings at the same time do not pass a limit together on PostgreSQL.

There readers wait for nobody, as they do on SQLite, so it is locks that keep them apart.
"""

import json
import os
from pathlib import Path

import pytest

from tests.prepared import manage, prepared_database
from tests.services.postgres import Postgres

#: Everybody opens at once: at a persona that has 25 minutes, in sessions of 10.
RACE = """
import json, threading
from datetime import timedelta
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.timezone import now
from config.errors import DomainError
from personas.models import Persona
from streaming.models import Account, PersonaLimits, Session, UserLimits
from streaming import limits

account = Account.objects.create(name="A", base_url="http://127.0.0.1:9", seat_limit=60)
anna = Persona.objects.create(name="Anna")
PersonaLimits.objects.create(persona=anna, minutes_per_day=25)
users = [User.objects.create_user(name) for name in ("alice", "bob")]
UserLimits.objects.create(user=users[0], max_sessions=1)
together = threading.Barrier(16)
outcomes = []

def open_one(user):
    together.wait()
    try:
        with transaction.atomic():
            at = now()
            granted = limits.grant(user, anna, at=at, until=at + timedelta(minutes=10))
            ends_at = granted.ends_at
            Session.objects.reserve(
                account, owner=user, persona=anna, lease_expires_at=ends_at, ends_at=ends_at
            )
        outcomes.append("opened")
    except DomainError as exc:
        outcomes.append(exc.code)
    finally:
        connection.close()

threads = [threading.Thread(target=open_one, args=(users[n % 2],)) for n in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({
    "answered": len(outcomes),
    "opened": outcomes.count("opened"),
    "of_alice": Session.objects.filter(owner=users[0]).count(),
    "minutes": sum(
        (s.ends_at - s.seated_at).total_seconds() / 60 for s in Session.objects.all()
    ),
}))
"""


@pytest.fixture
def environment(postgres: Postgres, tmp_path: Path) -> dict[str, str]:
    """A portal's, with a database of its own."""
    given = {
        "STATE_DIR": str(tmp_path),
        "DATABASE_URL": prepared_database(postgres),
        "LOG_LEVEL": "ERROR",
    }
    return os.environ | given


def test_users_and_personas_get_what_they_may_and_no_more(environment):
    said = json.loads(manage(environment, "shell", "-v", "0", "-c", RACE))

    assert said["answered"] == 16
    assert said["opened"] == 3
    assert said["of_alice"] <= 1
    assert 24 < said["minutes"] <= 25
