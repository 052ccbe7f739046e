"""The page-hide beacon, and what the worker does by itself."""

import uuid
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client
from django.utils.timezone import now

from streaming import services, tasks
from streaming.models import EndReason, Session, State
from streaming.providers.base import StreamWish
from tests.background import background_work


@pytest.fixture
def session(account, alice, anna) -> Session:
    opened = async_to_sync(services.open_session)(
        owner=alice, persona=anna, wish=StreamWish()
    )
    return opened.session


def beacon(browser: Client, session_id: object, **form: str) -> int:
    return browser.post(f"/sessions/{session_id}/leave", form).status_code


def test_leaving_the_page_leaves_the_time_that_a_reload_takes(
    client, session, alice, settings
):
    client.force_login(alice)

    assert beacon(client, session.pk) == 204

    session.reread()
    assert session.state == State.READY
    left = session.lease_expires_at - now()
    assert timedelta(0) < left <= timedelta(seconds=settings.LEASE_GRACE_S)


async def test_who_left_and_does_not_come_back_frees_the_seat(
    transactional_db, account, alice, anna, settings
):
    settings.LEASE_GRACE_S = 0.2
    opened = await services.open_session(owner=alice, persona=anna, wish=StreamWish())

    await services.lose_viewer(opened.session, settings.LEASE_GRACE_S)
    await background_work()

    await sync_to_async(opened.session.reread)()
    assert opened.session.end_reason == EndReason.VIEWER_LOST
    assert await sync_to_async(account.taken_seats)() == set()


def test_leaving_twice_is_fine(client, session, alice):
    client.force_login(alice)

    assert [beacon(client, session.pk) for _ in range(2)] == [204, 204]


def test_a_beacon_needs_the_csrf_token_of_its_page(session, alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    assert beacon(browser, session.pk) == 403

    page = browser.get("/accounts/password/change/")
    token = str(page.context["csrf_token"])
    assert beacon(browser, session.pk, csrfmiddlewaretoken=token) == 204


def test_staff_who_stop_watching_end_nothing(client, session, carol):
    client.force_login(carol)

    assert beacon(client, session.pk) == 204

    session.reread()
    assert session.state == State.READY


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_a_stranger_learns_nothing(client, session, bob, whose):
    client.force_login(bob)
    session_id = session.pk if whose == "another's" else uuid.uuid4()

    assert beacon(client, session_id) == 404

    session.reread()
    assert session.state == State.READY


def test_the_worker_sweeps(session):
    Session.objects.update(lease_expires_at=now() - timedelta(seconds=1))

    assert tasks.sweep_sessions.call_local() == 1

    session.reread()
    assert session.end_reason == EndReason.VIEWER_LOST
