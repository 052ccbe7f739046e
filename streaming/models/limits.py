"""How much one user may use, and how much of one persona may be used.

The site's settings (`USER_MAX_SESSIONS` and its neighbours) hold for every user without
numbers of their own. How the limits are kept is said in `streaming.limits`.
"""

from django.conf import settings
from django.db import models

from personas.models import Persona


class Limits(models.Model):
    """Nothing entered means the site's own limit, which may be none; 0 means none."""

    max_sessions = models.PositiveSmallIntegerField(
        "sessions at once", null=True, blank=True, help_text="0: no limit."
    )
    minutes_per_day = models.PositiveIntegerField(
        null=True, blank=True, help_text="0: no limit."
    )
    minutes_per_month = models.PositiveIntegerField(
        null=True, blank=True, help_text="0: no limit."
    )

    class Meta:
        abstract = True


class UserLimits(Limits):
    """What differs for one user from the site's limits."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="limits"
    )

    class Meta:
        verbose_name_plural = "user limits"

    def __str__(self) -> str:
        return f"limits of {self.user}"


class PersonaLimits(Limits):
    """How much of one persona all users together may use; without one, there is no limit."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="limits")

    class Meta:
        verbose_name_plural = "persona limits"

    def __str__(self) -> str:
        return f"limits of {self.persona}"
