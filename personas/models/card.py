"""The character card that a persona came from, and cards that wait to be imported."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.urls import reverse
from django.utils.timezone import now

from personas import limits
from personas.models.persona import Persona
from personas.pictures import Picture

#: How long an uploaded card waits for its owner to say yes.
UPLOAD_LASTS = timedelta(days=1)


class CardOrigin(models.Model):
    """A card as it came in, so that an export can give back what we do not use ourselves."""

    persona = models.OneToOneField(
        Persona, models.CASCADE, primary_key=True, related_name="card"
    )
    #: The whole card as JSON, in ASCII: JSON may hold what databases refuse. May be empty.
    text = models.TextField(blank=True, default="")
    #: What our fields were made from it; where they still are that, the card's own stays.
    values = models.JSONField(default=dict)
    digest = models.CharField(max_length=16, blank=True, default="")
    width_px = models.PositiveIntegerField(null=True)
    height_px = models.PositiveIntegerField(null=True)
    picture = models.BinaryField(null=True)

    def __str__(self) -> str:
        return f"card of {self.persona}"

    def keep(self, picture: Picture | None) -> None:
        """Take the card's picture, made anew. It does not save."""
        if picture is None:
            return
        self.digest, self.picture = picture.digest, picture.content
        self.width_px, self.height_px = picture.width_px, picture.height_px

    def copy_to(self, persona: Persona) -> None:
        """Have another persona come from the same card."""
        fields = ("text", "values", "digest", "width_px", "height_px", "picture")
        same = {name: getattr(self, name) for name in fields}
        CardOrigin.objects.create(persona=persona, **same)

    @property
    def picture_url(self) -> str:
        """Where a browser finds the picture; "" without one."""
        if not self.digest:
            return ""
        return reverse("card_picture", args=[self.persona.slug, self.digest])


class CardUploadQuerySet(models.QuerySet["CardUpload"]):
    def of(self, user: User) -> Self:
        """The user's own that still wait."""
        return self.filter(owner=user, created_at__gte=now() - UPLOAD_LASTS)

    def put(self, user: User, files: list[tuple[str, bytes]]) -> None:
        """Take files in, in the place of the user's earlier ones; old ones of all go."""
        with transaction.atomic():
            self.filter(owner=user).delete()
            self.filter(created_at__lt=now() - UPLOAD_LASTS).delete()
            for name, content in files:
                self.create(owner=user, file_name=name, content=content)


class CardUpload(models.Model):
    """A file whose owner looks at what it would become, before it does."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    file_name = models.CharField(max_length=limits.FILE_NAME_MAX_CHARS)
    content = models.BinaryField()

    objects = CardUploadQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = (
            models.Index(fields=["created_at"], name="personas_card_uploads_age"),
        )

    def __str__(self) -> str:
        return self.file_name

    def whole(self) -> bytes:
        """The file; databases give it back in types of their own."""
        return bytes(self.content)
