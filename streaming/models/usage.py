"""The usage ledger: what each session that ever had a stream has used."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from personas.models import Persona
from streaming.models.account import Account

if TYPE_CHECKING:
    from streaming.models.session import Session


class UsageEntry(models.Model):
    """One session's use, written in the transaction that ends it and never changed.

    `used` is exactly from `began_at` to `ended_at`: from when the avatar service gave the
    stream to when we began to close it. It outlives the session, the user and the persona;
    their names are kept for that.
    """

    session = models.OneToOneField(
        "streaming.Session", models.SET_NULL, null=True, related_name="usage"
    )
    account = models.ForeignKey(
        Account, models.SET_NULL, null=True, related_name="usage"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="usage"
    )
    persona = models.ForeignKey(
        Persona, models.SET_NULL, null=True, related_name="usage"
    )
    account_name = models.CharField(max_length=80)
    user_name = models.CharField(max_length=150, blank=True)
    persona_name = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    used = models.DurationField()

    class Meta:
        ordering = ("-ended_at",)
        verbose_name_plural = "usage entries"
        indexes = [
            models.Index(fields=["user", "ended_at"]),
            models.Index(fields=["persona", "ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user_name} with {self.persona_name}: {self.used}"

    @classmethod
    def enter(cls, session: "Session") -> None:
        """Enter a session that ends; one that never had a stream has used nothing."""
        if session.opened_at is None or session.closing_at is None:
            return
        account, owner, persona = session.account, session.owner, session.persona
        cls.objects.create(
            session=session,
            account=account,
            user=owner,
            persona=persona,
            account_name=account.name if account else "",
            user_name=owner.get_username() if owner else "",
            persona_name=persona.name if persona else "",
            began_at=session.opened_at,
            ended_at=session.closing_at,
            used=session.closing_at - session.opened_at,
        )
