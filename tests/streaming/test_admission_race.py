"""A session begins at the moment in which its persona, or the key to it, goes away.

Either it is not let in, or whoever ends what is open finds it: on each database, since
SQLite's writers take turns, and only locks keep PostgreSQL's apart.
"""

import json
import os
from pathlib import Path

import pytest

from tests.prepared import DATABASE, lay_out, manage, prepared_database

ROUNDS = 10

#: In each round one begins a session while another one takes away what it needs.
RACE = """
import json, threading
from datetime import timedelta
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.timezone import now
from config.errors import DomainError
from personas.models import Persona
from streaming import limits, queueing
from streaming.models import Account, EmbedKey, Session, Visitor

host = User.objects.create_user("host")
account = Account.objects.create(name="A", base_url="http://127.0.0.1:9", seat_limit=500)

def archive(persona, key):
    persona.archive()
    return Session.objects.speaking().with_personas([persona.pk]).count()

def delete(persona, key):
    persona.delete()

def replace(persona, key):
    key.renew()
    return Session.objects.open().filter(owner__visitor__key=key).count()

def begin(persona, who, came_by):
    at = now()
    until = at + timedelta(minutes=10)
    with transaction.atomic():
        limits.grant(who, persona, at=at, until=until{came_by})
        Session.objects.reserve(
            account, owner=who, persona=persona, lease_expires_at=until, ends_at=until
        )

def join(persona, who, came_by):
    queueing.join(who, at=now(), lease_s=60, persona=persona)

def played(number, end, enter):
    name = f"{{end.__name__}}-{{enter.__name__}}-{{number}}"
    persona = Persona.objects.create(name=name, owner=host, visibility="public")
    key = EmbedKey.objects.create(
        name=name, persona=persona, owner=host, origins=["https://shop.example"]
    )
    who = User.objects.create_user(name, is_active=False)
    Visitor.objects.create(user=who, key=key, origin="", address_digest="")
    came_by, together, told = key.key, threading.Barrier(2), {{}}

    def take(name, call, *args):
        together.wait()
        try:
            told[name] = call(*args)
        except DomainError as exc:
            told[name] = exc.code
        except Exception as exc:
            told[name] = repr(exc)
        finally:
            connection.close()

    theirs = Persona.objects.get(pk=persona.pk)
    threads = [
        threading.Thread(target=take, args=("entered", enter, persona, who, came_by)),
        threading.Thread(target=take, args=("ended", end, theirs, key)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = Session.objects.speaking().filter(owner=who).count()
    return [told["entered"], told["ended"], left]

pairs = [(archive, begin), (archive, join), (delete, begin), (delete, join)]
pairs += [(replace, begin)]
print(json.dumps({{
    f"{{enter.__name__}} while {{end.__name__}}": [
        played(n, end, enter) for n in range({rounds})
    ]
    for end, enter in pairs
}}))
"""
CAME_BY = ", came_by=came_by"


@pytest.fixture(params=["postgres", "sqlite"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """A portal's, with a database of its own."""
    given = {"STATE_DIR": str(tmp_path), "LOG_LEVEL": "CRITICAL"}
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        given["DATABASE_URL"] = prepared_database(server)
    else:
        lay_out(tmp_path, has_pages=False)
        given["DATABASE_URL"] = f"sqlite:///{tmp_path / DATABASE}"
    return os.environ | given


def test_what_begins_just_then_is_refused_or_found_by_who_ends_it(environment):
    script = RACE.format(rounds=ROUNDS, came_by=CAME_BY)

    said = json.loads(manage(environment, "shell", "-v", "0", "-c", script))

    assert len(said) == 5
    for what, rounds in said.items():
        for entered, ended, left in rounds:
            if "delete" in what:
                # What had begun is ended by the deletion itself.
                assert (ended, left) == (None, 0), (what, entered)
                # With the persona goes the key to it, which is looked at as well.
                assert entered in (None, "persona_not_found", "embed_off"), what
            else:
                assert ended == left == (entered is None), (what, entered)
