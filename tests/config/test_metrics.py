"""What Prometheus is told, and whom."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from chat import metrics
from chat.models import Turn
from streaming.models import Session

TOKEN = {"Authorization": "Bearer a-long-token"}


@pytest.fixture
def scrape(client, settings):
    settings.METRICS_TOKEN = "a-long-token"
    return lambda: client.get("/metrics", headers=TOKEN).content.decode()


@pytest.fixture
def turn(alice, anna, dead_account):
    session = Session.objects.reserve(
        dead_account,
        owner=alice,
        persona=anna,
        lease_expires_at=now() + timedelta(seconds=60),
        ends_at=now() + timedelta(seconds=600),
    )
    return Turn.objects.begin(session, kind=Turn.Kind.ASK, prompt="Hi")


def value(text, line):
    found = [row for row in text.splitlines() if row.startswith(line)]
    return float(found[0].rsplit(" ", 1)[1]) if found else 0.0


def test_without_a_token_there_is_no_such_page(client, settings, db):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers=TOKEN).status_code == 404


@pytest.mark.parametrize(
    "given", ["", "Bearer wrong", "Basic a-long-token", "Bearer \u00fc"]
)
def test_a_wrong_token_is_refused(client, settings, db, given):
    settings.METRICS_TOKEN = "a-long-token"
    answer = client.get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_seats_and_sessions_are_counted(scrape, turn, dead_account):
    text = scrape()

    assert value(text, 'greenroom_sessions{state="opening"}') == 1
    assert value(text, 'greenroom_sessions{state="live"}') == 0
    assert value(text, f'greenroom_seats{{account="{dead_account.pk}"}}') == 3


def test_the_stages_of_a_turn_are_in_a_histogram(scrape, turn):
    bucket = 'greenroom_turn_stage_seconds_bucket{kind="ask",le="0.5",stage="accepted"}'
    heard = 'greenroom_turn_stage_seconds_count{kind="ask",stage="talk"}'
    ended = 'greenroom_turns_total{kind="ask",outcome="complete"}'
    before = scrape()
    turn.accepted_ms = 320.0
    turn.end()

    metrics.observe_end(turn)
    turn.talk_ms = 400.0
    metrics.observe_talk(turn)

    after = scrape()
    grown = [
        value(after, line) - value(before, line) for line in (bucket, heard, ended)
    ]
    assert grown == [1, 1, 1]
