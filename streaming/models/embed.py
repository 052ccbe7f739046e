"""Keys by which a persona can be talked to on other sites, and who came by them."""

import re
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from personas.fields import LineField
from personas.models import Persona
from streaming.embedding.fields import OriginsField
from streaming.embedding.origins import allows

NAME_MAX_CHARS = 60
_BEGINNING = "pk_"
_KEY_CHARS = 28
_SHAPE = re.compile(rf"{_BEGINNING}[0-9A-Za-z]{{{_KEY_CHARS}}}")


def new_key() -> str:
    return _BEGINNING + get_random_string(_KEY_CHARS)


def looks_like_key(text: str) -> bool:
    """Whether it may be one; what may not is neither looked for nor counted by itself."""
    return _SHAPE.fullmatch(text) is not None


def _between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class EmbedKeyQuerySet(models.QuerySet["EmbedKey"]):
    """The vocabulary of key look-ups."""

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Those to personas that `user` may put on other sites, and their own to others.

        Their own work no more when that is lost; but they can be looked at and deleted.
        """
        return self.filter(
            Q(persona__in=Persona.objects.embeddable_by(user))
            | Q(persona__in=Persona.objects.editable_by(user), owner=user.pk)
        )

    def of(self, user: User | AnonymousUser) -> Self:
        """Those that `user` has made."""
        return self.filter(owner=user.pk) if user.is_authenticated else self.none()


class EmbedKey(models.Model):
    """A publishable key: it stands in the source of other sites, so it is no secret.

    What it opens is one persona, on the sites that it names, up to its limits. There is
    none without limits: they are what protects the seats (config/decisions/0024).
    """

    key = models.CharField(max_length=40, unique=True, default=new_key, editable=False)
    name = LineField(
        _("name"),
        max_length=NAME_MAX_CHARS,
        help_text=_("Where it is used: “our shop”. Staff see it, visitors do not."),
    )
    persona = models.ForeignKey(
        Persona, models.CASCADE, related_name="embed_keys", verbose_name=_("persona")
    )
    #: Who made it. It works while they may put the persona on other sites.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="embed_keys"
    )
    origins = OriginsField(
        verbose_name=_("sites"),
        help_text=_(
            "One a line, exactly: https://www.example.com. To try it on your own "
            "machine, http://localhost:* stands for every port."
        ),
    )
    is_on = models.BooleanField(_("switched on"), default=True)
    says = models.BooleanField(
        _("the page may let it speak"),
        default=False,
        help_text=_(
            "Scripts of the site, and visitors who know how, can then have it say any "
            "words. Without this it greets and answers, and nothing else."
        ),
    )
    max_sessions = models.PositiveSmallIntegerField(
        _("conversations at once"), default=2, validators=_between(1, 100)
    )
    max_waiting = models.PositiveSmallIntegerField(
        _("visitors in line"),
        default=5,
        validators=_between(0, 100),
        help_text=_("So many wait at most when all seats are taken."),
    )
    visitor_minutes_per_day = models.PositiveSmallIntegerField(
        _("minutes a day for one visitor"), default=10, validators=_between(1, 1440)
    )
    minutes_per_day = models.PositiveIntegerField(
        _("minutes a day for all together"),
        default=120,
        validators=_between(1, 144_000),
    )
    visits_per_hour = models.PositiveSmallIntegerField(
        _("visits an hour from one address"),
        default=20,
        validators=_between(1, 1000),
        help_text=_(
            "Everybody behind one router, an office for one, shares an address."
        ),
    )
    created_at = models.DateTimeField(default=now, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EmbedKeyQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "embed key"

    def __str__(self) -> str:
        return self.name

    def allows(self, origin: str) -> bool:
        return allows(self.origins, origin)

    def renew(self) -> None:
        """Put another key in this one's place."""
        self.key = new_key()
        self.save(update_fields=["key"])


class Visitor(models.Model):
    """Somebody without an account who came by a key.

    Their user cannot sign in, reset a password or have an API token (it is not active and
    has no password); it is there so that the line, ownership, leases, limits and the ledger
    are the same for everybody.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="visitor"
    )
    #: None once the key was deleted with its persona; then they soon are forgotten.
    key = models.ForeignKey(
        EmbedKey, models.SET_NULL, null=True, related_name="visitors"
    )
    origin = models.CharField(max_length=300)
    #: Recognises an address, and cannot be read back.
    address_digest = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["key", "address_digest", "created_at"]),
            models.Index(fields=["last_seen_at"]),
        ]

    def __str__(self) -> str:
        return str(self.user)
