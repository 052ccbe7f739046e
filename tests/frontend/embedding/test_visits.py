"""Coming in by a key: who is let in, how often, and as whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from django.utils.timezone import now
from knox.models import AuthToken

from frontend.embedding.visitor_api import KeyThrottle, VisitThrottle
from streaming.embedding import tokens, visits
from streaming.embedding.errors import EmbedOff, EmbedUnknown
from streaming.models import EmbedKey, Visitor
from tests.frontend.embedding.conftest import SITE, visit


def test_a_visitor_is_a_user_who_cannot_sign_in(key, come_in):
    come_in()

    visitor = Visitor.objects.get()
    assert (visitor.key, visitor.origin) == (key, SITE)
    assert visitor.user.username.startswith("Visitor of Shop #")
    assert not visitor.user.is_active
    assert not visitor.user.has_usable_password()


def test_an_address_can_be_recognised_and_not_be_read(key, come_in):
    come_in(address="203.0.113.7")
    come_in(address="203.0.113.7")

    one, other = Visitor.objects.values_list("address_digest", flat=True)
    assert one == other
    assert "203" not in one


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://evil.example", "http://shop.example", f"{SITE}:8443"],
)
def test_a_site_that_the_key_does_not_name_is_refused(key, origin):
    answer = visit(key, origin=origin)

    assert answer.status_code == 403
    assert answer.json()["code"] == "origin_not_allowed"
    assert not Visitor.objects.exists()


def test_the_portals_own_page_can_try_it(key):
    assert visit(key, origin="http://testserver").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": SITE}, {"Origin": "null"}],
)
def test_a_foreign_page_cannot_ask_for_a_token_itself(key, headers):
    answer = visit(key, headers=headers)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_so_many_visits_an_hour_come_from_one_address(key):
    EmbedKey.objects.update(visits_per_hour=2)

    answers = [visit(key, address="203.0.113.7") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "too_many_visits"
    assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert visit(key, address="203.0.113.8").status_code == 200
    Visitor.objects.update(created_at=now() - timedelta(hours=1, seconds=1))
    assert visit(key, address="203.0.113.7").status_code == 200


def test_an_ipv6_line_is_one_address(key):
    EmbedKey.objects.update(visits_per_hour=1)

    assert visit(key, address="2001:db8:1:2::1").status_code == 200
    assert visit(key, address="2001:db8:1:2::2").status_code == 429
    assert visit(key, address="2001:db8:1:3::1").status_code == 200


def test_behind_a_proxy_only_its_own_word_counts(key, settings):
    settings.PROXIES = 1
    EmbedKey.objects.update(visits_per_hour=1)

    def through_proxy(forwarded):
        return visit(key, headers={"X-Forwarded-For": forwarded}).status_code

    assert through_proxy("203.0.113.7") == 200
    assert through_proxy("198.51.100.1, 203.0.113.7") == 429
    assert through_proxy("203.0.113.9") == 200


def test_without_a_proxy_nobody_chooses_their_address(key):
    EmbedKey.objects.update(visits_per_hour=1)

    first = visit(key, headers={"X-Forwarded-For": "203.0.113.1"})
    second = visit(key, headers={"X-Forwarded-For": "203.0.113.2"})

    assert (first.status_code, second.status_code) == (200, 429)


@pytest.fixture
def slow(monkeypatch) -> Callable[..., None]:
    """Let so many come in a minute: from one address, by one key."""

    def set_rates(*, address: str = "100/min", key: str = "100/min") -> None:
        monkeypatch.setattr(VisitThrottle, "rate", address, raising=False)
        monkeypatch.setattr(KeyThrottle, "rate", key, raising=False)

    return set_rates


def test_who_asks_too_often_from_one_address_shuts_nobody_else_out(key, slow):
    slow(address="2/min")

    often = [visit(key, address="203.0.113.7") for _ in range(3)]

    assert [one.status_code for one in often] == [200, 200, 429]
    assert visit(key, address="203.0.113.8").status_code == 200


def test_what_is_refused_for_its_page_counts_for_nobody(key, slow):
    slow(address="2/min", key="2/min")

    for _ in range(3):
        visit(key, headers={"Sec-Fetch-Site": "cross-site"})

    assert visit(key).status_code == 200


def test_a_key_has_a_rate_of_its_own_wherever_they_come_from(key, slow):
    slow(key="2/min")

    answers = [visit(key, address=f"203.0.113.{nth}") for nth in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]


def test_who_is_here_already_does_not_count_as_one_more(key, come_in, slow):
    slow(key="2/min")
    guest = come_in()

    renewed = [visit(key, token=guest.token).status_code for _ in range(3)]

    assert renewed == [200, 200, 200]
    assert visit(key).status_code == 200
    assert visit(key).status_code == 429


def test_what_is_no_key_is_never_looked_for(db, django_assert_num_queries):
    with django_assert_num_queries(0), pytest.raises(EmbedUnknown):
        visits.key_for("anna", "\0")


def _delete(key: EmbedKey) -> None:
    EmbedKey.objects.get().delete()


def _replace(key: EmbedKey) -> None:
    EmbedKey.objects.get().renew()


def _switch_off(key: EmbedKey) -> None:
    EmbedKey.objects.update(is_on=False)


@pytest.mark.parametrize(
    ("end", "refusal"),
    [(_delete, EmbedUnknown), (_replace, EmbedUnknown), (_switch_off, EmbedOff)],
)
def test_nobody_comes_in_by_a_key_that_ended_a_moment_ago(key, end, refusal):
    end(key)

    with pytest.raises(refusal):
        visits.begin_visit(key, origin=SITE, address="203.0.113.7", at=now())

    assert not Visitor.objects.exists()


def test_a_token_is_renewed_for_the_same_visitor(key, come_in):
    guest = come_in()

    again = visit(key, token=guest.token)

    assert again.json()["data"]["token"]
    assert Visitor.objects.count() == 1


def test_a_token_of_another_key_makes_somebody_new(key, come_in, alice, anna):
    other = EmbedKey.objects.create(
        name="Blog", persona=anna, owner=alice, origins=[SITE]
    )
    token = visit(other).json()["data"]["token"]

    visit(key, token=token)

    assert sorted(Visitor.objects.values_list("key__name", flat=True)) == [
        "Blog",
        "Shop",
    ]


@pytest.mark.parametrize(
    "token",
    ["", "1", "1.2.3", "x" * 150, "99999.1w.abcdefghijklmnopqrstuvwxyz", "\u00ff"],
)
def test_a_wrong_token_opens_nothing(key, come_in, token):
    guest = come_in()
    guest.token = token

    answer = guest.call("session/create")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Visitor"


def test_a_token_is_worthless_after_its_time(key, come_in, monkeypatch):
    guest = come_in()
    monkeypatch.setattr(tokens, "LASTS_S", -1)

    answer = guest.call("session/create")

    assert (answer.status_code, answer.json()["code"]) == (401, "visit_over")


def test_nobody_can_write_a_token_without_the_sites_secret(key, come_in):
    come_in()
    visitor = Visitor.objects.get()
    forged = signing.TimestampSigner(
        key="guessed", sep=".", salt=f"greenroom.visitor.{key.key}"
    ).sign(str(visitor.pk))

    answer = Client().post(
        "/embed/persona/heygen/session/create",
        headers={"Authorization": f"Visitor {forged}"},
    )

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/persona"),
        ("post", "/persona"),
        ("get", "/personas"),
        ("get", "/persona/heygen/sessions"),
        ("get", "/persona/heygen/usage"),
        ("get", "/persona/heygen/avatars"),
        ("post", "/persona/heygen/session/create"),
        ("post", "/persona/heygen/session/stop"),
        ("post", "/persona/heygen/text"),
        ("get", "/persona/conversations"),
        ("get", "/persona/memories"),
        ("post", "/openai/complete"),
    ],
)
def test_a_visitors_token_opens_nothing_of_the_api(come_in, method, path):
    guest = come_in()
    call = getattr(guest.browser, method)

    answer = call(path, headers={"Authorization": f"Visitor {guest.token}"})

    assert answer.status_code in (401, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/studio/",
        "/sessions/",
        "/conversations/",
        "/memories/",
        "/account/tokens/",
        "/account/embeds/",
        "/admin/",
        "/operate/",
    ],
)
def test_a_visitors_token_opens_no_page(come_in, path):
    guest = come_in()

    answer = guest.browser.get(
        path, headers={"Authorization": f"Visitor {guest.token}"}
    )

    assert answer.status_code == 302
    assert "login" in answer.headers["Location"]


def test_a_visitors_user_gets_nowhere_by_other_doors(come_in):
    come_in()
    user = User.objects.get(visitor__isnull=False)
    browser = Client()
    _, token = AuthToken.objects.create(user)

    assert not browser.login(username=user.username, password="")
    browser.force_login(user)  # as if a cookie had been made for them all the same
    assert browser.get("/studio/").status_code == 302
    headers = {"Authorization": f"Token {token}"}
    assert Client().get("/persona", headers=headers).status_code == 401


def test_a_cookie_opens_nothing_that_is_for_visitors(alice, key):
    browser = Client()
    browser.force_login(alice)

    assert browser.post("/embed/persona/heygen/session/create").status_code == 401
