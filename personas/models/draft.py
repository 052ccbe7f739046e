"""A persona's unpublished edits: one draft each, which all its editors share.

The persona's own row is what is published and spoken. A draft begins as a copy of it with
the first edit and is gone once it is published or discarded, or says the same again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas.models.content import Content, Merged, merge
from personas.models.errors import EditedMeanwhile, NoDraft
from personas.models.persona import Persona
from personas.models.version import Credit, How, PersonaVersion


@dataclass(frozen=True, slots=True)
class Edit:
    """What a page showed in a field, and what somebody has written there."""

    was: Any
    now: Any


class PersonaDraft(models.Model):
    """Edits of a persona that nobody but its editors sees or hears."""

    persona = models.OneToOneField(
        Persona, models.CASCADE, primary_key=True, related_name="draft"
    )
    content = models.JSONField(encoder=DjangoJSONEncoder)
    based_on = models.ForeignKey(PersonaVersion, models.CASCADE, related_name="+")
    #: Who edited it last.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        return f"draft of {self.persona_id}"

    def merged(self) -> Merged:
        """With what was published since it was begun; `clashes` were changed in both."""
        published = self.persona.content()
        base = published | self.based_on.content
        return merge(base, self.full_content(), published)

    def full_content(self) -> Content:
        """With what is published of fields that came into being since."""
        published = self.persona.content()
        known = {name: self.content[name] for name in published if name in self.content}
        return published | known

    def changed_fields(self) -> list[str]:
        """In which fields it differs from what is published."""
        published = self.persona.content()
        mine = self.full_content()
        return [name for name in published if published[name] != mine[name]]


def draft_of(persona: Persona) -> PersonaDraft | None:
    """The draft, if there is one, as it stands now."""
    drafts = PersonaDraft.objects.select_related("persona", "based_on", "author")
    return drafts.filter(persona=persona).first()


def save_draft(
    persona: Persona, author: User, edits: Mapping[str, Edit], *, anyway: bool = False
) -> PersonaDraft | None:
    """Write what somebody edited and nothing else, so that others' edits survive.

    The values must have been validated. None when the draft says what is published.
    Raises `EditedMeanwhile`, and writes nothing, when a field no longer has what the page
    showed and somebody else gave it another value; with `anyway` the new value wins.
    """
    with transaction.atomic():
        stored = _locked(persona)
        draft = draft_of(stored) or PersonaDraft(
            persona=stored,
            content=stored.content(),
            based_on=stored.versions.latest("number"),
        )
        content = draft.full_content()
        clashes = [
            name
            for name, edit in edits.items()
            if content[name] not in (edit.was, edit.now)
        ]
        if clashes and not anyway:
            raise EditedMeanwhile(clashes)
        draft.content = content | {name: edit.now for name, edit in edits.items()}
        if not draft.changed_fields():
            PersonaDraft.objects.filter(persona=stored).delete()
            return None
        if edits:
            draft.author = author
            draft.save()
        return draft


def publish(
    persona: Persona, author: User, note: str = "", *, anyway: bool = False
) -> Persona:
    """Make the draft what everybody meets; the persona as it is then.

    Raises `NoDraft` without one, and `EditedMeanwhile` when what was published since it
    was begun changed fields that it changes too; with `anyway` the draft's stand.
    """
    with transaction.atomic():
        stored = _locked(persona)
        draft = draft_of(stored)
        if draft is None:
            raise NoDraft(gettext("There is nothing to publish."))
        merged = draft.merged()
        if merged.clashes and not anyway:
            raise EditedMeanwhile(merged.clashes)
        draft.delete()
        stored.credited(Credit(author, How.PUBLISHED, note)).change(**merged.content)
    return stored


def bring_up_to_date(persona: Persona) -> None:
    """Take into the draft what was published since it was begun; its own edits stand."""
    with transaction.atomic():
        stored = _locked(persona)
        draft = draft_of(stored)
        if draft is None:
            return
        draft.content = draft.merged().content
        draft.based_on = stored.versions.latest("number")
        draft.save()


def discard_draft(persona: Persona) -> None:
    """Forget the unpublished edits. Doing it twice is no error."""
    PersonaDraft.objects.filter(persona=persona).delete()


def roll_back(persona: Persona, version: PersonaVersion, author: User) -> Persona:
    """Publish an earlier version once more, as a new one; a draft stays what it is."""
    with transaction.atomic():
        stored = _locked(persona)
        content = stored.content()
        earlier = {
            name: version.content[name] for name in content if name in version.content
        }
        credit = Credit(author, How.ROLLED_BACK, restores=version.number)
        stored.credited(credit).change(**earlier)
    return stored


def _locked(persona: Persona) -> Persona:
    """The persona anew, for the end of this transaction: editors take turns."""
    return Persona.objects.select_for_update().get(pk=persona.pk)
