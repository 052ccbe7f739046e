"""The operators' board: who may open it, and what its buttons do."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils.timezone import now

from personas.acts import Act
from personas.models import Persona
from streaming import queueing, services
from streaming.models import Account, EndReason, Session, State
from streaming.providers.base import StreamWish

SOME = uuid.UUID(int=1)  # the same in every process that collects tests
ACTIONS = (
    f"/operate/sessions/{SOME}/stop",
    f"/operate/sessions/{SOME}/move",
    "/operate/stop-idle",
    "/operate/stop-all",
    "/operate/accounts/1/drain",
    "/operate/accounts/1/undrain",
    "/operate/accounts/1/wake-up",
)


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def staff(carol: User) -> Client:
    return browser_of(carol)


@pytest.fixture
def helper(db: None) -> User:
    """Staff without any permission."""
    return User.objects.create_user("hal", is_staff=True)


def talking(owner: User, persona: Persona) -> Session:
    opened = async_to_sync(services.open_session)(
        owner=owner, persona=persona, wish=StreamWish()
    )
    return opened.session


def waiting(name: str) -> Session:
    return queueing.join(User.objects.create_user(name), at=now(), lease_s=60)


def said(answer: Any) -> str:
    body = answer.json()
    assert body["success"], body
    return str(body["message"])


def noted() -> list[tuple[int, str | None]]:
    """What the audit has of it: the act, and of which session."""
    rows = LogEntry.objects.order_by("pk")
    return list(rows.values_list("action_flag", "object_id"))


# Who ---------------------------------------------------------------------------------


def test_strangers_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/operate/")["Location"] == "/accounts/login/?next=/operate/"


def test_whoever_is_not_staff_may_not_look(alice: User) -> None:
    browser = browser_of(alice)

    assert browser.get("/operate/").status_code == 403
    assert browser.get("/operate/history").json()["code"] == "staff_only"
    assert b'href="/operate/"' not in browser.get("/").content


@pytest.mark.parametrize("path", ACTIONS)
def test_whoever_is_not_staff_can_do_nothing(
    alice: User, client: Client, path: str
) -> None:
    for browser in (browser_of(alice), client):
        answer = browser.post(path)

        assert (answer.status_code, answer.json()["code"]) == (403, "staff_only")


@pytest.mark.parametrize("path", ACTIONS)
def test_nothing_is_done_by_following_a_link(staff: Client, path: str) -> None:
    assert staff.get(path).status_code == 405


@pytest.mark.parametrize("path", ACTIONS)
def test_nothing_is_done_for_a_page_of_somebody_else(carol: User, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(carol)

    assert browser.post(path).status_code == 403


def test_staff_find_the_board_from_every_page_and_from_the_admin(
    staff: Client,
) -> None:
    for path in ("/", "/operate/", "/admin/", "/admin/streaming/session/"):
        assert b'href="/operate/"' in staff.get(path).content, path


def test_accounts_are_changed_only_by_whoever_may_change_them(
    helper: User, dead_account: Account
) -> None:
    browser = browser_of(helper)
    path = f"/operate/accounts/{dead_account.pk}/drain"
    assert b'data-do="drain"' not in browser.get("/operate/").content
    assert browser.post(path).status_code == 403

    helper.user_permissions.add(Permission.objects.get(codename="change_account"))

    assert b'data-do="drain"' in browser.get("/operate/").content
    assert browser.post(path).status_code == 200


# What --------------------------------------------------------------------------------


def test_stopping_one_session_stops_it_upstream_and_leaves_the_others(
    staff: Client, account: Account, alice: User, anna: Persona
) -> None:
    first, second = talking(alice, anna), talking(alice, anna)

    words = said(staff.post(f"/operate/sessions/{first.pk}/stop"))

    assert words == "The session of alice was stopped."
    first.reread()
    second.reread()
    assert (first.state, first.end_reason) == (State.CLOSED, EndReason.STAFF_STOPPED)
    assert second.state == State.READY


def test_stopping_what_has_ended_says_so(staff: Client, db: None) -> None:
    answer = staff.post(f"/operate/sessions/{SOME}/stop")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "has ended already" in answer.json()["message"]


def test_a_service_that_cannot_be_told_is_no_secret(
    staff: Client, account: Account, alice: User, anna: Persona
) -> None:
    first, _ = talking(alice, anna), talking(alice, anna)
    Account.objects.update(base_url="http://127.0.0.1:9")

    assert "keeps its seat" in said(staff.post(f"/operate/sessions/{first.pk}/stop"))
    assert said(staff.post("/operate/stop-all")) == (
        "Stopped 0 sessions. 2 more will be closed when their avatar service can be reached."
    )


def test_stopping_the_idle_leaves_those_who_talk(
    staff: Client, account: Account, alice: User, anna: Persona
) -> None:
    idle, busy = talking(alice, anna), talking(alice, anna)
    Session.objects.filter(pk=idle.pk).update(
        last_activity_at=now() - timedelta(seconds=31)
    )

    words = said(staff.post("/operate/stop-idle"))

    assert words == "Stopped 1 session in which nothing was said for 30 seconds."
    idle.reread()
    busy.reread()
    assert (idle.is_open, busy.is_open) == (False, True)
    assert noted() == [(Act.STOPPED_IDLE, str(idle.pk))]


def test_stopping_all_keeps_the_line_unless_it_is_to_go_too(
    staff: Client, account: Account, alice: User, anna: Persona
) -> None:
    session, ticket = talking(alice, anna), waiting("wanda")

    assert said(staff.post("/operate/stop-all")) == "Stopped 1 session."
    ticket.reread()
    session.reread()
    assert (session.is_open, ticket.is_open) == (False, True)

    words = said(staff.post("/operate/stop-all", {"line": "yes"}))
    assert words == "Stopped 0 sessions. Sent 1 visitor away from the line."
    ticket.reread()
    assert (ticket.state, ticket.end_reason) == (State.CLOSED, EndReason.STAFF_STOPPED)
    assert noted() == [(Act.STOPPED_ALL, str(one.pk)) for one in (session, ticket)]


def test_a_ticket_can_be_taken_out_of_the_line(staff: Client, db: None) -> None:
    ticket = waiting("wanda")

    words = said(staff.post(f"/operate/sessions/{ticket.pk}/stop"))

    assert words == "wanda was taken out of the line."
    ticket.reread()
    assert not ticket.is_open


def test_a_ticket_is_moved_to_the_place_that_is_named(staff: Client, db: None) -> None:
    first, second, third = waiting("first"), waiting("second"), waiting("third")

    words = said(staff.post(f"/operate/sessions/{third.pk}/move", {"position": "2"}))

    assert words == "third is number 2 in line now."
    order = list(queueing.places(now()))
    assert order == [first.pk, third.pk, second.pk]


@pytest.mark.parametrize("position", ["", "0", "-1", "x", "1.5", "²", "9" * 400])
def test_a_place_that_is_none_is_refused(
    staff: Client, db: None, position: str
) -> None:
    ticket = waiting("wanda")

    answer = staff.post(f"/operate/sessions/{ticket.pk}/move", {"position": position})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_who_has_a_seat_cannot_be_moved(
    staff: Client, account: Account, alice: User, anna: Persona
) -> None:
    session = talking(alice, anna)

    answer = staff.post(f"/operate/sessions/{session.pk}/move", {"position": "1"})

    assert answer.status_code == 404
    assert "does not wait" in answer.json()["message"]


def test_an_account_is_drained_and_undrained(
    staff: Client, dead_account: Account
) -> None:
    path = f"/operate/accounts/{dead_account.pk}"

    assert "no new sessions" in said(staff.post(f"{path}/drain"))
    dead_account.refresh_from_db()
    assert dead_account.is_draining

    assert "again" in said(staff.post(f"{path}/undrain"))
    dead_account.refresh_from_db()
    assert not dead_account.is_draining


def test_a_resting_account_is_woken(staff: Client, dead_account: Account) -> None:
    Account.objects.update(
        failures=3, resting_until=now() + timedelta(seconds=60), last_problem="?"
    )

    said(staff.post(f"/operate/accounts/{dead_account.pk}/wake-up"))

    dead_account.refresh_from_db()
    assert not dead_account.is_resting(now())


def test_an_account_that_is_gone_is_told_of(staff: Client, db: None) -> None:
    answer = staff.post("/operate/accounts/77/drain")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
