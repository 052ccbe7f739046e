"""Origins in the database, and as lines in a form."""

from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from personas.fields import StringListField
from streaming.embedding.origins import clean_origin

MAX_ORIGINS = 20


class OriginsField(StringListField):
    """Exact origins, each once, as browsers name them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", False)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        given = super().to_python(value)
        if not isinstance(given, list):
            return given
        named = dict.fromkeys(_named(item) for item in given)
        return list(named)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if len(value) > MAX_ORIGINS:
            raise ValidationError(
                _("At most %(count)s origins."), params={"count": MAX_ORIGINS}
            )
        problems = [problem for item in value if (problem := _problem_with(item))]
        if problems:
            raise ValidationError(problems)


def _named(item: Any) -> Any:
    """As browsers name it; what is none is left for `validate` to complain of."""
    with suppress(ValidationError):
        return clean_origin(item) if isinstance(item, str) else item
    return item


def _problem_with(item: str) -> ValidationError | None:
    try:
        clean_origin(item)
    except ValidationError as problem:
        return problem
    return None
