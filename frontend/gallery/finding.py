"""Which personas a page of the gallery shows: searched, narrowed and in order.

The words are compared in Python, since databases fold case and accents each in their own
way. That reads a few columns of every persona that the user may see, which is quick for
thousands of them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chat.folding import folded
from personas.models import Persona, Team

MAX_SEARCH_CHARS = 200
TAGS_SHOWN = 12


class Whose(models.TextChoices):
    """Whose a persona is, seen from one user."""

    MINE = "mine", _("Mine")
    TEAM = "team", _("My teams’")
    SITE = "site", _("The site’s")
    OTHERS = "others", _("Other people’s")


class Order(models.TextChoices):
    NAME = "name", _("By name")
    NEW = "new", _("Newest first")
    CHANGED = "changed", _("Last changed first")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; what is no choice of ours means no wish."""

    words: str = ""
    tag: str = ""
    whose: str = ""
    order: str = Order.NAME

    @classmethod
    def of(cls, asked: QueryDict) -> Self:
        return cls(
            words=asked.get("q", "").strip()[:MAX_SEARCH_CHARS],
            tag=asked.get("tag", "").strip()[:MAX_SEARCH_CHARS],
            whose=_known(asked.get("whose", ""), Whose.values, ""),
            order=_known(asked.get("sort", ""), Order.values, Order.NAME),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves anybody out."""
        return bool(self.words or self.tag or self.whose)


@dataclass(frozen=True, slots=True)
class Eyes:
    """A user as the gallery needs them: who they are and which teams they are in."""

    user: User | AnonymousUser
    teams: frozenset[int]

    @classmethod
    def of(cls, user: User | AnonymousUser) -> Self:
        return cls(user, frozenset(Team.objects.of(user).values_list("pk", flat=True)))

    def whose(self, persona: Persona) -> Whose:
        if persona.is_owned_by(self.user):
            return Whose.MINE
        if persona.team_id in self.teams:
            return Whose.TEAM
        return Whose.SITE if persona.owner_id is None else Whose.OTHERS

    def counts_as(self, persona: Persona, whose: str) -> bool:
        """One's own that a team shares is both."""
        if whose == Whose.TEAM:
            return persona.team_id in self.teams
        return self.whose(persona) == whose


def found(wish: Wish, eyes: Eyes) -> tuple[list[Persona], list[tuple[str, int]]]:
    """The personas that the wish names, in its order, and the commonest tags of all."""
    seen = list(
        Persona.objects.visible_to(eyes.user)
        .defer("knowledge", "greeting", "farewell")
        .select_related("team", "card", "draft")
        .defer("card__text", "card__picture", "card__values", "draft__content")
    )
    chosen = [one for one in seen if _fits(one, wish, eyes)]
    return sorted(chosen, **_ORDERS[Order(wish.order)]), common_tags(seen)


def common_tags(personas: Iterable[Persona]) -> list[tuple[str, int]]:
    """The tags that most of them have, as first written, and how many have each."""
    spelled: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for persona in personas:
        for tag in persona.tags:
            spelled.setdefault(folded(tag), tag)
        counts.update({folded(tag) for tag in persona.tags})
    common = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(spelled[tag], count) for tag, count in common[:TAGS_SHOWN]]


def _fits(persona: Persona, wish: Wish, eyes: Eyes) -> bool:
    if wish.whose and not eyes.counts_as(persona, wish.whose):
        return False
    if wish.tag and folded(wish.tag) not in map(folded, persona.tags):
        return False
    text = folded("\n".join(_searched(persona)))
    return all(word in text for word in folded(wish.words).split())


def _searched(persona: Persona) -> list[str]:
    """What visitors may know of it anyway; what it is told in private is not searched."""
    return [
        persona.name,
        persona.title,
        *persona.tags,
        *persona.traits,
        *persona.personality_interests,
    ]


def _known(value: str, known: list[str], otherwise: str) -> str:
    return value if value in known else otherwise


_ORDERS: dict[Order, dict[str, Any]] = {
    Order.NAME: {"key": lambda one: (folded(one.name), one.pk)},
    Order.NEW: {"key": lambda one: (one.created_at, one.pk), "reverse": True},
    Order.CHANGED: {"key": lambda one: (one.updated_at, one.pk), "reverse": True},
}
