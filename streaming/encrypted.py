"""A text column that is encrypted at rest."""

from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that the database holds only encrypted.

    The first of `ENCRYPTION_KEYS` encrypts, all of them decrypt, so keys can be rotated.
    A value that none of them opens raises `ImproperlyConfigured`: reading on with a wrong
    key would send garbage upstream. Look-ups by value are not possible.
    """

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return _cipher().encrypt(plain.encode()).decode() if plain else plain

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if not value:
            return value
        try:
            return _cipher().decrypt(value.encode()).decode()
        except InvalidToken as exc:
            raise ImproperlyConfigured(
                f"None of ENCRYPTION_KEYS opens a stored {self.name}."
            ) from exc
