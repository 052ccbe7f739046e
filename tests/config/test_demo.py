"""The sign-in link of a local demo."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection
from django.utils.timezone import now

from config.demo import demo_user, redeem, sign_in_link


@pytest.fixture
def link(db) -> str:
    return sign_in_link()


def test_it_signs_in_once(client, link):
    assert client.get(link).headers["Location"] == "/studio/"
    assert int(client.session["_auth_user_id"]) == demo_user().pk

    client.logout()
    again = client.get(link)
    assert again.headers["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_with_the_same_link_one_comes_in(link):
    token = link.split("/")[-2]
    start = threading.Barrier(2)
    came_in: list[bool] = []

    def come() -> None:
        start.wait()
        came_in.append(redeem(token) is not None)
        connection.close()

    people = [threading.Thread(target=come) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert sorted(came_in) == [False, True]


def test_nobody_signs_up_under_the_demos_name(client, db):
    form = {"username": "Demo", "password1": "a long pass phrase"}
    page = client.post("/accounts/signup/", form | {"password2": form["password1"]})

    assert "username" in page.context["form"].errors


def test_it_holds_for_an_hour(client, link, monkeypatch):
    later = (now() + timedelta(seconds=3700)).replace(tzinfo=None)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)

    client.get(link)

    assert "_auth_user_id" not in client.session


def test_a_made_up_link_is_refused(client, db):
    client.get("/demo/sign-in/abc-123/")

    assert "_auth_user_id" not in client.session


def test_there_is_none_in_production(link, settings):
    settings.PRODUCTION = True

    assert redeem(link.split("/")[-2]) is None
    assert django_settings.PRODUCTION


def test_pages_that_name_no_icon_get_ours(client):
    assert client.get("/favicon.ico").headers["Location"].endswith("favicon.svg")
