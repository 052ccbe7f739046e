"""A key to Anna, and people who come by it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from personas.models import Persona
from streaming.models import EmbedKey

SITE = "https://shop.example"


@pytest.fixture
def key(alice: User, anna: Persona) -> EmbedKey:
    """Alice's, to a persona of hers, for one site."""
    anna.owner, anna.is_default = alice, False
    anna.save()
    return EmbedKey.objects.create(
        name="Shop", persona=anna, owner=alice, origins=[SITE]
    )


@dataclass
class Guest:
    """The box in somebody's browser: no cookie, a token in its hand."""

    browser: Client
    token: str

    def call(self, path: str, **body: Any) -> Any:
        return self.browser.post(
            f"/embed/persona/heygen/{path}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Visitor {self.token}"},
        )


def visit(key: EmbedKey, *, origin: str = SITE, **more: Any) -> Any:
    """The answer to a box that asks to be let in."""
    body = {"slug": key.persona.slug, "key": key.key, "origin": origin}
    address, headers = more.pop("address", "203.0.113.7"), more.pop("headers", {})
    return Client().post(
        "/embed/visit",
        body | more,
        content_type="application/json",
        headers=headers,
        REMOTE_ADDR=address,
    )


@pytest.fixture
def come_in(key: EmbedKey) -> Callable[..., Guest]:
    def enter(**more: Any) -> Guest:
        answer = visit(key, **more)
        assert answer.status_code == 200, answer.content
        return Guest(Client(), answer.json()["data"]["token"])

    return enter
