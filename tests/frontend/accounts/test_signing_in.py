"""Signing in, up and out, passwords and addresses: our pages, their limits, their mails."""

import re

import pytest
from django.core import mail
from django.urls import URLPattern, URLResolver, get_resolver

WRONG = {"login": "alice", "password": "not her password"}
RIGHT = {"login": "alice", "password": "alice's long password"}
NEW = "another long and quiet evening"
LINK = re.compile(r"http://testserver(/accounts/\S+)")


def said(answer) -> str:
    return " ".join(answer.content.decode().split())


def link_in(letter) -> str:
    found = LINK.search(str(letter.body))
    assert found
    return found[1]


@pytest.fixture
def addressed(alice):
    """Alice, who can be reached by mail."""
    alice.email = "alice@example.com"
    alice.save()
    return alice


# Limits -------------------------------------------------------------------------------


def test_guessing_a_password_ends_and_says_when_to_try_again(client, alice):
    for _ in range(5):
        assert "not correct" in said(client.post("/accounts/login/", WRONG))

    refused = said(client.post("/accounts/login/", RIGHT))

    assert "Too many attempts to sign in have failed." in refused
    assert "Try again in 5 minutes." in refused
    assert "_auth_user_id" not in client.session


def test_signing_in_again_and_again_with_the_right_password_is_no_guessing(
    client, alice
):
    for _ in range(8):
        client.post("/accounts/login/", RIGHT)
        assert "_auth_user_id" in client.session
        client.post("/accounts/logout/")


def test_somebody_elses_guessing_does_not_keep_others_out(client, alice, bob):
    for _ in range(6):
        client.post("/accounts/login/", WRONG)

    client.post("/accounts/login/", {"login": "bob", "password": "bob's long password"})

    assert "_auth_user_id" in client.session


def test_the_admin_has_no_sign_in_of_its_own(client, carol):
    answer = client.get("/admin/login/?next=/admin/")
    assert answer["Location"] == "/accounts/login/?next=%2Fadmin%2F"
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == "/accounts/login/"
    guess = {"username": "carol", "password": "carol's long password"}
    client.post("/admin/login/?next=/admin/", guess)
    assert "_auth_user_id" not in client.session


def test_guessing_staffs_passwords_ends_as_well(client, carol):
    for _ in range(5):
        client.post("/accounts/login/?next=/admin/", {**WRONG, "login": "carol"})

    answer = client.post(
        "/accounts/login/?next=/admin/",
        {"login": "carol", "password": "carol's long password"},
    )

    assert "Try again in" in said(answer)
    assert client.get("/admin/").status_code == 302


def test_staff_come_in_to_the_admin_by_the_same_door(client, carol):
    answer = client.post(
        "/accounts/login/",
        {"login": "carol", "password": "carol's long password", "next": "/admin/"},
    )

    assert answer["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_who_is_no_staff_is_told_so_and_not_asked_to_sign_in_again(client, alice):
    client.force_login(alice)

    answer = client.get("/admin/login/?next=/admin/")

    assert answer.status_code == 403
    assert "Staff only" in said(answer)


def test_a_form_sent_too_often_gets_our_page_and_a_time(client, db):
    form = {"username": "", "password1": "", "password2": ""}
    answers = [client.post("/accounts/signup/", form) for _ in range(21)]

    assert [one.status_code for one in answers[:-1]] == [200] * 20
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60"
    assert "Wait a minute" in said(answers[-1])
    assert 'class="page-header"' in said(answers[-1])


def test_the_limit_counts_whom_a_trusted_proxy_names(client, alice, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def guess(login: str, address: str) -> str:
        form = {"login": login, "password": "x"}
        return said(client.post("/accounts/login/", form, HTTP_X_FORWARDED_FOR=address))

    for number in range(10):
        guess(f"nobody{number}", "203.0.113.5")

    assert "Try again in 1 minute." in guess("somebody", "203.0.113.5")
    assert "not correct" in guess("somebody", "203.0.113.6")


# Forgotten passwords ------------------------------------------------------------------


def test_a_forgotten_password_is_replaced_by_mail(client, addressed):
    asked = client.post(
        "/accounts/password/reset/", {"email": "alice@example.com"}, follow=True
    )
    assert "Look into your mail" in said(asked)
    [letter] = mail.outbox
    assert letter.subject == "Greenroom: Choose a new password"
    assert "You sign in as alice." in letter.body
    link = link_in(letter)

    page = client.get(link, follow=True)
    assert "Choose a new password" in said(page)
    done = client.post(
        page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True
    )

    assert "Your password is changed" in said(done)
    assert client.login(username="alice", password=NEW)
    assert mail.outbox[-1].subject == "Greenroom: Your password was changed"


def test_a_link_that_was_used_or_broken_says_so(client, addressed):
    client.post("/accounts/password/reset/", {"email": "alice@example.com"})
    link = link_in(mail.outbox[0])
    page = client.get(link, follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})

    for path in (link, "/accounts/password/reset/key/1-nonsense/"):
        assert "This link no longer works" in said(client.get(path, follow=True))


def test_nobody_learns_whether_an_address_has_an_account(client, db):
    answer = client.post(
        "/accounts/password/reset/", {"email": "nobody@example.com"}, follow=True
    )

    assert "Look into your mail" in said(answer)
    [letter] = mail.outbox
    assert letter.subject == "Greenroom: No account has this address"


def test_a_new_password_signs_other_browsers_out(client, alice, signed):
    elsewhere = signed(alice)
    client.post("/accounts/login/", RIGHT)

    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": RIGHT["password"], "password1": NEW, "password2": NEW},
    )

    assert answer["Location"] == "/account/"
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


