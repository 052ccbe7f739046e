"""Whom each user talks to now."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from personas.models.errors import NotYoursToCopy, PersonaNotFound
from personas.models.persona import Persona
from personas.models.team import Team


class CurrentPersona(models.Model):
    """A user's choice of whom to talk to; without a row it is the site default.

    Deleting the persona deletes the choice, which brings its user back to the default.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="current_persona",
    )
    persona = models.ForeignKey(
        Persona, on_delete=models.CASCADE, related_name="chosen_by"
    )

    class Meta:
        verbose_name = _("current persona")
        verbose_name_plural = _("current personas")
        #: Editors without it see and change the site's own personas only, in the admin.
        permissions = (
            ("reach_peoples_personas", _("Can reach personas of other people, too")),
        )

    def __str__(self) -> str:
        return f"{self.user} talks to {self.persona}"


def make_current(user: User, persona: Persona) -> None:
    """Let `user` talk to `persona` from now on.

    Raises `PersonaNotFound` when they may not open it.
    """
    if not Persona.objects.open_to(user).filter(pk=persona.pk).exists():
        raise PersonaNotFound("There is no such persona.")
    CurrentPersona.objects.update_or_create(user=user, defaults={"persona": persona})


def persona_to_edit(user: User) -> Persona:
    """The user's current persona, locked, or their own new copy when it is not theirs.

    What a team shares is an editor's to change as much as their own; whoever may only talk
    to it, and staff who are no members, get a copy: a program that changes "the current
    persona" must not change it for people whom its user has never heard of.

    Call it inside a transaction. The user's row is the lock, so that two requests at
    once make one copy and the second sees what the first has written; a shared persona is
    locked as well, because other editors' requests hold other users' rows.

    Raises `NotYoursToCopy` for what they may talk to, but neither change nor copy.
    """
    get_user_model().objects.select_for_update().get(pk=user.pk)
    persona = Persona.objects.current_for(user)
    if persona.is_owned_by(user):
        return persona
    if persona.team_id and Team.objects.edited_by(user).filter(pk=persona.team_id):
        return Persona.objects.select_for_update().get(pk=persona.pk)
    if not Persona.objects.copyable_by(user).filter(pk=persona.pk).exists():
        raise NotYoursToCopy(
            f"{persona.name} is yours to talk to, not to change or copy. "
            "Ask whose it is, or choose another persona first."
        )
    return own_copy(user, persona)


def own_copy(user: User, persona: Persona) -> Persona:
    """A private copy that is the user's own, and now their current persona."""
    copy = persona.copy_for(user)
    make_current(user, copy)
    return copy
