"""What a persona may show beside itself: a picture, or a link."""

from typing import Any, Self
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from personas import limits
from personas.fields import LineField
from personas.models.persona import Persona
from personas.pictures import Picture

_is_web_address = URLValidator(
    schemes=["http", "https"],
    message=_("must be an address that begins with https://."),
)


def web_address(text: str) -> None:
    """Refuse what is no plain web address; a name before the host would disguise it."""
    _is_web_address(text)
    if "@" in urlsplit(text).netloc:
        raise ValidationError(_("must not contain a user name."))


class ExhibitQuerySet(models.QuerySet["Exhibit"]):
    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Exhibits of the personas that the user may edit."""
        return self.filter(persona__in=Persona.objects.editable_by(user))

    def fit_to_show(self) -> Self:
        """Those that are complete: a picture can be missing until it is uploaded."""
        return self.exclude(kind=Exhibit.Kind.IMAGE, digest="")

    def copy_to(self, persona: Persona) -> None:
        """Have another persona show the same, under the same names."""
        for exhibit in self.select_related("picture"):
            picture = getattr(exhibit, "picture", None)
            exhibit.pk, exhibit._state.adding = None, True
            exhibit.persona = persona
            exhibit.save()
            if picture is not None:
                ExhibitPicture.objects.create(exhibit=exhibit, content=picture.content)


class Exhibit(models.Model):
    """One thing to show, under a name by which scripts, programs and models call it.

    Nobody else's address is ever shown as a picture: those are uploaded, made anew
    (`personas.pictures`) and served from here.
    """

    class Kind(models.TextChoices):
        IMAGE = "image", _("picture")
        LINK = "link", _("link")

    persona = models.ForeignKey(Persona, models.CASCADE, related_name="exhibits")
    name = models.SlugField(
        _("name"),
        max_length=limits.SLUG_MAX_CHARS,
        help_text=_("How it is called for, such as “floor-plan”."),
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.IMAGE)
    title = LineField(
        _("title"), max_length=limits.LINE_MAX_CHARS, help_text=_("Shown above it.")
    )
    alt = LineField(
        _("description"),
        max_length=limits.ITEM_MAX_CHARS,
        blank=True,
        help_text=_(
            "What the picture shows, for who cannot see it. Of a link: its words."
        ),
    )
    address = LineField(
        _("address"),
        max_length=limits.ADDRESS_MAX_CHARS,
        blank=True,
        validators=[web_address],
        help_text=_("Where the link leads: https://…"),
    )
    #: Of the picture; empty and null until there is one.
    digest = models.CharField(max_length=16, blank=True, default="", editable=False)
    width_px = models.PositiveIntegerField(null=True, blank=True, editable=False)
    height_px = models.PositiveIntegerField(null=True, blank=True, editable=False)

    objects = ExhibitQuerySet.as_manager()

    class Meta:
        ordering = ("persona", "name")
        constraints = (
            models.UniqueConstraint(
                fields=["persona", "name"],
                name="personas_exhibit_name_once",
                violation_error_message=_("Another exhibit has this name."),
            ),
            models.CheckConstraint(
                condition=Q(kind="image") | Q(kind="link") & ~Q(address=""),
                name="personas_exhibit_link_has_address",
                violation_error_message=_("A link needs an address."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What each kind needs, said at its field."""
        if self.kind == self.Kind.LINK and not self.address:
            raise ValidationError({"address": _("A link needs an address.")})
        if self.kind == self.Kind.IMAGE and not self.alt:
            raise ValidationError({"alt": _("A picture needs a description.")})

    @property
    def url(self) -> str:
        """Where a browser finds it: the link itself, or our own copy of the picture."""
        if self.kind == self.Kind.LINK:
            return self.address
        if not self.digest:
            return ""
        return reverse(
            "exhibit_picture", args=[self.persona.slug, self.name, self.digest]
        )

    def as_shown(self) -> dict[str, Any]:
        """As events and REST have it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "title": self.title,
            "alt": self.alt,
            "url": self.url,
        }

    def keep(self, picture: Picture) -> None:
        """Take a picture in the place of the one before; saves the exhibit."""
        self.digest = picture.digest
        self.width_px, self.height_px = picture.width_px, picture.height_px
        with transaction.atomic():
            self.save()
            ExhibitPicture.objects.update_or_create(
                exhibit=self, defaults={"content": picture.content}
            )


class ExhibitPicture(models.Model):
    """A picture's bytes, in a row of their own, so that no list of exhibits loads them.

    In the database, because every web process must find them, and backups as well.
    """

    exhibit = models.OneToOneField(
        Exhibit, models.CASCADE, primary_key=True, related_name="picture"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"picture of {self.exhibit}"
