"""What can go wrong, with the wire protocol's own codes.

Every error has a number that clients compare, an HTTP status, and words for people.
The words of the numbers below 100000 and of 400004 and 400112 are the cloud's.
"""

from typing import ClassVar


class WireError(Exception):
    """A failure that the caller is told about; anything else is a bug."""

    code: ClassVar[int] = 400
    status: ClassVar[int] = 400


class NoSeat(WireError):
    code = 10004

    def __init__(self) -> None:
        super().__init__(
            "Concurrent limit reached, please upgrade your plan for formal usage."
        )


class WrongState(WireError):
    code = 10005

    def __init__(self, state: str) -> None:
        super().__init__(f"session state wrong: {state}")


class AvatarNotFound(WireError):
    code = 10013

    def __init__(self) -> None:
        super().__init__("avatar not found")


class MissingParameter(WireError):
    code = 40001

    def __init__(self, name: str) -> None:
        super().__init__(f"missing params: {name}")


class InvalidQuery(WireError):
    code = 40012


class InvalidText(WireError):
    code = 40039


class SessionNotFound(WireError):
    code = 400004

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session does not exist. SessionID: {session_id[:64]}")


class Unauthorized(WireError):
    code = 400112
    status = 401

    def __init__(self) -> None:
        super().__init__("Unauthorized")


class InvalidParameter(WireError):
    """The message names the field and says what it may be."""

    code = 400175

    def __init__(self, name: str, must: str) -> None:
        super().__init__(f"invalid parameter: {name} {must}")
