"""What is wrong with a file that should become a persona."""

from typing import Any

from config.errors import DomainError


class CardRefused(DomainError):
    """The file cannot become a persona; the message says why, and what would help."""

    code = "card_refused"
    status = 400

    def body(self) -> dict[str, Any]:
        """The field is named, as for any other bad input."""
        named = f"file: {self}"
        return super().body() | {"message": named, "error": named}
