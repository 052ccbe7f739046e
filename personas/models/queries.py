"""Which personas somebody may see, open and change."""

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q

from personas.models.errors import PersonaNotFound
from personas.models.team import Team
from personas.models.visibility import Visibility

if TYPE_CHECKING:
    from personas.models.persona import Persona

#: What lets staff reach the personas of people, beside the site's own (decision 0023).
REACH = "personas.reach_peoples_personas"


class PersonaQuerySet(models.QuerySet["Persona"]):
    """Who may do what, in words. The words differ on purpose:

    * `public()`        anybody's gallery
    * `visible_to()`    what a user's own lists show
    * `open_to()`       what a user may open who knows its slug: adds unlisted ones
    * `copyable_by()`   what a user may have a copy of: not all that they may talk to
    * `editable_by()`   what a user may change in place: adds archived ones
    * `embeddable_by()` what a user may put on other sites: editors of teams only public ones
    * `put_away_by()`   the archived ones of their own archive
    * `deletable_by()`  what a user may delete for good: editors of teams may not
    """

    def current(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_at=None)

    def public(self) -> Self:
        return self.current().filter(visibility=Visibility.PUBLIC)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones, the user's own and their teams'; editors also see the site's drafts."""
        return self.current().filter(_seen_by(user))

    def open_to(self, user: User | AnonymousUser) -> Self:
        unlisted = Q(visibility=Visibility.UNLISTED)
        return self.current().filter(_seen_by(user) | unlisted)

    def copyable_by(self, user: User | AnonymousUser) -> Self:
        """Public ones, and those that the user may edit: a copy tells its owner all that
        the persona knows, which who may only talk to it is not shown."""
        return self.public() | self.current().editable_by(user)

    def embeddable_by(self, user: User | AnonymousUser) -> Self:
        """An editor of a team changes what it says, not who hears it."""
        editable = self.editable_by(user)
        if not user.is_authenticated:
            return editable
        theirs = Q(owner=user) | Q(team__in=Team.objects.owned_by(user))
        if _is_staff_who_may(user, "change"):
            if user.has_perm(REACH):
                return editable
            theirs |= Q(owner=None)
        return editable.filter(theirs | Q(visibility=Visibility.PUBLIC))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """The user's own and those of teams they edit for; staff edit what they may.

        Who may change personas edits the site's own, and everybody's only with the
        permission to reach those.
        """
        if not user.is_authenticated:
            return self.none()
        theirs = Q(owner=user) | Q(team__in=Team.objects.edited_by(user))
        if _is_staff_who_may(user, "change"):
            if user.has_perm(REACH):
                return self
            theirs |= Q(owner=None)
        return self.filter(theirs)

    def put_away_by(self, user: User | AnonymousUser) -> Self:
        """Archived ones that the user's own archive shows; the site's editors also see its own."""
        if not user.is_authenticated:
            return self.none()
        theirs = Q(owner=user) | Q(team__in=Team.objects.edited_by(user))
        if _is_staff_who_may(user, "change"):
            theirs |= Q(owner=None)
        return self.filter(theirs).exclude(archived_at=None)

    def deletable_by(self, user: User | AnonymousUser) -> Self:
        """The user's own and those of teams they own; staff who may, the site's as well."""
        if not user.is_authenticated:
            return self.none()
        deletable = Q(owner=user) | Q(team__in=Team.objects.owned_by(user))
        if _is_staff_who_may(user, "delete"):
            deletable |= Q(owner=None)
        return self.filter(deletable)

    def of_the_site(self) -> Self:
        return self.filter(owner=None)

    def site_default(self) -> "Persona":
        """The default, or the site's oldest public persona where none is marked.

        Raises `PersonaNotFound` on a site that has neither.
        """
        candidates = self.of_the_site().public().order_by("-is_default", "pk")
        if found := candidates.first():
            return found
        raise PersonaNotFound(
            "This site has no public persona of its own yet.",
            detail="Load the examples with `manage.py load_examples`, or add one in the admin.",
        )

    def current_for(self, user: User | AnonymousUser) -> "Persona":
        """Whom `user` talks to now: their choice while they may open it, else the default."""
        if user.is_authenticated:
            chosen = self.open_to(user).filter(chosen_by__user=user).first()
            if chosen is not None:
                return chosen
        return self.site_default()


def _seen_by(user: User | AnonymousUser) -> Q:
    seen = Q(visibility=Visibility.PUBLIC)
    if user.is_authenticated:
        seen |= Q(owner=user) | Q(team__in=Team.objects.of(user))
    if _is_staff_who_may(user, "view", "change"):
        seen |= Q(owner=None)
    return seen


def _is_staff_who_may(user: User | AnonymousUser, *verbs: str) -> bool:
    """Whether one of these verbs is theirs: being staff alone gives nothing."""
    return user.is_staff and any(
        user.has_perm(f"personas.{verb}_persona") for verb in verbs
    )
