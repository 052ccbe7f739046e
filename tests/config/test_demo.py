"""The sign-in link of a local demo."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
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
