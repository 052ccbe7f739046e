"""How much one user may use, and how much of one persona may be used.

The site's settings (`USER_MAX_SESSIONS` and its neighbours) hold for every user without
numbers of their own. How the limits are kept is said in `streaming.limits`.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from personas.auditing import Audited
from personas.models import Persona


class Limits(models.Model):
    """Nothing entered means the site's own limit, which may be none; 0 means none."""

    max_sessions = models.PositiveSmallIntegerField(
        _("sessions at once"), null=True, blank=True, help_text=_("0: no limit.")
    )
    minutes_per_day = models.PositiveIntegerField(
        _("minutes per day"), null=True, blank=True, help_text=_("0: no limit.")
    )
    minutes_per_month = models.PositiveIntegerField(
        _("minutes per month"), null=True, blank=True, help_text=_("0: no limit.")
    )

    class Meta:
        abstract = True


class UserLimits(Limits):
    """What differs for one user from the site's limits."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="limits"
    )

    audit = Audited("user", "max_sessions", "minutes_per_day", "minutes_per_month")

    class Meta:
        verbose_name = _("limits of a person")
        verbose_name_plural = _("limits of people")
        permissions = (
            ("support_people", _("Can see how people fare (support pages)")),
            ("read_audit", _("Can read the audit")),
        )

    def __str__(self) -> str:
        return f"limits of {self.user}"


class PersonaLimits(Limits):
    """How much of one persona all users together may use; without one, there is no limit."""

    persona = models.OneToOneField(Persona, models.CASCADE, related_name="limits")

    audit = Audited("persona", "max_sessions", "minutes_per_day", "minutes_per_month")

    class Meta:
        verbose_name = _("limits of a persona")
        verbose_name_plural = _("limits of personas")

    def __str__(self) -> str:
        return f"limits of {self.persona}"
