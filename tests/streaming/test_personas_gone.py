"""Personas that are archived or deleted while somebody begins to talk to them."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User

from personas.models import Persona
from streaming import limits, services
from streaming.models import EndReason, Session, State
from tests.conftest import client_of
from tests.streaming.connected import connected

CREATE = "/persona/heygen/session/create"
SWAP = "/persona/heygen/session/swap"


@pytest.fixture
def vera(alice: User) -> Persona:
    """Alice's, open to everybody."""
    return Persona.objects.create(name="Vera", owner=alice, visibility="public")


@pytest.fixture
def meanwhile(monkeypatch, vera: Persona) -> Callable[[str], None]:
    """Have Vera archived or deleted between the look-up of whom one asked for and the seat."""

    def soon(verb: str) -> None:
        check = limits.check

        def late(*args: Any) -> None:
            check(*args)
            getattr(Persona.objects.get(pk=vera.pk), verb)()

        monkeypatch.setattr(limits, "check", late)

    return soon


@pytest.mark.parametrize("verb", ["archive", "delete"])
@pytest.mark.parametrize("seats_are_taken", [False, True])
def test_who_comes_just_then_is_told(
    dead_account, bob, anna, vera, meanwhile, verb, seats_are_taken
):
    if seats_are_taken:
        others = [connected(dead_account, bob, anna, seconds=600) for _ in range(3)]
        assert others[0].is_open
    meanwhile(verb)

    answer = client_of(bob).post(CREATE, {"persona": vera.slug}, format="json")

    assert (answer.status_code, answer.json()["code"]) == (404, "persona_not_found")
    assert answer.json()["message"] == "Vera cannot be talked to any more."
    assert not Session.objects.speaking().filter(owner=bob).exclude(persona=anna)


def test_who_is_archived_meanwhile_takes_no_stage(
    dead_account, bob, anna, vera, monkeypatch
):
    session = connected(dead_account, bob, anna, seconds=600)
    swap = services.swap_persona

    async def late(*args: Any, **kwargs: Any) -> services.Opened:
        await Persona.objects.filter(pk=vera.pk).aupdate(archived_at=session.created_at)
        return await swap(*args, **kwargs)

    monkeypatch.setattr(services, "swap_persona", late)
    asked = {"session_id": str(session.pk), "persona": vera.slug}
    answer = client_of(bob).post(SWAP, asked, format="json")

    assert (answer.status_code, answer.json()["code"]) == (404, "persona_not_found")
    session.refresh_from_db()
    assert (session.state, session.persona) == (State.LIVE, anna)


def test_what_was_said_by_somebody_archived_can_be_said_again(
    account, alice, vera, api
):
    old = connected(account, alice, vera, seconds=600)
    old.begin_closing(EndReason.VIEWER_CLOSED)
    old.finish()
    vera.archive()

    answer = api.post(CREATE, {"replays": str(old.pk)}, format="json")

    assert answer.status_code == 200
    shown = Session.objects.get(pk=answer.json()["data"]["session_id"])
    async_to_sync(services.close_session)(shown, reason=EndReason.VIEWER_CLOSED)


def test_what_began_just_before_a_persona_is_deleted_ends_with_it(
    dead_account, bob, vera, django_capture_on_commit_callbacks
):
    session = connected(dead_account, bob, vera, seconds=600)

    with django_capture_on_commit_callbacks(execute=True):
        vera.delete()

    session.refresh_from_db()
    assert session.state == State.CLOSING  # what the service does not hear stays so
    assert session.end_reason == EndReason.PERSONA_ENDED
