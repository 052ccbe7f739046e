"""A persona's presentations: segments to be spoken one after the other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils.text import format_lazy, slugify
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat.scripts.position import sentences_of
from personas.fields import LineField, ProseField
from personas.limits import LINE_MAX_CHARS, SLUG_MAX_CHARS
from personas.models import Exhibit, Persona
from streaming.providers.base import estimated_duration_s

SEGMENTS_MAX = 200
SEGMENT_MAX_CHARS = 4_000  # almost five minutes of speech
PAUSE_MAX_S = 60.0  # well below the silence for which a session is closed
DEFAULT_PAUSE_S = 1.0


def speakable(text: str) -> None:
    """Refuse what leaves nothing to say."""
    if not sentences_of(text):
        raise ValidationError(_("must have something to say."))


class ScriptQuerySet(models.QuerySet["Script"]):
    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Scripts of the personas that the user may edit."""
        return self.filter(persona__in=Persona.objects.editable_by(user))


class Script(models.Model):
    """A presentation. Who plays it plays it as it was then: see `ScriptRun.plan`."""

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="scripts")
    slug = models.SlugField(
        _("address name"),
        max_length=SLUG_MAX_CHARS,
        blank=True,
        help_text=_("How programs call it. Leave empty to make it from the title."),
    )
    title = LineField(_("title"), max_length=LINE_MAX_CHARS)
    resumes_by_itself = models.BooleanField(
        _("go on by itself after an answer"),
        default=True,
        help_text=_("Off: after each question, the presentation waits for its button."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    #: Also of its segments: who saves an older one would undo somebody's work.
    updated_at = models.DateTimeField(default=now, editable=False)

    objects = ScriptQuerySet.as_manager()

    class Meta:
        ordering = ("persona", "title", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["persona", "slug"],
                name="chat_script_slug_once",
                violation_error_message=_(
                    "Another presentation has this address name."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    def _free_slug(self) -> str:
        base = slugify(self.title)[: SLUG_MAX_CHARS - 4].strip("-") or "presentation"
        taken = set(
            Script.objects.filter(persona=self.persona_id).values_list(
                "slug", flat=True
            )
        )
        numbered = (f"{base}-{nth}" for nth in range(2, len(taken) + 3))
        return next(slug for slug in (base, *numbered) if slug not in taken)

    def replace_segments(self, segments: "Iterable[Segment]") -> None:
        """Make these, in this order, the whole script."""
        with transaction.atomic():
            Script.objects.select_for_update().get(pk=self.pk)
            self.segments.all().delete()
            self.add_segments(segments)

    def add_segments(self, segments: "Iterable[Segment]") -> None:
        """Append these to whatever there is."""
        with transaction.atomic():
            first = self.segments.count() + 1
            rows = list(segments)
            for number, segment in enumerate(rows, start=first):
                segment.script, segment.number = self, number
            Segment.objects.bulk_create(rows)
            self.touch()

    def renumber(self) -> None:
        """From 1 without gaps again, as they stand."""
        with transaction.atomic():
            found = Segment.objects.filter(script=self).order_by("number", "pk")
            for number, segment in enumerate(found, start=1):
                Segment.objects.filter(pk=segment.pk).update(number=number)
            self.touch()

    def touch(self) -> None:
        self.updated_at = now()
        Script.objects.filter(pk=self.pk).update(updated_at=self.updated_at)

    def is_as_of(self, seen: datetime | None) -> bool:
        """Whether nobody has changed it since somebody saw it."""
        return seen == Script.objects.values_list("updated_at", flat=True).get(
            pk=self.pk
        )

    def plan(self) -> list[dict[str, Any]]:
        """Its segments as a run keeps them."""
        rows = self.segments.select_related("exhibit")
        return [segment.as_planned() for segment in rows]

    def estimated_s(self) -> float:
        """About how long it takes when nobody asks anything."""
        return sum(
            segment.estimated_s(self.persona.speaking_rate)
            for segment in self.segments.all()
        )


class Segment(models.Model):
    """What is said at a stretch, what is shown meanwhile, and what comes after it.

    Numbers are not unique by a constraint: moving rows one by one, as the admin does, has
    equal ones in between.
    """

    class WaitsFor(models.TextChoices):
        END = "end", _("go on")
        QUESTION = "question", _("stop for questions")

    script = models.ForeignKey(Script, models.CASCADE, related_name="segments")
    number = models.PositiveIntegerField(default=0)
    text = ProseField(_("text"), max_length=SEGMENT_MAX_CHARS, validators=[speakable])
    pause_after_s = models.FloatField(
        _("pause after it"),
        default=DEFAULT_PAUSE_S,
        validators=[MinValueValidator(0.0), MaxValueValidator(PAUSE_MAX_S)],
        help_text=format_lazy(_("Seconds, up to {most}."), most=f"{PAUSE_MAX_S:g}"),
    )
    exhibit = models.ForeignKey(
        Exhibit,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shows"),
        help_text=_("Beside the stage, while this is said."),
    )
    waits_for = models.CharField(
        _("then"), max_length=8, choices=WaitsFor, default=WaitsFor.END
    )

    class Meta:
        ordering = ("script", "number", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    pause_after_s__gte=0, pause_after_s__lte=PAUSE_MAX_S
                ),
                name="chat_segment_pause_in_range",
                violation_error_message=_("The pause is out of range."),
            ),
        )

    def __str__(self) -> str:
        return f"segment {self.number} of {self.script}"

    def clean(self) -> None:
        """What it shows must be its own persona's."""
        if self.exhibit and self.exhibit.persona_id != self.script.persona_id:
            raise ValidationError({"exhibit": _("This belongs to another persona.")})

    def estimated_s(self, speaking_rate: float = 1.0) -> float:
        return estimated_duration_s(self.text) / speaking_rate + self.pause_after_s

    def as_planned(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "pause_after_s": self.pause_after_s,
            "exhibit": self.exhibit.name if self.exhibit else "",
            "waits_for": self.waits_for,
        }
