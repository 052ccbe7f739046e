"""Mail servers that are away, slow or unwilling: what people read, and what is left behind."""

import socket
import time

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail

from personas.models import Invitation, Role
from tests.frontend.accounts.test_signing_in import LINK, NEW, RIGHT, said
from tests.mail_server import SILENCE, mail_server

RESET = "/accounts/password/reset/"
SIGN_UP = {
    "username": "nora",
    "email": "nora@example.com",
    "password1": NEW,
    "password2": NEW,
}
AWAY = "The mail server of this site cannot be used just now."
REFUSED = "The mail server does not take mail for this address."


@pytest.fixture
def server(settings):
    """The portal's mail server."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


@pytest.fixture
def gone(settings):
    """A mail server that refuses to be connected to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = taken.getsockname()
        yield


@pytest.fixture
def addressed(alice):
    """Alice, who can be reached by mail."""
    alice.email = "alice@example.com"
    alice.save()
    return alice


@pytest.fixture
def mandatory(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def link_in(letter: str) -> str:
    found = LINK.search(letter)
    assert found
    return found[1]


# Forgotten passwords ------------------------------------------------------------------


def test_a_mail_server_that_is_away_is_told_of_with_a_way_on(client, addressed, gone):
    answer = client.post(RESET, {"email": "alice@example.com"})

    assert answer.status_code == 503
    assert AWAY in said(answer)
    assert f'href="{RESET}"' in said(answer)


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({"greeting": "554 No service"}, 503, AWAY),
        ({"greeting": "421 Too busy"}, 503, AWAY),
        ({"MAIL": "550 Who are you?"}, 503, AWAY),
        ({"RCPT": "450 Later"}, 503, AWAY),
        ({"RCPT": "550 <alice@example.com>: user unknown"}, 400, REFUSED),
        ({"DATA": "451 Disk full"}, 503, AWAY),
        ({"message": "554 Looks like spam"}, 503, AWAY),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else None,
)
def test_so_is_one_that_refuses(client, addressed, server, answers, status, words):
    server.will(**answers)

    answer = client.post(RESET, {"email": "alice@example.com"})

    assert answer.status_code == status
    assert words in said(answer)


def test_one_that_says_nothing_keeps_nobody_waiting_for_long(
    client, addressed, server, settings
):
    settings.EMAIL_TIMEOUT = 0.2
    for silent_at in ("greeting", "RCPT", "message"):
        server.will(**{silent_at: SILENCE})
        began = time.monotonic()

        answer = client.post(RESET, {"email": "alice@example.com"})

        assert AWAY in said(answer)
        assert time.monotonic() - began < 3


def test_the_wait_for_a_mail_server_has_an_end_unless_it_is_set(settings):
    assert settings.EMAIL_TIMEOUT == 10


@pytest.mark.parametrize(
    "answers", [{"greeting": "421 Too busy"}, {"RCPT": "550 No such user"}]
)
def test_the_page_is_the_same_for_who_has_an_account_and_who_has_none(
    client, addressed, server, answers
):
    server.will(**answers)

    known = client.post(RESET, {"email": "alice@example.com"})
    unknown = client.post(RESET, {"email": "nobody@example.com"})

    assert known.status_code == unknown.status_code
    assert known.content == unknown.content


def test_it_can_be_asked_for_again_as_soon_as_the_server_is_back(
    client, addressed, server
):
    server.will(greeting="421 Too busy")
    client.post(RESET, {"email": "alice@example.com"})
    server.will()

    answer = client.post(RESET, {"email": "alice@example.com"}, follow=True)

    assert "Look into your mail" in said(answer)
    assert server.recipients == ["alice@example.com"]
    assert "/accounts/password/reset/key/" in server.letters[0]


def test_the_log_names_the_failure_and_neither_the_address_nor_the_link(
    client, addressed, server, caplog
):
    server.will(RCPT="550 <alice@example.com>: user unknown")

    client.post(RESET, {"email": "alice@example.com"})

    [line] = [one for one in caplog.records if one.name == "config.mailing"]
    assert line.getMessage() == (
        "A mail (password_reset_key) to a…@example.com could not be sent: "
        "SMTPRecipientsRefused 550."
    )
    assert "alice@" not in caplog.text
    assert "reset/key" not in caplog.text


