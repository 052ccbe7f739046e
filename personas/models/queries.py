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


class PersonaQuerySet(models.QuerySet["Persona"]):
    """Who may do what, in words. The words differ on purpose:

    * `public()`        anybody's gallery
    * `visible_to()`    what a user's own lists show
    * `open_to()`       what a user may open who knows its slug: adds unlisted ones
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
        """Public ones, the user's own and their teams'; staff also see the site's drafts."""
        return self.current().filter(_seen_by(user))

    def open_to(self, user: User | AnonymousUser) -> Self:
        unlisted = Q(visibility=Visibility.UNLISTED)
        return self.current().filter(_seen_by(user) | unlisted)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """The user's own and those of teams they edit for; staff edit everything."""
        if not user.is_authenticated:
            return self.none()
        if user.is_staff:
            return self
        return self.filter(Q(owner=user) | Q(team__in=Team.objects.edited_by(user)))

    def embeddable_by(self, user: User | AnonymousUser) -> Self:
        """An editor of a team changes what it says, not who hears it."""
        editable = self.editable_by(user)
        if not user.is_authenticated or user.is_staff:
            return editable
        theirs = Q(owner=user) | Q(team__in=Team.objects.owned_by(user))
        return editable.filter(theirs | Q(visibility=Visibility.PUBLIC))

    def put_away_by(self, user: User | AnonymousUser) -> Self:
        """Archived ones that the user's own archive shows; staff also see the site's."""
        if not user.is_authenticated:
            return self.none()
        theirs = Q(owner=user) | Q(team__in=Team.objects.edited_by(user))
        if user.is_staff:
            theirs |= Q(owner=None)
        return self.filter(theirs).exclude(archived_at=None)

    def deletable_by(self, user: User | AnonymousUser) -> Self:
        """The user's own and those of teams they own; staff delete the site's as well."""
        if not user.is_authenticated:
            return self.none()
        deletable = Q(owner=user) | Q(team__in=Team.objects.owned_by(user))
        if user.is_staff:
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
    if user.is_staff:
        seen |= Q(owner=None)
    return seen
