"""Every published state of a persona, for good: who made it, when, and how."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.fields import LineField

if TYPE_CHECKING:
    from personas.models.persona import Persona


class How(models.TextChoices):
    """By which door a change came."""

    MADE = "made", _("made")
    PUBLISHED = "published", _("published")
    ROLLED_BACK = "rolled_back", _("rolled back")
    COPIED = "copied", _("copied from another persona")
    IMPORTED = "imported", _("imported from a file")
    REST = "rest", _("changed by a program")
    ADMIN = "admin", _("changed in the admin")
    FOUND = "found", _("found when versions were introduced")
    CHANGED = "changed", _("changed")


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose doing a change is; without a `how` it is that of any other change."""

    author: User | None = None
    how: How | None = None
    note: str = ""
    restores: int | None = None


class PersonaVersionQuerySet(models.QuerySet["PersonaVersion"]):
    def record(
        self, persona: "Persona", content: dict[str, Any], credit: Credit
    ) -> "PersonaVersion | None":
        """The next version, unless nothing has changed since the one before.

        Call it in the transaction that wrote the persona's row: its lock orders writers.
        """
        latest = self.filter(persona=persona).first()
        if latest is not None and latest.full_content() == content:
            return None
        how = credit.how or (How.CHANGED if latest else How.MADE)
        return self.create(
            persona=persona,
            number=latest.number + 1 if latest else 1,
            content=content,
            author=credit.author,
            how=how,
            note=credit.note,
            restores=credit.restores,
        )


class PersonaVersion(models.Model):
    """What a persona was from one published change to the next."""

    How: ClassVar[type[How]] = How

    persona = models.ForeignKey(
        "personas.Persona", models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    #: Values by field name; a field that came into being later is not in it.
    content = models.JSONField(encoder=DjangoJSONEncoder)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    how = models.CharField(max_length=12, choices=How.choices)
    note = LineField(max_length=limits.LINE_MAX_CHARS, blank=True, default="")
    #: The number of the version that it brought back.
    restores = models.PositiveIntegerField(null=True, blank=True)

    objects = PersonaVersionQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = (
            models.UniqueConstraint(
                fields=["persona", "number"], name="personas_version_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"version {self.number} of {self.persona_id}"

    def full_content(self) -> dict[str, Any]:
        """With what a field that it does not know has when nobody has filled it in."""
        from personas.models.persona import Persona  # which imports us

        blank = Persona().content()
        known = {name: self.content[name] for name in blank if name in self.content}
        return blank | known
