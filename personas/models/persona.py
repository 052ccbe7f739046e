"""A persona: its profile, its words, its face and voice."""

import copy
from collections.abc import Iterator
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
    RegexValidator,
)
from django.db import IntegrityError, models, transaction
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.crypto import get_random_string
from django.utils.text import format_lazy, slugify
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.auditing import Audited
from personas.backgrounds import AUTOMATIC, known_key_colour, plain_background
from personas.fields import LineField, ProseField, StringListField
from personas.goodbyes import plain_goodbye
from personas.models.errors import NotFitAsDefault, PersonaNotFound
from personas.models.queries import PersonaQuerySet
from personas.models.replies import ReplyLength
from personas.models.team import Team
from personas.models.version import Credit, How
from personas.models.visibility import Visibility
from personas.signals import persona_copied

language_tag = RegexValidator(
    r"^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*$",
    _("must be a language tag such as en, en-gb or pt-br."),
)


_SHARE = (MinValueValidator(0.0), MaxValueValidator(1.0))


class Persona(models.Model):
    """Somebody to talk to: profile, words, facts, face and voice."""

    Visibility = Visibility

    slug = models.SlugField(
        _("address name"),
        max_length=limits.SLUG_MAX_CHARS,
        unique=True,
        blank=True,
        help_text=_(
            "Part of the persona's address. Leave empty to make it from the name."
        ),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="personas",
        verbose_name=_("owner"),
        help_text=_("Who may edit it besides staff. Empty: it belongs to the site."),
    )
    team = models.ForeignKey(
        Team,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="personas",
        verbose_name=_("team"),
        help_text=_("Whose members may talk to it, and edit it if their role allows."),
    )
    visibility = models.CharField(
        _("visibility"),
        max_length=10,
        choices=Visibility,
        default=Visibility.PRIVATE,
        help_text=_(
            "Private: only its owner and team can talk to it. Unlisted: also whoever knows its "
            "address. Public: everybody, and it is shown in the list."
        ),
    )
    is_default = models.BooleanField(_("site default"), default=False, editable=False)
    copied_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
    )

    tags = StringListField(_("tags"), help_text=_("Words to find it by, one per line."))
    #: Out of the way: nobody can talk to it, and its editors can bring it back.
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)

    name = LineField(
        _("name"),
        max_length=limits.NAME_MAX_CHARS,
        help_text=_("As the persona would introduce itself."),
    )
    title = LineField(
        _("title"),
        max_length=limits.LINE_MAX_CHARS,
        blank=True,
        help_text=_(
            "What it is, in a few words: “museum guide”, “second-year student”."
        ),
    )
    education_degree = LineField(
        _("degree"), max_length=limits.LINE_MAX_CHARS, blank=True
    )
    education_year = LineField(
        _("year"),
        max_length=limits.LINE_MAX_CHARS,
        blank=True,
        help_text=_("Year of study or of graduation."),
    )
    education_institution = LineField(
        _("institution"), max_length=limits.LINE_MAX_CHARS, blank=True
    )
    technical_languages = StringListField(
        _("programming languages"), help_text=_("One per line.")
    )
    technical_web_stack = StringListField(
        _("web stack"), help_text=_("Web technologies, one per line.")
    )
    technical_projects = StringListField(
        _("projects"), help_text=_("One per line, each in a sentence.")
    )
    personality_style = LineField(
        _("style"),
        max_length=limits.STYLE_MAX_CHARS,
        blank=True,
        help_text=_("How it talks: “warm and unhurried, likes small jokes”."),
    )
    personality_interests = StringListField(
        _("interests"), help_text=_("One per line.")
    )
    personality_goals = StringListField(_("goals"), help_text=_("One per line."))
    traits = StringListField(
        _("traits"), help_text=_("Traits of character, one per line.")
    )

    greeting = ProseField(
        _("greeting"),
        max_length=limits.GREETING_MAX_CHARS,
        blank=True,
        help_text=_("The first words of a conversation. Empty: a plain hello."),
    )
    farewell = ProseField(
        _("farewell"),
        max_length=limits.FAREWELL_MAX_CHARS,
        blank=True,
        help_text=_("Said when the time of a session is up. Empty: a plain goodbye."),
    )
    knowledge = ProseField(
        _("knowledge"),
        max_length=limits.KNOWLEDGE_MAX_CHARS,
        blank=True,
        help_text=_(
            "Facts to answer from, in the first person and in whole sentences. "
            "Separate subjects by an empty line."
        ),
    )

    avatar_name = LineField(
        _("avatar"),
        max_length=limits.UPSTREAM_ID_MAX_CHARS,
        blank=True,
        help_text=_(
            "Id of the face, as the avatar service lists it. Empty: its first one."
        ),
    )
    voice_id = LineField(
        _("voice"),
        max_length=limits.UPSTREAM_ID_MAX_CHARS,
        blank=True,
        help_text=_("Id of the voice. Empty: the voice that belongs to the face."),
    )
    language = LineField(
        _("language"),
        max_length=limits.LANGUAGE_MAX_CHARS,
        default="en-gb",
        validators=[language_tag],
        help_text=_("What it speaks, as a tag: en-gb, de, pt-br."),
    )
    speaking_rate = models.FloatField(
        _("speaking rate"),
        default=1.0,
        validators=[
            MinValueValidator(limits.SPEAKING_RATE_MIN),
            MaxValueValidator(limits.SPEAKING_RATE_MAX),
        ],
        help_text=format_lazy(
            _("1 is normal; from {least} (half as fast) to {most}."),
            least=limits.SPEAKING_RATE_MIN,
            most=limits.SPEAKING_RATE_MAX,
        ),
    )

    removes_background = models.BooleanField(
        _("remove the background"),
        default=False,
        help_text=_(
            "Show it before a background of your choice instead of the one that the "
            "avatar service draws. Viewers can still choose otherwise for themselves."
        ),
    )
    background = LineField(
        _("background"),
        max_length=limits.BACKGROUND_MAX_CHARS,
        blank=True,
        validators=[plain_background],
        help_text=_(
            "What it stands before, as CSS: a colour, a gradient, or "
            'url("https://…") center / cover. Empty: the first one of the studio’s.'
        ),
    )
    key_colour = LineField(
        _("screen colour"),
        max_length=limits.KEY_COLOUR_MAX_CHARS,
        default=AUTOMATIC,
        validators=[known_key_colour],
        help_text=_(
            "Which colour is removed, such as #00b140. “auto” measures it at the edge "
            "of the picture."
        ),
    )
    key_threshold = models.FloatField(
        _("threshold"),
        default=0.5,
        validators=_SHARE,
        help_text=_("From 0 to 1: how much of what resembles the screen is removed."),
    )
    key_softness = models.FloatField(
        _("softness"),
        default=0.5,
        validators=_SHARE,
        help_text=_("From 0, hard edges, to 1, wide and soft ones."),
    )
    key_spill = models.FloatField(
        _("spill removal"),
        default=0.75,
        validators=_SHARE,
        help_text=_("From 0 to 1: how much of the screen’s glow on edges is removed."),
    )

    answers = models.BooleanField(
        _("answers"),
        default=True,
        help_text=_(
            "Whether it answers questions. Off: it says only texts that it is given, "
            "word by word."
        ),
    )
    mind_model = LineField(
        _("model"),
        max_length=limits.MODEL_MAX_CHARS,
        blank=True,
        help_text=_("The language model that answers. Empty: the site's."),
    )
    temperature = models.FloatField(
        _("temperature"),
        null=True,
        blank=True,
        validators=[
            MinValueValidator(limits.TEMPERATURE_MIN),
            MaxValueValidator(limits.TEMPERATURE_MAX),
        ],
        help_text=_(
            "How freely the model chooses its words: 0 always the likeliest, 2 at its "
            "wildest. Empty: the model's own."
        ),
    )
    reply_length = models.CharField(
        _("length of answers"),
        max_length=10,
        choices=ReplyLength,
        default=ReplyLength.NORMAL,
    )

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonaQuerySet.as_manager()
    #: Its standing; what it says is its editors' business.
    audit = Audited("name", "owner", "team", "visibility", "is_default", "archived_at")

    #: Whose doing the next change is.
    _credit = Credit()
    #: Whether it only shows what a draft says.
    _is_drafted = False

    # What the documented profile holds; everything else survives its replacement.
    PROFILE_FIELDS: ClassVar[tuple[str, ...]] = (
        "name",
        "title",
        "education_degree",
        "education_year",
        "education_institution",
        "technical_languages",
        "technical_web_stack",
        "technical_projects",
        "personality_style",
        "personality_interests",
        "personality_goals",
        "traits",
    )
    # How its own background is removed, and what stands in its place.
    KEYING_FIELDS: ClassVar[tuple[str, ...]] = (
        "removes_background",
        "background",
        "key_colour",
        "key_threshold",
        "key_softness",
        "key_spill",
    )
    # What a copy takes along.
    CONTENT_FIELDS: ClassVar[tuple[str, ...]] = (
        *PROFILE_FIELDS,
        "tags",
        "greeting",
        "farewell",
        "knowledge",
        "avatar_name",
        "voice_id",
        "language",
        "speaking_rate",
        *KEYING_FIELDS,
        "answers",
        "mind_model",
        "temperature",
        "reply_length",
    )

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="personas_one_site_default",
                violation_error_message=_("Another persona is the site default."),
            ),
            CheckConstraint(
                condition=Q(is_default=False)
                | Q(visibility="public", owner__isnull=True),
                name="personas_default_is_public_and_the_sites",
            ),
            CheckConstraint(
                condition=Q(is_default=False) | Q(archived_at=None),
                name="personas_default_is_not_archived",
            ),
            CheckConstraint(
                condition=Q(visibility__in=["private", "unlisted", "public"]),
                name="personas_known_visibility",
            ),
            CheckConstraint(
                condition=Q(
                    speaking_rate__gte=limits.SPEAKING_RATE_MIN,
                    speaking_rate__lte=limits.SPEAKING_RATE_MAX,
                ),
                name="personas_speaking_rate_in_range",
                violation_error_message=_("The speaking rate is out of range."),
            ),
            CheckConstraint(
                condition=Q(temperature=None)
                | Q(
                    temperature__gte=limits.TEMPERATURE_MIN,
                    temperature__lte=limits.TEMPERATURE_MAX,
                ),
                name="personas_temperature_in_range",
                violation_error_message=_("The temperature is out of range."),
            ),
            CheckConstraint(
                condition=Q(
                    key_threshold__gte=0,
                    key_threshold__lte=1,
                    key_softness__gte=0,
                    key_softness__lte=1,
                    key_spill__gte=0,
                    key_spill__lte=1,
                ),
                name="personas_keying_in_range",
                violation_error_message=_(
                    "Threshold, softness and spill removal go from 0 to 1."
                ),
            ),
            CheckConstraint(
                condition=~Q(name=""),
                name="personas_has_a_name",
                violation_error_message=_("A persona needs a name."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a new persona without a slug gets a free one, also when others race for it.

        Each change of its content leaves a version behind.
        """
        if self._is_drafted:
            raise TypeError("What a draft says is published, not saved.")
        if self.slug:
            self._write(*args, **kwargs)
            return
        for slug in _slugs_for(self.name):
            if self._saved_as(slug, *args, **kwargs):
                return

    def clean(self) -> None:
        """What the constraint would refuse, in words: forms that lack `is_default` skip it."""
        if self.is_default and not self._may_stand_for_the_site():
            raise ValidationError(
                _(
                    "The site default stays public and without an owner. "
                    "Make another persona the default first."
                )
            )

    def _saved_as(self, slug: str, *args: Any, **kwargs: Any) -> bool:
        """Save under `slug`, or return False when somebody has it."""
        taken = Persona.objects.filter(slug=slug)
        if taken.exists():
            return False
        self.slug = slug
        try:
            with transaction.atomic():
                self._write(*args, **kwargs)
        except IntegrityError:
            self.slug = ""
            if not taken.exists():
                raise
            return False
        return True

    def _write(self, *args: Any, **kwargs: Any) -> None:
        written = kwargs.get("update_fields")
        if written is not None and not {*written} & {*self.CONTENT_FIELDS}:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            super().save(*args, **kwargs)
            # Read anew: others may have written the fields that were left alone here.
            stored = Persona.objects.get(pk=self.pk)
            self.versions.record(stored, stored.content(), self._credit)
        self._credit = Credit()

    def credited(self, credit: Credit) -> Self:
        """Have the next change noted as somebody's doing."""
        self._credit = credit
        return self

    def content(self) -> dict[str, Any]:
        """All that a version keeps, by field name."""
        return {name: getattr(self, name) for name in self.CONTENT_FIELDS}

    def as_drafted(self) -> Self:
        """Itself as its draft has it, to look at and talk to; it cannot be saved."""
        draft = getattr(self, "draft", None)
        drafted = copy.copy(self)
        drafted._is_drafted = True
        for name, value in (draft.full_content() if draft else {}).items():
            setattr(drafted, name, value)
        return drafted

    def profile(self) -> dict[str, Any]:
        """The documented profile, exactly as REST shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "education": {
                "degree": self.education_degree,
                "year": self.education_year,
                "institution": self.education_institution,
            },
            "technical": {
                "languages": self.technical_languages,
                "webStack": self.technical_web_stack,
                "projects": self.technical_projects,
            },
            "personality": {
                "style": self.personality_style,
                "interests": self.personality_interests,
                "goals": self.personality_goals,
            },
            "traits": self.traits,
        }

    def welcome(self) -> str:
        """The first words of a conversation: the greeting, or a plain one in its place."""
        return self.greeting or f"Hello, I am {self.name}. What shall we talk about?"

    def goodbye(self) -> str:
        """The last words when a session's time is up: its farewell, or a plain one."""
        return self.farewell or plain_goodbye(self.language)

    def is_owned_by(self, user: User | AnonymousUser) -> bool:
        return self.owner_id is not None and self.owner_id == user.pk

    def change(self, **values: Any) -> None:
        """Write the given fields and no others, so that edits of other fields survive.

        The values must have been validated.
        """
        for name, value in values.items():
            setattr(self, name, value)
        if values:
            self.save(update_fields={*values, "updated_at"})

    def replace_profile(self, **values: Any) -> None:
        """Make `values` the whole profile; what they leave out becomes empty.

        A new name means somebody else: greeting, farewell, knowledge and documents that
        were only inherited from the persona this one was copied from do not speak for
        them and go as well.
        """
        if values["name"] != self.name:
            values |= dict.fromkeys(self._inherited_words(), "")
            self.documents.inherited().delete()
        blank = {name: _blank_value(name) for name in self.PROFILE_FIELDS}
        self.change(**blank | values)

    def _inherited_words(self) -> list[str]:
        return [
            name
            for name in ("greeting", "farewell", "knowledge")
            if self.copied_from
            and getattr(self, name) == getattr(self.copied_from, name)
        ]

    def hold(self, *, archived_too: bool = False) -> None:
        """Until the transaction ends, let nobody archive or delete it.

        Raises `PersonaNotFound` when somebody just has.
        """
        kept = Persona.objects.select_for_update(no_key=True).filter(pk=self.pk)
        if not archived_too:
            kept = kept.current()
        if not kept.values_list("pk").first():
            words = gettext("%(name)s cannot be talked to any more.")
            raise PersonaNotFound(words % {"name": self.name})

    def archive(self) -> None:
        """Put it out of the way. One that is archived already stays as it is.

        Raises `NotFitAsDefault` for the site default, to which everybody without a
        choice talks.
        """
        if self.is_default:
            raise NotFitAsDefault(f"{self.name} is the site default and stays there.")
        if self.archived_at is None:
            self.change(archived_at=now())

    def restore(self) -> None:
        """Bring it back from the archive, as it was."""
        if self.archived_at is not None:
            self.change(archived_at=None)

    def copy_for(self, owner: User | None) -> "Persona":
        """A private copy with its own slug; None makes it the site's."""
        with transaction.atomic():
            twin = Persona(owner=owner, copied_from=self, **self.content())
            twin.credited(Credit(owner, How.COPIED)).save()
            self.documents.copy_to(twin)
            self.exhibits.copy_to(twin)
            if hasattr(self, "card"):
                self.card.copy_to(twin)
            persona_copied.send(Persona, original=self, copy=twin)
        return twin

    def become_site_default(self) -> None:
        """Take the place of the site default. Raises `NotFitAsDefault` when not public
        or not the site's own."""
        if not self._may_stand_for_the_site():
            raise NotFitAsDefault(
                gettext(
                    "%(name)s must be public and have no owner to be the site default."
                )
                % {"name": self.name}
            )
        with transaction.atomic():
            # One at a time: all of the site's rows, because none may be the default yet.
            list(Persona.objects.of_the_site().select_for_update().order_by("pk"))
            for other in Persona.objects.filter(is_default=True).exclude(pk=self.pk):
                other.change(is_default=False)
            self.change(is_default=True)

    def _may_stand_for_the_site(self) -> bool:
        is_there = self.visibility == self.Visibility.PUBLIC and not self.archived_at
        return is_there and self.owner_id is None


def _slugs_for(name: str) -> Iterator[str]:
    """The name as a slug, then the same with random endings, without end."""
    base = slugify(name)[: limits.SLUG_MAX_CHARS - 8].strip("-") or "persona"
    yield base
    while True:
        yield f"{base}-{get_random_string(6, 'abcdefghjkmnpqrstuvwxyz23456789')}"


def _blank_value(field_name: str) -> Any:
    return getattr(Persona(), field_name)
