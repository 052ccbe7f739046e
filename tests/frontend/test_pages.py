"""Who may see which page, and what the pages keep."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.timezone import now
from knox.models import AuthToken

from frontend.models import ApiToken
from frontend.templatetags.stills import still
from personas.models import Persona
from streaming.engine.face import AVATARS
from streaming.models import Account, EndReason, Session

OWN_PAGES = ("/studio/", "/sessions/", "/account/tokens/")


class _Signed(Client):
    """A browser in which somebody is signed in."""

    def __init__(self, user: User) -> None:
        super().__init__()
        self.force_login(user)


@pytest.fixture
def session(alice: User, anna: Persona, dead_account: Account) -> Session:
    """Alice's, waiting for an avatar service that never came."""
    at = now() + timedelta(minutes=10)
    return Session.objects.reserve(
        dead_account, owner=alice, persona=anna, lease_expires_at=at, ends_at=at
    )


@pytest.mark.parametrize("path", OWN_PAGES)
def test_strangers_are_sent_to_sign_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={path}"


def test_the_start_page_tells_strangers_what_this_is(client: Client, db: None) -> None:
    assert b"face to face" in client.get("/").content


def test_the_start_page_shows_only_whom_one_may_talk_to(
    alice: User, bob: User, anna: Persona
) -> None:
    Persona.objects.create(name="Bob's secret", owner=bob)

    page = _Signed(alice).get("/").content.decode()

    assert "Anna" in page
    assert "secret" not in page


def test_a_site_without_personas_says_so(alice: User) -> None:
    assert b"nobody to talk to yet" in _Signed(alice).get("/").content
    assert _Signed(alice).get("/studio/").status_code == 404


def test_the_studio_opens_with_the_persona_in_the_address(
    alice: User, anna: Persona
) -> None:
    mine = Persona.objects.create(name="Berta", owner=alice)

    page = _Signed(alice).get(f"/studio/?persona={mine.slug}").content.decode()

    assert "Talk to Berta" in page


def test_the_studio_does_not_open_with_a_strangers_private_persona(
    alice: User, bob: User, anna: Persona
) -> None:
    theirs = Persona.objects.create(name="Bob's secret", owner=bob)

    assert _Signed(alice).get(f"/studio/?persona={theirs.slug}").status_code == 404


def test_an_unlisted_persona_opens_for_whoever_has_its_address(
    alice: User, bob: User, anna: Persona
) -> None:
    theirs = Persona.objects.create(name="Ulla", owner=bob, visibility="unlisted")

    page = _Signed(alice).get(f"/studio/?persona={theirs.slug}").content.decode()

    assert '<option value="ulla" selected>' in page


def test_the_studio_goes_on_with_ones_own_session_and_its_persona(
    session: Session, alice: User, bob: User
) -> None:
    other = Persona.objects.create(name="Berta", owner=alice)
    Session.objects.filter(pk=session.pk).update(persona=other)
    path = f"/studio/?continue={session.pk}"

    page = _Signed(alice).get(path)

    assert page.context["facts"]["continue"] == {"id": str(session.pk), "isOpen": True}
    assert "Talk to Berta" in page.content.decode()
    assert _Signed(bob).get(path).status_code == 404
    assert _Signed(alice).get("/studio/?continue=nonsense").status_code == 404


def test_the_list_leads_back_to_what_can_go_on(
    session: Session, alice: User, anna: Persona
) -> None:
    at = now()
    ended = {"state": "closed", "owner": alice, "ended_at": at, "ends_at": at}
    ended |= {"lease_expires_at": at}
    talked = Session.objects.create(persona=anna, opened_at=at, **ended)
    missed = Session.objects.create(persona=anna, **ended)

    page = _Signed(alice).get("/sessions/").content.decode()

    assert f"?continue={session.pk}" in page
    assert f"?continue={talked.pk}" in page
    assert f"?continue={missed.pk}" not in page


def test_who_waits_is_shown_with_their_place(
    session: Session, alice: User, anna: Persona
) -> None:
    at = now()
    waiting = Session.objects.create(
        owner=alice,
        persona=anna,
        place_at=at,
        ticket_number=1,
        lease_expires_at=at,
        ends_at=at,
    )

    assert b"Waiting, number 1" in _Signed(alice).get("/sessions/").content
    assert b"Waiting, number 1" in _Signed(alice).get("/").content
    page = _Signed(alice).get(f"/sessions/{waiting.pk}/").content
    assert b"number 1 of 1" in page


def test_making_a_persona_current_comes_back_to_the_page_it_was_asked_from(
    alice: User, anna: Persona
) -> None:
    mine = Persona.objects.create(name="Berta", owner=alice)

    answer = _Signed(alice).post(f"/personas/{mine.slug}/use", {"next": "/studio/"})

    assert answer["Location"] == "/studio/"
    assert Persona.objects.current_for(alice) == mine


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example", ""])
def test_a_form_cannot_lead_to_another_site(
    alice: User, anna: Persona, where: str
) -> None:
    answer = _Signed(alice).post(f"/personas/{anna.slug}/use", {"next": where})

    assert answer["Location"] == "/"


