"""Who finds a persona."""

from django.db import models


class Visibility(models.TextChoices):
    """Private: its owner. Unlisted: also who knows its address. Public: everybody."""

    PRIVATE = "private", "Private"
    UNLISTED = "unlisted", "Unlisted"
    PUBLIC = "public", "Public"
