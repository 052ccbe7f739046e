"""The ledger says what each session used, to the microsecond, and outlives it."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now

from config.errors import DomainError
from personas.models import Persona
from streaming import services
from streaming.admin_usage import in_hours
from streaming.models import (
    ENDED,
    Account,
    EndReason,
    PersonaLimits,
    Session,
    UsageEntry,
    UserLimits,
)
from streaming.providers.base import StreamWish
from streaming.services.upstream import provider_of
from tests.admin_forms import filled_in
from tests.streaming.connected import connected

pytestmark = pytest.mark.django_db(transaction=True)

LEDGER = "/admin/streaming/usageentry/"
NOON = datetime(2030, 6, 15, 12, tzinfo=UTC)


def open_session(owner: User, persona: Persona) -> Session:
    opened = async_to_sync(services.open_session)(
        owner=owner, persona=persona, wish=StreamWish(quality="low")
    )
    return opened.session


def close(session: Session, reason: EndReason = EndReason.VIEWER_CLOSED) -> None:
    async_to_sync(services.close_session)(session, reason=reason)


async def stop_upstream(session: Session) -> None:
    async with await provider_of(session) as provider:
        await provider.stop(session.upstream_id)


# What is entered --------------------------------------------------------------------------


class Endings:
    """Each opens a session and ends it in its own way."""

    def closed(self, owner, persona, account):
        close(open_session(owner, persona))

    def failed(self, owner, persona, account):
        close(open_session(owner, persona), EndReason.ICE_FAILED)

    def lost(self, owner, persona, account):
        open_session(owner, persona)
        Session.objects.open().update(lease_expires_at=now())
        async_to_sync(services.sweep)()

    def resumed(self, owner, persona, account):
        session = open_session(owner, persona)
        async_to_sync(services.resume_session)(session)
        close(session)

    def not_resumed(self, owner, persona, account):
        """The stream that it had is gone, and there is no other."""
        session = open_session(owner, persona)
        Session.objects.open().update(wish={"avatar_name": "nobody-of-that-name"})
        session.reread()
        with pytest.raises(DomainError):
            async_to_sync(services.resume_session)(session)

    def gone_upstream(self, owner, persona, account):
        session = open_session(owner, persona)
        async_to_sync(stop_upstream)(session)
        async_to_sync(services.reconcile)()

    def let_go(self, owner, persona, account):
        """Its service cannot be reached until it has surely ended the stream by itself."""
        nobody = Account.objects.create(name="Nobody", base_url="http://127.0.0.1:9")
        session = connected(nobody, owner, persona, seconds=60)
        session.begin_closing(EndReason.IDLE)
        long_ago = now() - timedelta(hours=1)
        Session.objects.open().update(
            opened_at=long_ago - timedelta(minutes=3),
            closing_at=long_ago,
            retry_at=long_ago,
        )
        async_to_sync(services.sweep)()

    def crashed_opener(self, owner, persona, account):
        long_ago = now() - timedelta(hours=1)
        Session.objects.reserve(
            account, owner=owner, lease_expires_at=long_ago, ends_at=now()
        )
        async_to_sync(services.sweep)()

    def refused(self, owner, persona, account):
        with pytest.raises(DomainError):
            async_to_sync(services.open_session)(
                owner=owner, persona=persona, wish=StreamWish(avatar_name="nobody")
            )


ENDINGS = [name for name in vars(Endings) if not name.startswith("_")]
WITHOUT_STREAM = ("crashed_opener", "refused")


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_entry_is_exactly_the_sessions_own_time(alice, anna, account, ending):
    getattr(Endings(), ending)(alice, anna, account)

    [session] = Session.objects.all()
    assert session.state in ENDED
    entries = list(UsageEntry.objects.all())
    if ending in WITHOUT_STREAM:
        assert session.used(now()) == timedelta(0)
        assert entries == []
        return
    [entry] = entries
    assert entry.used == session.used(now()) > timedelta(0)
    assert entry.used == entry.ended_at - entry.began_at
    assert (entry.session, entry.user, entry.persona) == (session, alice, anna)
    assert entry.account == session.account


def test_the_ledger_adds_up_to_all_sessions_together(alice, bob, anna, account):
    for ending in ENDINGS:
        getattr(Endings(), ending)(alice if len(ending) % 2 else bob, anna, account)

    sessions = Session.objects.all()
    assert len(sessions) == len(ENDINGS)
    together = sum((s.used(now()) for s in sessions), timedelta(0))
    assert UsageEntry.objects.all().total() == together > timedelta(minutes=3)
    assert not UsageEntry.objects.filter(session__opened_at=None).exists()


def test_closing_twice_is_entered_once(alice, anna, account):
    session = open_session(alice, anna)
    again = Session.objects.get()

    close(session)
    close(again, EndReason.IDLE)

    assert UsageEntry.objects.count() == 1


def test_entries_outlive_session_user_and_persona(alice, anna, account):
    close(open_session(alice, anna))
    Session.objects.get().delete()
    alice.delete()
    anna.delete()
    account.delete()

    entry = UsageEntry.objects.get()
    assert (entry.user_name, entry.persona_name, entry.account_name) == (
        "alice",
        "Anna",
        "Test engine",
    )
    assert (entry.session, entry.user, entry.persona, entry.account) == (None,) * 4
    assert entry.used > timedelta(0)


def test_a_session_whose_user_and_persona_are_gone_ends_as_any_other(
    alice, anna, account
):
    session = open_session(alice, anna)  # it remembers both
    User.objects.filter(pk=alice.pk).delete()
    Persona.objects.filter(pk=anna.pk).delete()

    close(session)

    entry = UsageEntry.objects.get()
    assert (entry.user, entry.user_name, entry.persona) == (None, "", None)
    assert entry.used == session.used(now())
    assert account.taken_seats() == set()


# As staff see it --------------------------------------------------------------------------


@pytest.fixture
def admin(client: Client, carol) -> Client:
    client.force_login(carol)
    return client


def used(user_name: str, persona: str = "Anna", **time: float) -> UsageEntry:
    took = timedelta(**time)
    return UsageEntry.objects.create(
        user_name=user_name,
        persona_name=persona,
        began_at=NOON,
        ended_at=NOON + took,
        used=took,
    )


def test_the_list_says_what_its_rows_come_to(admin):
    used("alice", minutes=20, seconds=30.25)
    used("alice", minutes=50)
    used("bob", hours=5)

    everything = admin.get(LEDGER).content.decode()
    alices = admin.get(LEDGER, {"q": "alice"}).content.decode()

    assert "Used altogether: <strong>6:10:30.2</strong>" in everything
    assert "Used altogether: <strong>1:10:30.2</strong>" in alices


def test_the_ledger_cannot_be_edited(admin):
    entry = used("alice", minutes=20)

    assert admin.get(f"{LEDGER}{entry.pk}/change/").status_code == 200
    for path in ("add/", f"{entry.pk}/delete/", f"{entry.pk}/change/"):
        assert admin.post(LEDGER + path, {"post": "yes"}).status_code == 403
    assert UsageEntry.objects.get() == entry


def test_selected_rows_can_be_taken_away_as_csv(admin):
    chosen = [
        used("alice", minutes=1.5),
        used("=HYPERLINK(1)", "Zoë, DJ", seconds=0.25),
    ]
    used("bob", hours=1)

    reply = admin.post(
        LEDGER,
        {"action": "export_as_csv", "_selected_action": [e.pk for e in chosen]},
    )

    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(reply.content.decode().splitlines()))
    assert [(r["user"], r["persona"], r["used_s"]) for r in rows] == [
        ("alice", "Anna", "90.000000"),
        ("'=HYPERLINK(1)", "Zoë, DJ", "0.250000"),
    ]
    assert datetime.fromisoformat(rows[0]["ended_at"]) == NOON + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ({"seconds": 0}, "0:00:00.0"),
        ({"seconds": 59.96}, "0:01:00.0"),
        ({"hours": 125, "seconds": 61.04}, "125:01:01.0"),
    ],
)
def test_long_times_are_shown_in_hours(time, shown):
    assert in_hours(timedelta(**time)) == shown


@pytest.mark.parametrize(
    ("whose", "limits"), [("alice", UserLimits), ("anna", PersonaLimits)]
)
def test_staff_enter_limits_on_the_page_of_whom_they_are_for(
    request, admin, whose, limits
):
    holder = request.getfixturevalue(whose)
    meta = holder._meta
    path = f"/admin/{meta.app_label}/{meta.model_name}/{holder.pk}/change/"
    form = filled_in(admin.get(path))

    saved = admin.post(path, form | {"limits-0-minutes_per_day": "15"})

    assert saved.status_code == 302, saved.context["errors"]
    entered = limits.objects.get()
    assert (entered.minutes_per_day, entered.max_sessions) == (15, None)
