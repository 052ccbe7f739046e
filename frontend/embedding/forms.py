"""Making a key, and changing what it opens."""

from django import forms
from django.contrib.auth.models import User

from personas.models import Persona
from streaming.models import EmbedKey


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

    def make(self, *, persona: Persona, owner: User) -> EmbedKey:
        """A new key. Call it once, on a valid form."""
        self.instance.persona = persona
        self.instance.owner = owner
        return self.save()