# Addresses ----------------------------------------------------------------------------


def test_addresses_are_changed_only_after_the_password_was_said_again(
    client, addressed
):
    client.force_login(addressed)
    form = {"email": "mallory@example.com", "action_add": "1"}

    answer = client.post("/accounts/email/", form, follow=True)
    assert "Your password, please" in said(answer)
    client.post(
        "/accounts/reauthenticate/?next=/accounts/email/",
        {"password": RIGHT["password"], "next": "/accounts/email/"},
    )
    client.post("/accounts/email/", form)

    page = said(client.get("/accounts/email/"))
    assert "mallory@example.com" in page
    assert "not verified" in page


def test_a_new_address_is_verified_by_a_link(client, addressed):
    client.force_login(addressed)
    client.post("/accounts/reauthenticate/", {"password": RIGHT["password"]})
    form = {"email": "new@example.com", "action_add": "1"}
    client.post("/accounts/email/", form)
    [letter] = [one for one in mail.outbox if one.to == ["new@example.com"]]
    assert letter.subject == "Greenroom: Is this address yours?"
    link = link_in(letter)

    assert "Is this address yours?" in said(client.get(link))
    client.post(link)

    assert "new@example.com is verified." in said(client.get("/accounts/email/"))


def test_a_broken_verification_link_says_so(client, db):
    assert "This link no longer works" in said(
        client.get("/accounts/confirm-email/nonsense/")
    )


def test_with_mandatory_verification_nobody_comes_in_before(client, db, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    form = {
        "username": "nora",
        "email": "nora@example.com",
        "password1": NEW,
        "password2": NEW,
    }

    answer = client.post("/accounts/signup/", form, follow=True)
    assert "Look into your mail" in said(answer)
    assert "_auth_user_id" not in client.session
    client.post(link_in(mail.outbox[-1]))
    client.post("/accounts/login/", {"login": "nora", "password": NEW})

    assert "_auth_user_id" in client.session


def test_a_mail_that_cannot_be_sent_does_not_undo_a_new_password(
    client, addressed, settings
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nothing listens there
    client.post("/accounts/login/", RIGHT)

    answer = client.post(
        "/accounts/password/change/",
        {"oldpassword": RIGHT["password"], "password1": NEW, "password2": NEW},
    )

    assert answer["Location"] == "/account/"
    assert client.login(username="alice", password=NEW)


# All of its pages ---------------------------------------------------------------------


def _paths(resolver, before: str = "") -> list[str]:
    found = []
    for one in resolver.url_patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += _paths(one, here)
        elif isinstance(one, URLPattern):
            found.append(here)
    return found


PLAIN = [
    f"/{path}"
    for path in _paths(get_resolver())
    if path.startswith("accounts/") and "^" not in path and "<" not in path
]


def test_there_are_pages_to_look_at():
    assert "/accounts/login/" in PLAIN
    assert "/accounts/3rdparty/" in PLAIN


@pytest.mark.parametrize("path", PLAIN)
def test_every_page_is_in_our_look(client, alice, signed, path):
    for browser in (client, signed(alice)):
        answer = browser.get(path, follow=True)

        assert answer.status_code in (200, 401), path
        assert 'class="page-header"' in answer.content.decode()
        assert "Greenroom" in answer.content.decode()


# The account's page -------------------------------------------------------------------


def test_the_account_page_shows_and_changes_the_name(client, addressed):
    client.force_login(addressed)

    answer = client.post(
        "/account/", {"first_name": "Alice", "last_name": "Liddell"}, follow=True
    )

    assert "Your name is saved." in said(answer)
    addressed.refresh_from_db()
    assert addressed.get_full_name() == "Alice Liddell"


def test_signing_out_everywhere_else_keeps_this_browser_and_other_people(
    client, alice, bob, signed
):
    client.force_login(alice)
    elsewhere, other = signed(alice), signed(bob)

    answer = client.post("/account/sign-out-elsewhere", follow=True)

    assert "One other browser is signed out." in said(answer)
    assert elsewhere.get("/account/").status_code == 302
    assert other.get("/account/").status_code == 200
    again = client.post("/account/sign-out-elsewhere", follow=True)
    assert "You are signed in nowhere else." in said(again)


def test_signing_out_elsewhere_is_limited_since_it_reads_every_session(client, alice):
    client.force_login(alice)
    for _ in range(3):
        client.post("/account/sign-out-elsewhere")

    answer = client.post("/account/sign-out-elsewhere")

    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "Wait a minute" in said(answer)