def test_a_sessions_page_is_for_its_owner_and_staff(
    session: Session, alice: User, bob: User, carol: User
) -> None:
    path = f"/sessions/{session.pk}/"

    assert _Signed(alice).get(path).status_code == 200
    assert _Signed(carol).get(path).status_code == 200
    assert _Signed(bob).get(path).status_code == 404


def test_only_staff_learn_of_accounts_and_seats(
    session: Session, alice: User, carol: User
) -> None:
    path = f"/sessions/{session.pk}/"

    assert b"Nobody" in _Signed(carol).get(path).content  # the account's name
    assert b"Nobody" not in _Signed(alice).get(path).content


def test_stopping_is_for_the_owner_and_staff_and_says_who_did_it(
    session: Session, bob: User, carol: User
) -> None:
    path = f"/sessions/{session.pk}/stop"

    assert _Signed(bob).post(path).status_code == 404
    session.refresh_from_db()
    assert session.is_open

    assert _Signed(carol).post(path)["Location"] == "/sessions/"
    session.refresh_from_db()
    assert session.end_reason == EndReason.STAFF_STOPPED


def test_stopping_needs_a_post(session: Session, alice: User) -> None:
    assert _Signed(alice).get(f"/sessions/{session.pk}/stop").status_code == 405


def test_stopping_twice_is_no_error(session: Session, alice: User) -> None:
    path = f"/sessions/{session.pk}/stop"

    assert _Signed(alice).post(path).status_code == 302
    assert _Signed(alice).post(path).status_code == 302


def test_a_token_is_kept_as_a_hash_and_shown_once(alice: User) -> None:
    browser = _Signed(alice)

    shown = browser.post("/account/tokens/", {"name": "kiosk", "lasts_days": "30"})
    secret = shown.context["secret"]

    assert secret.encode() in shown.content
    assert "no-store" in shown["Cache-Control"]
    assert secret.encode() not in browser.get("/account/tokens/").content
    assert not AuthToken.objects.filter(digest=secret).exists()
    token = ApiToken.objects.get()
    assert 29 <= (token.expires_at - now()).days <= 30


def test_a_token_may_last_for_ever(alice: User) -> None:
    _Signed(alice).post("/account/tokens/", {"name": "kiosk", "lasts_days": "never"})

    assert ApiToken.objects.get().expires_at is None


@pytest.mark.parametrize(
    "form", [{"name": "", "lasts_days": "30"}, {"name": "x", "lasts_days": "1000"}]
)
def test_a_bad_form_makes_no_token(alice: User, form: dict[str, str]) -> None:
    _Signed(alice).post("/account/tokens/", form)

    assert not AuthToken.objects.exists()


def test_nobody_collects_tokens_without_end(alice: User) -> None:
    for number in range(20):
        ApiToken.objects.issue(user=alice, name=f"t{number}", lasts=None)

    page = _Signed(alice).post("/account/tokens/", {"name": "x", "lasts_days": "30"})

    assert b"Revoke one" in page.content
    assert AuthToken.objects.count() == 20


def test_revoking_is_for_the_owner_and_takes_the_token_too(
    alice: User, bob: User
) -> None:
    token, _ = ApiToken.objects.issue(user=alice, name="kiosk", lasts=None)
    path = f"/account/tokens/{token.pk}/revoke"

    assert _Signed(bob).post(path).status_code == 404
    assert AuthToken.objects.exists()

    _Signed(alice).post(path)
    assert not AuthToken.objects.exists()
    assert not ApiToken.objects.exists()


def test_every_module_is_in_the_import_map_and_only_it_is_inline(
    alice: User, anna: Persona
) -> None:
    answer = _Signed(alice).get("/studio/")
    page = answer.content.decode()

    assert '"frontend/session/phase": "/static/frontend/js/session/phase.js"' in page
    nonce = page.split('nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_a_form_without_its_token_is_refused_in_our_own_words(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    answer = browser.post("/account/tokens/", {"name": "x"})

    assert answer.status_code == 403
    assert b"Please try again" in answer.content


def test_every_local_avatar_has_its_picture() -> None:
    assert all(still(avatar_id).endswith(f"{avatar_id}.webp") for avatar_id in AVATARS)
    assert still("an avatar of a cloud") == ""


def test_the_studio_says_how_to_set_a_microphone_up(
    alice: User, anna: Persona, settings: Any
) -> None:
    page = _Signed(alice).get("/studio/").content.decode()
    assert "set TRANSCRIPTION_BASE_URL" in page
    assert 'id="voice-mode"' not in page

    settings.TRANSCRIPTION_BASE_URL = "http://127.0.0.1:9/v1"
    page = _Signed(alice).get("/studio/").content.decode()
    assert "set TRANSCRIPTION_BASE_URL" not in page
    assert 'id="voice-mode"' in page