def test_a_new_password_that_cannot_be_told_of_logs_no_address(
    client, addressed, server, caplog
):
    EmailAddress.objects.create(user=addressed, email=addressed.email, primary=True)
    server.will(RCPT="550 <alice@example.com>: user unknown")
    client.post("/accounts/login/", RIGHT)

    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": RIGHT["password"], "password1": NEW, "password2": NEW},
    )

    assert answer["Location"] == "/account/"
    assert "A mail (password_changed) to a…@example.com" in caplog.text
    assert "alice@" not in caplog.text


# Signing up ---------------------------------------------------------------------------


def test_a_sign_up_that_cannot_be_mailed_can_be_repeated(client, db, server, mandatory):
    server.will(RCPT="550 No such user")
    refused = client.post("/accounts/signup/", SIGN_UP)
    assert "Your account was not made" in said(refused)
    assert REFUSED in said(refused)
    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()

    server.will()
    answer = client.post("/accounts/signup/", SIGN_UP, follow=True)
    assert "Look into your mail" in said(answer)
    client.post(link_in(server.letters[0]))

    client.post("/accounts/login/", {"login": "nora", "password": NEW})
    assert "_auth_user_id" in client.session


def test_a_sign_up_that_cannot_be_mailed_says_nothing_of_others(
    client, addressed, gone, mandatory
):
    EmailAddress.objects.create(
        user=addressed, email=addressed.email, primary=True, verified=True
    )

    taken = client.post("/accounts/signup/", SIGN_UP | {"email": addressed.email})
    free = client.post("/accounts/signup/", SIGN_UP)

    assert taken.status_code == free.status_code == 503
    assert taken.content == free.content
    assert User.objects.get() == addressed


def test_an_invitation_is_not_used_up_by_a_sign_up_that_cannot_be_mailed(
    client, crew, alice, gone, mandatory, settings
):
    settings.SIGNUP_OPEN = False
    _, secret = Invitation.issue(crew, Role.EDITOR, alice)
    client.get(f"/invitations/{secret}/")

    client.post("/accounts/signup/", SIGN_UP)

    assert not User.objects.filter(username="nora").exists()
    assert list(crew.members.all()) == [alice]
    assert crew.open_invitations().count() == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post("/accounts/signup/", SIGN_UP)
    assert crew.role_of(User.objects.get(username="nora")) == Role.EDITOR


def test_where_addresses_need_no_verification_one_comes_in_without_the_mail(
    client, db, gone, settings
):
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"

    page = client.post("/accounts/signup/", SIGN_UP, follow=True)

    assert "_auth_user_id" in client.session
    assert "verifies nora@example.com could not be sent" in said(page)
    assert "is on its way" not in said(page)


def test_signing_in_without_a_verified_address_tells_of_the_mail_and_sends_it_later(
    client, addressed, gone, mandatory, settings
):
    refused = client.post("/accounts/login/", RIGHT)
    assert AWAY in said(refused)
    assert "_auth_user_id" not in client.session

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answer = client.post("/accounts/login/", RIGHT, follow=True)

    assert "Look into your mail" in said(answer)
    assert [one.to for one in mail.outbox] == [["alice@example.com"]]


# One's addresses ----------------------------------------------------------------------


def test_a_new_address_whose_link_cannot_be_sent_is_kept_and_asked_for_again(
    client, addressed, server
):
    client.post("/accounts/login/", RIGHT)
    client.post("/accounts/reauthenticate/", {"password": RIGHT["password"]})
    server.will(greeting="421 Too busy")

    page = client.post(
        "/accounts/email/", {"email": "new@example.com", "action_add": "1"}, follow=True
    )
    assert page.request["PATH_INFO"] == "/accounts/email/"
    assert "The link that verifies new@example.com could not be sent." in said(page)
    assert "is on its way" not in said(page)

    server.will()
    form = {"email": "new@example.com", "action_send": "1"}
    page = client.post("/accounts/email/", form, follow=True)
    assert "A link is on its way to new@example.com." in said(page)
    client.post(link_in(server.letters[-1]))
    assert "new@example.com is verified." in said(client.get("/accounts/email/"))
