"""Teams: people who share personas, each in a role, and invitations to them."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.auditing import Audited
from personas.fields import LineField
from personas.models.errors import InvitationNotGood, LastOwner

#: How long an invitation is good for, unless said otherwise.
INVITATION_LASTS = timedelta(days=7)


class Role(models.TextChoices):
    """What a member may do; each role may also do what those after it may."""

    OWNER = "owner", _("Owner")
    EDITOR = "editor", _("Editor")
    TALKER = "talker", _("Talker")

    @property
    def edits(self) -> bool:
        return self in EDITING_ROLES


EDITING_ROLES = (Role.OWNER, Role.EDITOR)


class TeamQuerySet(models.QuerySet["Team"]):
    def of(self, user: User | AnonymousUser) -> Self:
        """Teams that the user is a member of, in whatever role."""
        return self._with_role(user, Role.values)

    def edited_by(self, user: User | AnonymousUser) -> Self:
        """Teams whose personas the user may edit."""
        return self._with_role(user, EDITING_ROLES)

    def owned_by(self, user: User | AnonymousUser) -> Self:
        """Teams whose members the user may choose."""
        return self._with_role(user, [Role.OWNER])

    def owned_by_nobody_but(self, users: Iterable[User]) -> Self:
        """Teams that would have no owner without these."""
        owners = Membership.objects.filter(role=Role.OWNER)
        theirs = owners.filter(user__in=[one.pk for one in users])
        others = owners.exclude(pk__in=theirs)
        return self.filter(pk__in=theirs.values("team")).exclude(
            pk__in=others.values("team")
        )

    def _with_role(self, user: User | AnonymousUser, roles: Iterable[str]) -> Self:
        if not user.is_authenticated:
            return self.none()
        member = Membership.objects.filter(user=user, role__in=roles)
        return self.filter(pk__in=member.values("team"))


class Team(models.Model):
    """People who share personas. It always has an owner, or is gone."""

    name = LineField(_("name"), max_length=limits.NAME_MAX_CHARS)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="teams"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()
    audit = Audited("name")

    class Meta:
        ordering = ("name", "pk")
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def found(cls, name: str, owner: User) -> "Team":
        """A new team with its first owner."""
        with transaction.atomic():
            team = cls.objects.create(name=name)
            Membership.objects.create(team=team, user=owner, role=Role.OWNER)
        return team

    def role_of(self, user: User | AnonymousUser) -> Role | None:
        """What the user is here; None for strangers."""
        if not user.is_authenticated:
            return None
        found = self.memberships.filter(user=user).values_list("role", flat=True)
        role = found.first()
        return Role(role) if role else None

    def open_invitations(self) -> "InvitationQuerySet":
        """Those that can still be accepted, newest first."""
        return Invitation.objects.filter(team=self).good(now())

    def set_role(self, user: User, role: Role) -> None:
        """Make a member an owner, editor or talker. Raises `LastOwner`.

        Who is no owner any more has nobody coming by their invitations.
        """
        with transaction.atomic():
            membership = self._locked().get(user=user)
            if role != Role.OWNER:
                self._require_another_owner(membership)
                self._withdraw_invitations_of(user)
            membership.role = role
            membership.save(update_fields=["role"])

    def remove(self, user: User) -> None:
        """Take a member out; one who is gone already is no error. Raises `LastOwner`.

        Their own personas go with them: the team no longer shares those.
        """
        with transaction.atomic():
            membership = self._locked().filter(user=user).first()
            if membership is None:
                return
            self._require_another_owner(membership)
            self._withdraw_invitations_of(user)
            for persona in self.personas.filter(owner=user):
                persona.change(team=None)  # one by one: the audit hears of each
            membership.delete()

    def _locked(self) -> models.QuerySet["Membership"]:
        """All memberships, for the end of this transaction: two owners may leave at once."""
        Team.objects.select_for_update().get(pk=self.pk)
        return self.memberships.all()

    def _withdraw_invitations_of(self, user: User) -> None:
        self.invitations.good(now()).filter(invited_by=user).delete()

    def _require_another_owner(self, membership: "Membership") -> None:
        if membership.role != Role.OWNER:
            return
        others = self.memberships.filter(role=Role.OWNER).exclude(pk=membership.pk)
        if not others.exists():
            raise LastOwner(
                gettext("A team needs an owner. Make somebody else an owner first.")
            )


class Membership(models.Model):
    """One person in one team, in one role."""

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(
        _("role"), max_length=6, choices=Role.choices, default=Role.TALKER
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    audit = Audited("team", "user", "role")

    class Meta:
        ordering = ("joined_at", "pk")
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["team", "user"], name="personas_one_membership_each"
            ),
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="personas_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.team}"

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def good(self, at: datetime) -> Self:
        """Those that can still be accepted."""
        return self.filter(accepted_at=None, expires_at__gt=at)

    def reopen(self) -> None:
        """Let them be accepted again, as whoever accepted them has come to nothing."""
        self.update(accepted_at=None, accepted_by=None)

    def by_secret(self, secret: str) -> "Invitation":
        """The invitation that a link names. Raises `InvitationNotGood`."""
        digest = _digest(secret)
        found = self.filter(digest=digest).select_related("team", "invited_by").first()
        if found is None or not found.is_good(now()):
            raise InvitationNotGood(
                gettext(
                    "This invitation was used before, was withdrawn, or is too old."
                )
            )
        return found


class Invitation(models.Model):
    """A link that makes whoever opens it, signed in, a member; once.

    Of its secret only a hash is kept: the link is shown when it is made, and never again.
    """

    SECRET_BYTES: ClassVar[int] = 24

    team = models.ForeignKey(Team, models.CASCADE, related_name="invitations")
    role = models.CharField(
        _("role"), max_length=6, choices=Role.choices, default=Role.TALKER
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return f"{self.role} of {self.team}"

    @classmethod
    def issue(
        cls,
        team: Team,
        role: Role,
        invited_by: User,
        lasts: timedelta = INVITATION_LASTS,
    ) -> tuple["Invitation", str]:
        """A new invitation and its secret, which nobody can be shown again."""
        secret = secrets.token_urlsafe(cls.SECRET_BYTES)
        invitation = cls.objects.create(
            team=team,
            role=role,
            invited_by=invited_by,
            digest=_digest(secret),
            expires_at=now() + lasts,
        )
        return invitation, secret

    def is_good(self, at: datetime) -> bool:
        return self.accepted_at is None and self.expires_at > at

    def accept(self, user: User) -> Membership:
        """Make `user` a member. Who is one already keeps the role, and the link stays good.

        Raises `InvitationNotGood` when somebody else was faster.
        """
        with transaction.atomic():
            known = self.team.memberships.filter(user=user).first()
            if known is not None:
                return known
            at = now()
            good = Invitation.objects.good(at).filter(pk=self.pk)
            if not good.update(accepted_at=at, accepted_by=user):
                raise InvitationNotGood(
                    gettext(
                        "This invitation was used before, was withdrawn, or is too old."
                    )
                )
            return Membership.objects.create(team=self.team, user=user, role=self.role)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
