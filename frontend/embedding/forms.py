"""Making a key, and changing what it opens."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from personas.models import Persona
from streaming.models import EmbedKey

#: Of one user, over all personas.
MAX_KEYS = 20


class EmbedKeyForm(forms.ModelForm[EmbedKey]):
    class Meta:
        model = EmbedKey
        fields = (
            "name",
            "origins",
            "max_sessions",
            "max_waiting",
            "visitor_minutes_per_day",
            "minutes_per_day",
            "visits_per_hour",
            "says",
        )
        widgets = {
            "origins": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        }


class NewEmbedKeyForm(EmbedKeyForm):
    """The same for a key that is not made yet: `save` makes it."""

    def __init__(self, *args: Any, persona: Persona, owner: User, **more: Any) -> None:
        super().__init__(*args, **more)
        self.instance.persona = persona
        self.instance.owner = owner

    def clean(self) -> dict[str, Any]:
        if EmbedKey.objects.of(self.instance.owner).count() >= MAX_KEYS:
            raise ValidationError(
                _(
                    "You have %(most)s keys already. Delete one that you no longer need; "
                    "one key can serve many sites."
                ),
                params={"most": MAX_KEYS},
            )
        return super().clean() or {}
