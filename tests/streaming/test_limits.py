"""Limits of users and personas: sessions at once, minutes a day, minutes a month."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.errors import DomainError
from personas.models import Persona
from streaming import limits, services
from streaming.errors import QuotaUsedUp, TooManySessions
from streaming.models import (
    Account,
    EndReason,
    PersonaLimits,
    Session,
    State,
    UsageEntry,
    UserLimits,
)
from streaming.periods import Span, period_of
from streaming.providers.base import StreamWish
from tests.budget import examples
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

CREATE = "/persona/heygen/session/create"
NOON = datetime(2030, 6, 15, 12, tzinfo=UTC)
HOUR = NOON + timedelta(hours=1)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def used(
    user: User | None,
    began_at: datetime,
    ended_at: datetime,
    persona: Persona | None = None,
) -> UsageEntry:
    return UsageEntry.objects.create(
        user=user,
        persona=persona,
        began_at=began_at,
        ended_at=ended_at,
        used=ended_at - began_at,
    )


def seated(
    owner: User | None,
    account: Account,
    began_at: datetime,
    ends_at: datetime,
    *,
    persona: Persona | None = None,
    state: State = State.LIVE,
    **fields: Any,
) -> Session:
    fields = {"seated_at": began_at, "opened_at": began_at} | fields
    return Session.objects.create(
        owner=owner,
        persona=persona,
        account=account,
        seat=min(account.free_seats()),
        state=state,
        lease_expires_at=ends_at,
        ends_at=ends_at,
        **fields,
    )


def end_for(
    user: User, at: datetime = NOON, *, persona: Any = None, until: datetime = HOUR
) -> datetime:
    return limits.grant(user, persona, at=at, until=until).ends_at


# Time -------------------------------------------------------------------------------------


def test_without_limits_a_session_gets_all_that_it_asks_for(alice, anna):
    used(alice, NOON - minutes(600), NOON - minutes(1))

    granted = limits.grant(alice, anna, at=NOON, until=HOUR)

    assert granted == limits.Grant(ends_at=HOUR, because=EndReason.MAX_AGE)


def test_what_is_left_of_the_day_ends_the_session(alice, settings):
    settings.USER_MINUTES_PER_DAY = 30
    used(alice, NOON - minutes(60), NOON - minutes(38))

    granted = limits.grant(alice, None, at=NOON, until=HOUR)

    assert granted.ends_at == NOON + minutes(8)
    assert granted.because == EndReason.QUOTA


def test_others_use_is_not_ours(alice, bob, settings):
    settings.USER_MINUTES_PER_DAY = 30
    used(bob, NOON - minutes(60), NOON)
    used(None, NOON - minutes(60), NOON)

    assert end_for(alice) == NOON + minutes(30)


def test_of_a_session_over_midnight_each_day_counts_its_part(alice, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    settings.USER_MINUTES_PER_DAY = 30
    midnight = datetime(2030, 6, 14, 18, 30, tzinfo=UTC)
    used(alice, midnight - minutes(25), midnight + minutes(5))

    assert end_for(alice) == NOON + minutes(25)


def test_a_session_into_tomorrow_uses_tomorrows_minutes_there(alice, settings):
    settings.USER_MINUTES_PER_DAY = 5
    midnight = datetime(2030, 6, 16, tzinfo=UTC)

    assert end_for(alice, midnight - minutes(2), until=midnight + minutes(60)) == (
        midnight + minutes(5)
    )


def test_the_month_may_leave_less_than_the_day(alice, settings):
    settings.USER_MINUTES_PER_DAY = 30
    settings.USER_MINUTES_PER_MONTH = 100
    used(alice, NOON - timedelta(days=3), NOON - timedelta(days=3) + minutes(99))

    assert end_for(alice) == NOON + minutes(1)


def test_last_month_is_forgotten(alice, settings):
    settings.USER_MINUTES_PER_MONTH = 100
    used(alice, NOON - timedelta(days=20), NOON - timedelta(days=20) + minutes(99))

    assert end_for(alice) == HOUR


def test_who_has_nothing_left_hears_from_when_on_there_is_more(alice, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    settings.USER_MINUTES_PER_DAY = 30
    used(alice, NOON - minutes(60), NOON - minutes(30))

    with pytest.raises(QuotaUsedUp) as refusal:
        limits.check(alice, None, NOON)

    assert str(refusal.value) == (
        "Your 30 minutes today are used up. "
        "There is new time from 16 June 2030, 00:00 CEST on."
    )
    assert refusal.value.headers() == {"Retry-After": str(10 * 3600)}


def test_who_must_wait_for_the_month_is_not_sent_to_tomorrow(alice, settings):
    settings.USER_MINUTES_PER_DAY = settings.USER_MINUTES_PER_MONTH = 30
    used(alice, NOON - minutes(60), NOON - minutes(30))

    with pytest.raises(QuotaUsedUp, match="this month .* 1 July 2030, 00:00 UTC"):
        limits.check(alice, None, NOON)


def test_a_few_seconds_are_not_worth_a_session(alice, settings):
    settings.USER_MINUTES_PER_DAY = 30
    almost_all = minutes(30) - timedelta(seconds=9)
    used(alice, NOON - minutes(60), NOON - minutes(60) + almost_all)

    with pytest.raises(QuotaUsedUp):
        limits.check(alice, None, NOON)


def test_what_an_open_session_may_yet_use_is_taken(alice, account, settings):
    settings.USER_MINUTES_PER_DAY = 30
    seated(alice, account, NOON - minutes(5), NOON + minutes(15))

    assert end_for(alice) == NOON + minutes(10)


def test_who_is_refused_for_an_open_session_hears_that_it_holds_time(
    alice, account, settings
):
    settings.USER_MINUTES_PER_DAY = 20
    seated(alice, account, NOON - minutes(5), NOON + minutes(15))

    with pytest.raises(QuotaUsedUp, match="Open sessions hold some of it"):
        limits.check(alice, None, NOON)


def test_a_session_that_nobody_has_closed_goes_on_counting(alice, account, settings):
    settings.USER_MINUTES_PER_DAY = 30
    seated(alice, account, NOON - minutes(20), NOON - minutes(10))

    assert end_for(alice) == NOON + minutes(10)


def test_a_closing_session_counts_what_it_has_used(alice, account, settings):
    settings.USER_MINUTES_PER_DAY = 30
    at = NOON - minutes(12)
    seated(alice, account, at, HOUR, state=State.CLOSING, closing_at=NOON - minutes(10))
    seated(
        alice, account, at, HOUR, state=State.CLOSING, closing_at=NOON, opened_at=None
    )

    assert end_for(alice) == NOON + minutes(28)


def test_days_are_as_long_as_the_sites_clocks_make_them(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    spring = period_of(Span.DAY, datetime(2030, 3, 31, 10, tzinfo=UTC))

    assert spring.end - spring.start == timedelta(hours=23)
    assert spring.overlap(spring.start, spring.end) == timedelta(hours=23)


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_is_followed_by_the_next(month):
    period = period_of(Span.MONTH, datetime(2030, month, 28, tzinfo=UTC))

    assert period.start == datetime(2030, month, 1, tzinfo=UTC)
    assert period.end == datetime(2030 + month // 12, month % 12 + 1, 1, tzinfo=UTC)


STEP = st.tuples(st.sampled_from(["open", "open", "end", "wait"]), st.integers(1, 400))


@pytest.mark.django_db(transaction=True)
@hypothesis_settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEP, max_size=25))
def test_no_day_ever_has_more_than_its_limit(alice, account, settings, steps):
    settings.USER_MINUTES_PER_DAY = 60
    Session.objects.all().delete()
    UsageEntry.objects.all().delete()
    at = NOON + timedelta(hours=11)  # not far from midnight
    running: list[Session] = []
    for what, count in steps:
        if what == "wait":
            at += minutes(count)
        elif what == "open" and len(running) < 3:
            try:
                with transaction.atomic():
                    until = at + minutes(count)
                    granted = limits.grant(alice, None, at=at, until=until)
                    running.append(seated(alice, account, at, granted.ends_at))
            except QuotaUsedUp:
                continue
        elif what == "end" and running:
            end(running.pop(), at)
        for session in [s for s in running if s.ends_at <= at]:
            running.remove(session)
            end(session, session.ends_at)
    for session in running:
        end(session, session.ends_at)

    for day in range(6):
        period = period_of(Span.DAY, NOON + timedelta(days=day))
        assert UsageEntry.objects.all().used_in(period) <= minutes(60)


def end(session: Session, at: datetime) -> None:
    assert session.opened_at is not None
    used(session.owner, session.opened_at, at)
    session.delete()


# Whose limits -----------------------------------------------------------------------------


def test_a_users_own_numbers_come_before_the_sites(alice, bob, settings):
    settings.USER_MINUTES_PER_DAY = 30
    settings.USER_MINUTES_PER_MONTH = 50
    UserLimits.objects.create(user=alice, minutes_per_day=40)
    UserLimits.objects.create(user=bob, minutes_per_day=0, minutes_per_month=0)

    assert end_for(alice) == NOON + minutes(40)
    assert end_for(bob) == HOUR


def test_a_personas_minutes_are_shared_by_all_who_talk_with_it(alice, bob, anna):
    PersonaLimits.objects.create(persona=anna, minutes_per_day=30)
    used(bob, NOON - minutes(60), NOON - minutes(40), anna)
    used(None, NOON - minutes(40), NOON - minutes(35), anna)

    assert end_for(alice, persona=anna) == NOON + minutes(5)
    assert end_for(alice) == HOUR


def test_a_persona_that_has_no_minutes_left_says_so(alice, anna):
    PersonaLimits.objects.create(persona=anna, minutes_per_month=1)
    used(None, NOON - minutes(60), NOON - minutes(35), anna)

    with pytest.raises(
        QuotaUsedUp, match="The 1 minute that Anna has for all visitors this month"
    ):
        limits.check(alice, anna, NOON)


def test_a_persona_has_a_limit_of_sessions_too(alice, bob, anna, account):
    PersonaLimits.objects.create(persona=anna, max_sessions=1)
    seated(bob, account, NOON, HOUR, persona=anna)

    with pytest.raises(TooManySessions, match="Anna is in 1 session, and may be in 1"):
        limits.check(alice, anna, NOON)


def test_sessions_of_people_and_personas_that_are_gone_count_for_nobody(
    alice, bob, anna, account, settings
):
    settings.USER_MAX_SESSIONS = settings.USER_MINUTES_PER_DAY = 1
    seated(bob, account, NOON - minutes(9), HOUR, persona=anna)
    used(bob, NOON - minutes(60), NOON - minutes(35), anna)
    bob.delete()
    anna.delete()

    limits.check(alice, None, NOON)

    assert [s.owner for s in Session.objects.all()] == [None]


# Sessions at once -------------------------------------------------------------------------


def test_who_has_as_many_sessions_as_they_may_is_told_the_way_out(
    alice, account, settings
):
    settings.USER_MAX_SESSIONS = 2
    seated(alice, account, NOON, HOUR)
    limits.check(alice, None, NOON)
    seated(alice, account, NOON, HOUR, state=State.OPENING)

    with pytest.raises(TooManySessions) as refusal:
        limits.check(alice, None, NOON)

    assert str(refusal.value) == (
        "You have 2 sessions open, and may have 2 at once. "
        "Go on with one of them, or close one first."
    )


def test_what_waits_or_closes_is_no_open_session(alice, account, settings):
    settings.USER_MAX_SESSIONS = 1
    seated(alice, account, NOON, HOUR, state=State.CLOSING, closing_at=NOON)
    Session.objects.create(
        owner=alice,
        state=State.WAITING,
        place_at=NOON,
        ticket_number=1,
        lease_expires_at=HOUR,
        ends_at=HOUR,
    )

    limits.check(alice, None, NOON)


# As callers meet them ---------------------------------------------------------------------


def create(user: User, **body: Any) -> Any:
    return client_of(user).post(CREATE, body, format="json")


@pytest.mark.django_db(transaction=True)
def test_one_session_too_many_is_refused_with_its_code(alice, anna, account, settings):
    settings.USER_MAX_SESSIONS = 1
    assert create(alice).status_code == 200

    refused = create(alice)

    assert refused.status_code == 409
    assert refused.json()["code"] == "too_many_sessions"
    assert account.taken_seats() == {1}


@pytest.mark.django_db(transaction=True)
def test_who_has_no_time_left_is_not_put_in_line(alice, bob, anna, account, settings):
    settings.USER_MINUTES_PER_DAY = 60 * 24
    Account.objects.update(seat_limit=1)
    assert create(bob).status_code == 200
    UserLimits.objects.create(user=alice, minutes_per_month=5)
    at = now()
    used(alice, at - minutes(5), at)

    refused = create(alice)

    assert (refused.status_code, refused.json()["code"]) == (429, "quota_used_up")
    month = period_of(Span.MONTH, at)
    left_s = (month.end - now()).total_seconds()
    assert left_s <= int(refused["Retry-After"]) <= left_s + 60
    assert not Session.objects.in_line().exists()


@pytest.mark.django_db(transaction=True)
def test_an_opened_session_ends_when_its_users_time_does(
    alice, anna, account, settings
):
    settings.USER_MINUTES_PER_MONTH = 1
    before = now()

    reply = create(alice)

    session = Session.objects.get(pk=reply.json()["data"]["session_id"])
    assert before + minutes(1) <= session.ends_at <= now() + minutes(1)
    assert session.ends_because == EndReason.QUOTA
    resumed = async_to_sync(services.resume_session)(session).session
    assert (resumed.ends_at, resumed.ends_because) == (
        session.ends_at,
        EndReason.QUOTA,
    )


@pytest.mark.django_db(transaction=True)
def test_with_more_time_than_a_session_may_last_it_is_its_age_that_ends_it(
    alice, anna, account, settings
):
    settings.USER_MINUTES_PER_MONTH = 1
    settings.SESSION_MAX_S = 50

    create(alice)

    session = Session.objects.get()
    assert session.ends_at <= now() + timedelta(seconds=50)
    assert session.ends_because == EndReason.MAX_AGE


@pytest.mark.django_db(transaction=True)
def test_simultaneous_openings_do_not_pass_a_limit_together(
    alice, anna, account, settings
):
    settings.USER_MAX_SESSIONS = 2
    Account.objects.update(seat_limit=8)
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def open_one() -> None:
        together.wait()
        try:
            async_to_sync(services.open_session)(
                owner=alice, persona=anna, wish=StreamWish()
            )
            outcomes.append("opened")
        except DomainError as exc:
            outcomes.append(exc.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["opened"] * 2 + ["too_many_sessions"] * 6


def test_programs_can_ask_what_they_have_used(api, alice, account, settings):
    settings.USER_MAX_SESSIONS = 3
    settings.USER_MINUTES_PER_MONTH = 50
    UserLimits.objects.create(user=alice, minutes_per_day=20)
    at = now()
    day, month = period_of(Span.DAY, at), period_of(Span.MONTH, at)
    used(alice, day.start - minutes(3), day.start + minutes(2))
    in_month = 5 if day.start - minutes(3) >= month.start else 2
    seated(alice, account, at, at + minutes(1))

    usage = api.get("/persona/heygen/usage").json()["data"]

    assert usage["sessions"] == {"open": 1, "limit": 3}
    assert 120 <= usage["day"]["used_s"] < 130
    assert usage["day"]["used_s"] + usage["day"]["reserved_s"] == pytest.approx(180)
    assert (usage["day"]["limit_s"], usage["month"]["limit_s"]) == (1200, 3000)
    assert usage["month"]["used_s"] >= 60 * in_month
    assert datetime.fromisoformat(usage["month"]["until"]) == month.end
