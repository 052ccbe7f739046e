"""Usage: the numbers are those of the ledger, for their owner; all of them for staff."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import localdate, now

from chat.models import Turn
from frontend.usage.plots import Series, plot, ticks_to
from personas.models import Persona
from streaming.models import Account, Session, State, UsageEntry, UserLimits
from streaming.models.usage import cost_of
from tests.chat.conversations import exchange, new_session


def _signed(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _text(user: User, path: str) -> str:
    answer: Any = _signed(user).get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def _rows(user: User, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text(user, path))))


@pytest.fixture
def account(db: None) -> Account:
    return Account.objects.create(
        name="Cloud", base_url="http://127.0.0.1:9", price_per_minute=Decimal("0.10")
    )


def used(
    owner: User,
    persona: Persona,
    account: Account,
    *,
    days_ago: int = 0,
    minutes: float = 3,
) -> UsageEntry:
    """A session of that many minutes that has just ended, or did so many days ago."""
    end = now() - timedelta(days=days_ago)
    begin = end - timedelta(minutes=minutes)
    session = Session.objects.create(
        owner=owner,
        persona=persona,
        account=account,
        seat=1,
        state=State.CLOSED,
        lease_expires_at=end,
        ends_at=end,
        created_at=begin,
        seated_at=begin,
        opened_at=begin,
        closing_at=end,
        ended_at=end,
    )
    UsageEntry.enter(session)
    return UsageEntry.objects.get(session=session)


def test_a_session_costs_its_time_by_the_price_when_it_ended(
    alice: User, anna: Persona, account: Account
) -> None:
    entry = used(alice, anna, account, minutes=2.5)

    Account.objects.update(price_per_minute=Decimal("9.99"))
    entry.refresh_from_db()

    assert entry.cost == Decimal("0.25")
    assert entry.price_per_minute == Decimal("0.10")


def test_without_a_price_nothing_is_reckoned(
    alice: User, anna: Persona, account: Account
) -> None:
    Account.objects.update(price_per_minute=None)
    account.refresh_from_db()

    assert used(alice, anna, account).cost is None


def test_a_cost_is_exact_to_the_millionth() -> None:
    assert cost_of(timedelta(seconds=1), Decimal("0.10")) == Decimal("0.001667")


def test_whoever_has_used_nothing_is_told_so(alice: User) -> None:
    page = _text(alice, "/usage/")

    assert "Nothing in this time" in page
    assert "No answer was heard in this time" in page


def test_the_page_shows_minutes_sessions_and_what_is_left(
    alice: User, bob: User, anna: Persona, account: Account
) -> None:
    used(alice, anna, account, minutes=3)
    used(bob, anna, account, minutes=40)
    UserLimits.objects.create(user=alice, minutes_per_month=1000)

    page = _text(alice, "/usage/")

    assert '<span class="figure">3.0</span>' in page
    assert "of 1000 min used" in page
    assert "no limit" in page
    assert "Minutes: 40" not in page


def test_the_plot_the_table_and_the_file_say_the_same(
    alice: User, anna: Persona, account: Account
) -> None:
    used(alice, anna, account, minutes=3)
    used(alice, anna, account, days_ago=2, minutes=6)

    page = _text(alice, "/usage/")
    rows = _rows(alice, "/usage/minutes.csv")

    spent = {row["Day"]: row["Minutes (min)"] for row in rows}
    assert len(rows) == 30
    assert spent[localdate().isoformat()] == "3.000"
    assert spent[(localdate() - timedelta(days=2)).isoformat()] == "6.000"
    assert "Minutes: 6.0</title>" in page
    assert '<td class="number" translate="no">6.0</td>' in page


def test_one_looks_as_far_back_as_one_chooses(
    alice: User, anna: Persona, account: Account
) -> None:
    used(alice, anna, account, days_ago=60)

    assert sum(float(r["Sessions"]) for r in _rows(alice, "/usage/sessions.csv")) == 0
    for days in ("90", "365"):
        rows = _rows(alice, f"/usage/sessions.csv?days={days}")
        assert len(rows) == int(days)
        assert sum(float(row["Sessions"]) for row in rows) == 1
    assert len(_rows(alice, "/usage/sessions.csv?days=100000")) == 30


def test_the_first_word_is_told_by_its_percentiles(alice: User, anna: Persona) -> None:
    session = new_session(alice, anna)
    for number in range(1, 21):
        turn = exchange(session, "Tea?", "Yes.")
        Turn.objects.filter(pk=turn.pk).update(talk_ms=100 * number, created_at=now())
    exchange(session, "Unheard?", "Yes.")

    [today] = [
        row
        for row in _rows(alice, "/usage/first-word.csv")
        if row["Half of the answers within (ms)"]
    ]

    assert today["Half of the answers within (ms)"] == "1000.000"
    assert today["95 of 100 within (ms)"] == "1900.000"


@pytest.mark.parametrize("path", ["/usage/site/", "/usage/site/by-user.csv"])
def test_what_everybody_uses_is_for_staff(alice: User, carol: User, path: str) -> None:
    assert Client().get(path).status_code == 302
    assert _signed(alice).get(path).status_code == 403
    assert _signed(carol).get(path).status_code == 200


def test_staff_see_minutes_by_persona_account_and_person(
    alice: User, bob: User, carol: User, anna: Persona, account: Account
) -> None:
    used(alice, anna, account, minutes=3)
    used(bob, anna, account, minutes=40)
    User.objects.filter(pk=bob.pk).delete()

    people = _rows(carol, "/usage/site/by-user.csv")
    [cloud] = _rows(carol, "/usage/site/by-account.csv")
    [persona] = _rows(carol, "/usage/site/by-persona.csv")

    assert [(row["Name"], row["Minutes (min)"]) for row in people] == [
        ("bob", "40.000"),
        ("alice", "3.000"),
    ]
    assert cloud["Cost (EUR)"] == "4.300000"
    assert persona["Name"] == "Anna"
    assert persona["Sessions"] == "2"


def test_names_are_no_formulas(
    carol: User, bob: User, anna: Persona, account: Account
) -> None:
    Persona.objects.update(name="=cmd()")
    anna.refresh_from_db()
    used(bob, anna, account)

    assert _rows(carol, "/usage/site/by-persona.csv")[0]["Name"] == "'=cmd()"


def test_seats_and_waiting_are_told_by_day(
    alice: User, carol: User, anna: Persona, account: Account
) -> None:
    used(alice, anna, account)
    second = used(alice, anna, account).session
    assert second is not None
    waited = timedelta(seconds=90)
    Session.objects.filter(pk=second.pk).update(
        place_at=second.created_at, created_at=second.created_at - waited
    )
    end = now()
    Session.objects.create(
        owner=alice,
        persona=anna,
        state=State.CLOSED,
        place_at=end - waited,
        created_at=end - waited,
        lease_expires_at=end,
        ends_at=end,
        ended_at=end,
    )

    seats = _rows(carol, "/usage/site/seats.csv")
    waiting = _rows(carol, "/usage/site/waiting.csv")

    assert sum(int(row["Got a seat"]) for row in waiting) == 1
    assert sum(int(row["Gave up"]) for row in waiting) == 1
    assert "90.000" in {row["Waited at most, s (s)"] for row in waiting}
    assert max(int(row["Seats taken at most"]) for row in seats) == 2


def test_the_site_page_takes_few_queries(
    carol: User, django_assert_max_num_queries: Any
) -> None:
    browser = _signed(carol)

    with django_assert_max_num_queries(16):
        browser.get("/usage/site/?days=365")


def test_there_is_no_table_of_another_name(alice: User) -> None:
    assert _signed(alice).get("/usage/secrets.csv").status_code == 404


# Plots ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7.5, [0, 2, 4, 6, 8]),
        (90, [0, 25, 50, 75, 100]),
        (1234, [0, 500, 1000, 1500]),
    ],
)
def test_the_upright_axis_has_round_numbers(most: float, ticks: list[float]) -> None:
    assert ticks_to(most) == ticks


def test_the_axis_of_small_sums_has_parts_of_one() -> None:
    assert ticks_to(0.3, least=0.01) == [0, 0.1, 0.2, 0.3]


def test_bars_stand_on_each_other_and_gaps_part_lines() -> None:
    today = localdate()
    days = [today, today + timedelta(days=1), today + timedelta(days=2)]
    drawn = plot(
        days,
        bars=[Series("a", "A", [1, 0, 2]), Series("b", "B", [3, None, 0])],
        lines=[Series("c", "C", [1, None, 2])],
    )

    below, above = drawn.slots[0].bars
    assert below.y == pytest.approx(above.y + above.height)
    assert not drawn.slots[1].bars
    assert drawn.lines[0].path.count("M") == 2
