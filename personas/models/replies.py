"""How a persona answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReplyLength(models.TextChoices):
    """How much a persona says when nobody asks for more."""

    BRIEF = "brief", _("One or two sentences")
    NORMAL = "normal", _("Two to four sentences")
    LONG = "long", _("As long as the subject needs")
