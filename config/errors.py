"""Failures that callers can act on, and the documented body that tells of them.

Every error of the REST API has the documented body and a stable `code`:

    {"success": false, "message": "for people", "error": "the detail", "code": "no_seat"}

A failure that an upstream caused also says so in `upstream`, with its own code and words.
How other exceptions become such a body is in `config.error_replies`.
"""

from typing import Any, ClassVar


class DomainError(Exception):
    """A failure that the caller can act on; anything else is a bug.

    `code` is the stable name that clients and tests compare. The message is for people
    and may change; `detail` says more, where there is more to say.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail or message

    def body(self) -> dict[str, Any]:
        """The documented error body."""
        return error_body(str(self), self.detail, self.code)

    def headers(self) -> dict[str, str]:
        """HTTP headers that belong to this answer, `Retry-After` for one."""
        return {}


class InternalError(DomainError):
    """A bug of ours, as callers hear of it: its kind, and none of its words."""

    code = "internal"
    status = 500

    def __init__(self, bug: Exception) -> None:
        message = "Something went wrong on our side."
        super().__init__(message, detail=type(bug).__name__)


class Unavailable(DomainError):
    """The database is away, being restarted for one; the same call may soon do."""

    code = "unavailable"
    status = 503

    def __init__(self) -> None:
        super().__init__("The portal's database cannot be used just now; try again.")

    def headers(self) -> dict[str, str]:
        return {"Retry-After": "2"}


def error_body(message: str, error: str, code: str) -> dict[str, Any]:
    return {"success": False, "message": message, "error": error, "code": code}
