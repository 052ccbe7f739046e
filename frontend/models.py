"""What the pages keep beside the other apps' models."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from knox.models import AuthToken


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    @transaction.atomic
    def issue(
        self, *, user: User, name: str, lasts: timedelta | None
    ) -> tuple["ApiToken", str]:
        """A new token and its secret, which nobody can be shown again."""
        token, secret = AuthToken.objects.create(user=user, expiry=lasts)
        return self.create(user=user, token=token, name=name), secret


class ApiToken(models.Model):
    """A name for one of a user's API tokens, so that they know which one to revoke.

    The token itself is django-rest-knox's, which stores only its hash.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens"
    )
    token = models.OneToOneField(AuthToken, models.CASCADE, related_name="named")
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = "API token"

    def __str__(self) -> str:
        return self.name

    def revoke(self) -> None:
        """Make the token worthless at once; the name goes with it."""
        self.token.delete()

    @property
    def beginning(self) -> str:
        """The first characters, to tell it from others."""
        return str(self.token.token_key)[:8]

    @property
    def expires_at(self) -> Any:
        return self.token.expiry
