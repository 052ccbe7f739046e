"""Who may call the API: browsers, tokens, and this machine while it is a demo."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from config.api import is_loopback
from streaming.accounts import sync_accounts

pytestmark = pytest.mark.usefixtures("anna")


@pytest.fixture
def open_api(settings) -> None:
    settings.OPEN_API = True


def test_an_anonymous_caller_gets_401_in_the_documented_shape(client):
    refused = client.get("/persona")

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Token"
    body = refused.json()
    assert (body["success"], body["code"]) == (False, "not_authenticated")


def test_a_token_opens_the_api(alice):
    _, token = AuthToken.objects.create(alice)

    reply = APIClient().get("/persona", HTTP_AUTHORIZATION=f"Token {token}")

    assert reply.json()["name"] == "Anna"


@pytest.mark.parametrize("token", ["nonsense", "", "\xff", "a b", "\x00"])
def test_a_wrong_token_is_a_401_even_on_this_machine(open_api, token):
    reply = APIClient().get("/persona", HTTP_AUTHORIZATION=f"Token {token}")

    assert reply.status_code == 401


def test_a_browser_needs_its_csrf_token(alice):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    refused = browser.post("/persona", "{}", content_type="application/json")

    assert refused.status_code == 403
    assert refused.json()["code"] == "permission_denied"


def test_this_machine_may_call_while_it_is_a_demo(open_api, client):
    assert client.get("/persona").status_code == 200
    assert User.objects.get().username == "demo"


@pytest.mark.parametrize(
    "headers",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_ORIGIN": "http://localhost.evil.example"},
        {"HTTP_ORIGIN": "http://[evil"},
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_HOST": "rebound.example:3000", "HTTP_SEC_FETCH_SITE": "same-origin"},
    ],
    ids=str,
)
def test_nobody_else_counts_as_this_machine(open_api, client, headers, settings):
    settings.ALLOWED_HOSTS = ["*"]  # not to be what saves us

    assert client.get("/persona", **headers).status_code == 401


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:3000", "127.0.0.1:3000", "[::1]:3000"]
)
def test_this_machine_may_be_called_by_each_of_its_names(open_api, client, host):
    assert client.get("/persona", HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://localhost:8080", "http://127.0.0.1:5500", "http://[::1]:1"]
)
def test_a_page_served_by_this_machine_counts(open_api, client, origin):
    assert client.get("/persona", HTTP_ORIGIN=origin).status_code == 200


def test_a_demo_user_cannot_sign_in_with_a_password(open_api, client):
    client.get("/persona")

    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    ("host", "yes"),
    [
        ("localhost", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_is_loopback(host, yes):
    assert is_loopback(host) is yes


def test_any_origin_may_ask_but_never_with_cookies(client):
    preflight = client.options(
        "/persona/heygen/text",
        HTTP_ORIGIN="https://shop.example",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization, content-type",
    )

    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in preflight.headers


def test_pages_are_not_open_to_other_origins(client):
    page = client.get("/accounts/login/", HTTP_ORIGIN="https://shop.example")

    assert "Access-Control-Allow-Origin" not in page.headers


def test_too_many_calls_are_told_when_to_come_back(api, monkeypatch):
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    replies = [api.get("/persona") for _ in range(3)]

    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert replies[-1].json()["code"] == "throttled"
    assert int(replies[-1].headers["Retry-After"]) > 0


def test_the_settings_accounts_are_made_once_and_follow_the_settings(db, settings):
    settings.ENGINE_API_KEY = "k1"
    settings.HEYGEN_API_KEY = "h1"
    cloud, local = sync_accounts()
    local.is_enabled = False
    local.save()

    settings.ENGINE_API_KEY = "k2"
    _, again = sync_accounts()

    assert (again.pk, again.api_key, again.is_enabled) == (local.pk, "k2", False)
    assert cloud.priority < local.priority
