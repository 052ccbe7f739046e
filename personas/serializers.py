"""The documented profile as REST takes it in; `Persona.profile()` shows it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers

from personas.models import Persona

_SHOWN_KEY_CHARS = 60


class Leaf(serializers.Field[Any, Any, Any, Any]):
    """One documented value, judged by the model field that keeps it."""

    default_error_messages = {"null": "must not be null."}
    wanted: type = str
    wrong_type = "must be a string."

    def __init__(self, kept_in: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(source=kept_in or None, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, self.wanted):
            raise serializers.ValidationError(self.wrong_type)
        value = data.strip() if isinstance(data, str) else data
        field = Persona._meta.get_field(str(self.source))
        try:
            return field.clean(value, None)  # type: ignore[union-attr]
        except DjangoValidationError as exc:
            raise serializers.ValidationError(exc.messages) from exc


class Line(Leaf):
    """A string of one line."""


class Lines(Leaf):
    """A list of strings, in order."""

    wanted = list
    wrong_type = "must be a list of strings."


class Part(serializers.Serializer[Any]):
    """A JSON object with the declared keys and no others.

    A key that nobody knows is most likely a misspelt one; dropping it silently would
    lose what the caller wanted to say.
    """

    default_error_messages = {"null": "must not be null."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(*args, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise self._about_itself("must be an object.")
        if unknown := [key for key in data if key not in self.fields]:
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {
                    _shown(key): f"is not known here; known are {known}."
                    for key in unknown
                }
            )
        return super().to_internal_value(data)

    def _about_itself(self, problem: str) -> serializers.ValidationError:
        """DRF wants a dictionary of errors at the top, and takes a list below it."""
        return serializers.ValidationError(
            {"body": [problem]} if self.root is self else [problem]
        )


def _shown(key: str) -> str:
    """A caller's key as it may stand in a message: printable, and not endless."""
    short = key if len(key) <= _SHOWN_KEY_CHARS else f"{key[:_SHOWN_KEY_CHARS]}…"
    return short if short.isprintable() else ascii(short)


class EducationPart(Part):
    degree = Line("education_degree")
    year = Line("education_year")
    institution = Line("education_institution")


class TechnicalPart(Part):
    languages = Lines("technical_languages")
    webStack = Lines("technical_web_stack")  # the documented name
    projects = Lines("technical_projects")


class PersonalityPart(Part):
    style = Line("personality_style")  # type: ignore[assignment]
    interests = Lines("personality_interests")
    goals = Lines("personality_goals")


class ProfileChanges(Part):
    """Any parts of a profile. `validated_data` maps model fields to new values."""

    name = Line()
    title = Line()
    education = EducationPart(source="*")
    technical = TechnicalPart(source="*")
    personality = PersonalityPart(source="*")
    traits = Lines()


class WholeProfile(ProfileChanges):
    """A complete profile: the name must be there, what else is missing is empty."""

    name = Line(required=True, error_messages={"required": "is required."})
