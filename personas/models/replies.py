"""How a persona answers."""

from django.db import models


class ReplyLength(models.TextChoices):
    """How much a persona says when nobody asks for more."""

    BRIEF = "brief", "One or two sentences"
    NORMAL = "normal", "Two to four sentences"
    LONG = "long", "As long as the subject needs"
