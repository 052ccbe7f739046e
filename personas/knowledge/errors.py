"""What can be wrong with a document that somebody gives us.

* DomainError (config.errors)
  * DocumentNotFound    there is none, or the caller may not know that there is
  * DocumentRefused     it was not taken in; the message names the field and the way out
"""

from typing import ClassVar

from django.utils.translation import gettext

from config.errors import DomainError


class DocumentNotFound(DomainError):
    code: ClassVar[str] = "document_not_found"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(gettext("There is no such document."))


class DocumentRefused(DomainError):
    """`field` is the documented name of what is wrong."""

    code: ClassVar[str] = "invalid"

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
