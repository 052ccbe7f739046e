"""What staff do with accounts and sessions in the admin."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.utils.timezone import now

from streaming import services
from streaming.admin import state_in_words
from streaming.models import Account, EndReason, Session, State
from streaming.providers.base import StreamWish

SESSIONS = "/admin/streaming/session/"
ACCOUNTS = "/admin/streaming/account/"
AT = datetime(2030, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def admin(client: Client, carol) -> Client:
    client.force_login(carol)
    return client


def open_session(owner, persona) -> Session:
    opened = async_to_sync(services.open_session)(
        owner=owner, persona=persona, wish=StreamWish()
    )
    return opened.session


def run(admin: Client, action: str, *sessions: Session, is_sure: bool = True) -> str:
    form = {
        "action": action,
        "_selected_action": [str(session.pk) for session in sessions],
    }
    if is_sure:
        form["post"] = "yes"
    return admin.post(SESSIONS, form, follow=True).content.decode()


@pytest.mark.parametrize("action", ["stop_selected", "stop_all_idle"])
def test_staff_are_asked_before_anything_is_stopped(
    admin, account, alice, anna, action
):
    session = open_session(alice, anna)
    Session.objects.update(last_activity_at=now() - timedelta(seconds=60))

    page = run(admin, action, session, is_sure=False)

    assert "Stop them" in page
    assert f"{str(session.pk)[:8]} · alice · Anna" in page
    session.reread()
    assert session.is_open


def test_selected_sessions_are_stopped_upstream_too(admin, account, alice, anna):
    first, second = open_session(alice, anna), open_session(alice, anna)

    page = run(admin, "stop_selected", first)

    assert "Stopped 1 of 1 session." in page
    first.reread()
    second.reread()
    assert (first.state, first.end_reason) == (State.CLOSED, EndReason.STAFF_STOPPED)
    assert second.state == State.READY
    assert account.taken_seats() == {2}


def test_stopping_says_when_upstream_could_not_be_told(admin, account, alice, anna):
    session = open_session(alice, anna)
    Account.objects.update(base_url="http://127.0.0.1:9")

    page = run(admin, "stop_selected", session)

    assert "1 keeps its seat until" in page


def test_stop_all_idle_takes_the_quiet_ones(admin, account, alice, anna):
    quiet, talking = open_session(alice, anna), open_session(alice, anna)
    Session.objects.filter(pk=quiet.pk).update(
        last_activity_at=now() - timedelta(seconds=60)
    )

    page = run(admin, "stop_all_idle", talking)

    assert "Stopped 1 session that was quiet" in page
    quiet.reread()
    talking.reread()
    assert (quiet.is_open, talking.is_open) == (False, True)


def test_a_sessions_page_tells_what_happened(admin, account, alice, anna):
    session = open_session(alice, anna)

    page = admin.get(f"{SESSIONS}{session.pk}/change/").content.decode()

    assert "session.status" in page
    assert "ready" in page


def test_an_open_session_is_not_deleted(admin, account, alice, anna):
    session = open_session(alice, anna)

    refused = admin.post(f"{SESSIONS}{session.pk}/delete/", {"post": "yes"})

    assert refused.status_code == 403
    run(admin, "delete_selected", session)
    assert Session.objects.count() == 1


def test_a_key_can_be_written_and_is_never_shown(admin, dead_account):
    form = {
        "name": "Nobody",
        "provider": "heygen",
        "base_url": "http://127.0.0.1:3001",
        "seat_limit": "5",
        "priority": "0",
        "is_enabled": "on",
        "new_api_key": "sk-brand-new",
    }
    url = f"{ACCOUNTS}{dead_account.pk}/change/"

    assert admin.post(url, form).status_code == 302
    dead_account.refresh_from_db()
    assert dead_account.api_key == "sk-brand-new"
    assert "sk-brand-new" not in admin.get(url).content.decode()

    admin.post(url, form | {"new_api_key": ""})
    dead_account.refresh_from_db()
    assert dead_account.api_key == "sk-brand-new"


@pytest.mark.parametrize(
    ("field", "value"),
    [("seat_limit", "0"), ("base_url", "not an address"), ("new_api_key", "schlüssel")],
)
def test_a_bad_account_is_explained(admin, dead_account, field, value):
    form = {
        "name": "Nobody",
        "provider": "heygen",
        "base_url": "http://127.0.0.1:9",
        "seat_limit": "3",
        "priority": "0",
    }

    page = admin.post(f"{ACCOUNTS}{dead_account.pk}/change/", form | {field: value})

    assert page.status_code == 200
    assert field in page.context["adminform"].form.errors


def test_people_who_are_not_staff_are_kept_out(client, alice):
    client.force_login(alice)

    assert client.get(SESSIONS).status_code == 302


# Accounts ---------------------------------------------------------------------------------


def run_on_accounts(admin: Client, action: str, *accounts: Account) -> str:
    chosen = [str(account.pk) for account in accounts]
    page = admin.post(
        ACCOUNTS, {"action": action, "_selected_action": chosen}, follow=True
    )
    return page.content.decode()


def test_testing_the_connection_says_of_each_account_how_it_is(
    admin, account, dead_account
):
    page = run_on_accounts(admin, "test_connection", account, dead_account)

    assert "Test engine: Fine:" in page
    assert "Nobody: The avatar service cannot be reached. Check that" in page


def test_accounts_are_drained_and_undrained(admin, account, dead_account):
    run_on_accounts(admin, "drain", account)
    account.refresh_from_db()
    dead_account.refresh_from_db()
    assert (account.is_draining, dead_account.is_draining) == (True, False)

    run_on_accounts(admin, "undrain", account)
    account.refresh_from_db()
    assert not account.is_draining


def test_waking_an_account_ends_its_rest(admin, dead_account):
    for _ in range(3):
        dead_account.note_failure("It broke.", at=now())

    run_on_accounts(admin, "wake_up", dead_account)

    dead_account.refresh_from_db()
    assert (dead_account.failures, dead_account.resting_until) == (0, None)


@pytest.mark.parametrize(
    ("changes", "failures"),
    [
        ({"new_api_key": "the-right-one"}, 0),
        ({"base_url": "http://127.0.0.1:3001"}, 0),
        ({"priority": "7"}, 3),
    ],
    ids=["key", "address", "something else"],
)
def test_correcting_an_account_ends_its_rest(admin, dead_account, changes, failures):
    for _ in range(3):
        dead_account.note_failure("It broke.", at=now())
    form = {
        "name": "Nobody",
        "provider": "heygen",
        "base_url": "http://127.0.0.1:9",
        "seat_limit": "3",
        "priority": "0",
        "is_enabled": "on",
    }

    admin.post(f"{ACCOUNTS}{dead_account.pk}/change/", form | changes)

    dead_account.refresh_from_db()
    assert dead_account.failures == failures
    assert dead_account.is_resting(now()) == bool(failures)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "2 of 3 seats free"),
        ({"foreign_sessions": 1}, "1 of 3 seats free; 1 taken by others"),
        ({"is_enabled": False}, "off; 2 of 3 seats free"),
        ({"is_draining": True}, "draining, 1 left; 2 of 3 seats free"),
        (
            {"failures": 2, "last_problem": "It broke."},
            "2 of 3 seats free; failed 2 times: It broke.",
        ),
        (
            {"failures": 3, "last_problem": "It broke.", "resting_until": AT},
            "resting until 12:00:00 UTC, because: It broke.; 2 of 3 seats free",
        ),
        (
            {
                "failures": 3,
                "last_problem": "It broke.",
                "resting_until": AT - timedelta(hours=1),
            },
            "to be tried again, because it failed: It broke.; 2 of 3 seats free",
        ),
    ],
    ids=["well", "shared", "off", "draining", "failing", "resting", "on trial"],
)
def test_an_accounts_state_is_told_in_plain_words(dead_account, fields, words):
    at = AT - timedelta(minutes=1)
    Session.objects.reserve(dead_account, lease_expires_at=at, ends_at=at)
    Account.objects.update(**fields)

    assert state_in_words(Account.objects.get(), at) == words


def test_the_list_of_accounts_shows_their_state(admin, account):
    assert "3 of 3 seats free" in admin.get(ACCOUNTS).content.decode()
