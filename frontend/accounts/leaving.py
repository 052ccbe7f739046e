"""Deleting an account: who may, what goes with it, what stays, and doing it.

What a team shares need not go: it can be handed over to another of the team's owners. The
ledger keeps its rows and the names in them (decision 0007), sessions keep their times
without a name, and no words are left anywhere.
"""

from dataclasses import dataclass

from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from chat.models import Conversation, MemoryFact, ScriptRun
from config.demo import DEMO_USERNAME
from config.errors import DomainError
from frontend.accounts.browsers import sign_out_everywhere
from personas.auditing import credited_to_nobody
from personas.models import Persona, Role, Team
from streaming import services
from streaming.models import Session

#: How often sessions that begin while others are being closed are closed as well.
_TRIES = 3

#: The heir of a persona that is deleted.
NOBODY = 0


class CannotLeave(DomainError):
    """The account has to stay as things are; the message says what would change that."""

    code = "cannot_leave"
    status = 409


@dataclass(frozen=True, slots=True)
class Share:
    """A persona that a team shares, and who could have it."""

    persona: Persona
    heirs: list[User]

    def heir(self, pk: int) -> User | None:
        """Whom of them is meant, if anybody."""
        return next((user for user in self.heirs if user.pk == pk), None)


@dataclass(frozen=True, slots=True)
class Belongings:
    """What goes with an account, in numbers, and what could be handed over."""

    personas: int
    conversations: int
    facts: int
    tokens: int
    embeds: int
    teams: list[Team]
    shares: list[Share]


def belongings_of(user: User) -> Belongings:
    return Belongings(
        personas=user.personas.count(),
        conversations=Conversation.objects.of(user).count(),
        facts=MemoryFact.objects.filter(memory__owner=user).count(),
        tokens=user.api_tokens.count(),
        embeds=user.embed_keys.count(),
        teams=[*teams_of_nobody_else(user)],
        shares=shares_of(user),
    )


def shares_of(user: User) -> list[Share]:
    """The user's personas that a team with another owner shares."""
    shared = user.personas.filter(team__isnull=False).select_related("team")
    found = [Share(persona, heirs_of(persona, user)) for persona in shared]
    return [share for share in found if share.heirs]


def heirs_of(persona: Persona, user: User) -> list[User]:
    """The other owners of the team that shares it."""
    owners = User.objects.filter(
        memberships__team=persona.team_id,
        memberships__role=Role.OWNER,
        is_active=True,
    )
    return [*owners.exclude(pk=user.pk).order_by("username")]


def teams_of_nobody_else(user: User) -> list[Team]:
    """Teams in which the user is alone; they go as well."""
    own = Team.objects.of(user)
    others = own.filter(pk__in=_with_others(user))
    return [*own.exclude(pk__in=others)]


def teams_that_need_an_owner(user: User) -> list[Team]:
    """Teams of which the user is the last owner, and which have other members."""
    owned = Team.objects.owned_by(user).filter(pk__in=_with_others(user))
    return [team for team in owned if not _has_another_owner(team, user)]


def _with_others(user: User) -> list[int]:
    others = Team.objects.filter(memberships__user__in=User.objects.exclude(pk=user.pk))
    return [*others.values_list("pk", flat=True)]


def _has_another_owner(team: Team, user: User) -> bool:
    owners = team.memberships.filter(role=Role.OWNER)
    return owners.exclude(user=user).exists()


def why_not(user: User) -> str:
    """Why this account cannot be deleted, whatever its owner does; "" if it can."""
    if user.username == DEMO_USERNAME:
        return gettext(
            "This is the local demo’s own account: programs on this machine use it."
        )
    if user.is_superuser and not _other_superusers(user):
        return gettext(
            "You are the last one who may do everything here. Make somebody else a "
            "superuser in the admin first."
        )
    return ""


def _other_superusers(user: User) -> bool:
    others = User.objects.filter(is_superuser=True, is_active=True)
    return others.exclude(pk=user.pk).exists()


def delete_account(user: User, heirs: dict[int, int]) -> None:
    """Delete it for good. `heirs`: shared persona -> who has it from now on, or `NOBODY`.

    Open sessions are ended first, and browsers signed out last: either may take a while,
    so nothing is locked meanwhile. Raises `CannotLeave`, before anything is deleted.
    """
    _require(user)
    pk = user.pk
    for _ in range(_TRIES):
        _end_sessions(user, heirs)
        if _deleted(user, heirs):
            sign_out_everywhere(pk)
            return
    raise CannotLeave(
        gettext(
            "Sessions of yours keep beginning. Revoke your API tokens, then try again."
        )
    )


def _end_sessions(user: User, heirs: dict[int, int]) -> None:
    handed_over = [persona for persona, heir in heirs.items() if heir != NOBODY]
    going = [*user.personas.exclude(pk__in=handed_over)]
    async_to_sync(services.part_with)(user, going=going)


@transaction.atomic
def _deleted(user: User, heirs: dict[int, int]) -> bool:
    """Whether everything is gone now. Not so when a session has begun meanwhile.

    A new session locks its owner's row, so none begins after the look. All superusers'
    rows are locked with it, and all the user's teams: two who are the last but one may
    leave at once, and who inherits is an owner still.
    """
    involved = (
        Q(pk=user.pk) | Q(is_superuser=True) if user.is_superuser else Q(pk=user.pk)
    )
    list(User.objects.select_for_update().filter(involved).order_by("pk"))
    list(Team.objects.of(user).select_for_update().order_by("pk"))
    if Session.objects.speaking().filter(owner=user).exists():
        return False
    _require(user)
    _hand_over(user, heirs)
    ScriptRun.objects.filter(session__owner=user).delete()
    with credited_to_nobody():
        for team in teams_of_nobody_else(user):
            team.delete()
        user.delete()
    return True


def _hand_over(user: User, heirs: dict[int, int]) -> None:
    """Raises `CannotLeave` unless what was chosen is just what there is to choose."""
    changed = CannotLeave(gettext("Who gets what has changed. Look again."))
    shares = {share.persona.pk: share for share in shares_of(user)}
    wanted = {persona: heir for persona, heir in heirs.items() if heir != NOBODY}
    if not wanted.keys() <= shares.keys() <= heirs.keys():
        raise changed
    for persona, chosen in wanted.items():
        if (heir := shares[persona].heir(chosen)) is None:
            raise changed
        shares[persona].persona.change(owner=heir)


def _require(user: User) -> None:
    if problem := why_not(user):
        raise CannotLeave(problem)
    if teams := teams_that_need_an_owner(user):
        raise CannotLeave(
            gettext("“%(team)s” needs another owner first.") % {"team": teams[0]}
        )
