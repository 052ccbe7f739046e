"""What can go wrong, with the wire protocol's own codes.

Every error has a number that clients compare, an HTTP status, and words for people.
The words of the numbers below 100000 and of 400004 and 400112 are the cloud's.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final


class WireError(Exception):
    """A failure that the caller is told about; anything else is a bug."""

    code: int = 400
    status: int = 400
    #: What the body holds besides code and message.
    more: Mapping[str, object] = {}


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


class NoMedia(WireError):
    """Not the cloud's: nothing here could carry pictures and sound to a viewer."""

    code = 503
    status = 503

    def __init__(self) -> None:
        super().__init__("no UDP port could be opened for media")


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


class NotOfThisEngine(WireError):
    """A documented failure that has no cause here; it is only ever played on purpose."""

    def __init__(
        self, code: int, status: int, message: str, more: Mapping[str, object]
    ) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.more = more


#: What the cloud answers for reasons that do not exist here: plans, payment, moderation.
#: Where no status was ever seen, it is the plain one for the case.
_CLOUD_ONLY: Final[Mapping[int, tuple[int, str, Mapping[str, object]]]] = {
    10003: (400, "avatar version deprecated", {"details": "invalid avatar"}),
    40009: (401, "invalid credentials", {}),
    400014: (400, "avatar version deprecated", {"status": 400}),
    400101: (400, "user not found", {}),
    400105: (400, "blocked words", {}),
    400561: (400, "space not found", {}),
    400562: (403, "forbidden", {}),
    400573: (403, "permission denied", {}),
    400599: (403, "your plan does not allow API access", {}),
    400631: (403, "user blocked", {}),
    401056: (401, "oauth token expired", {}),
    401057: (401, "oauth token invalid", {}),
}
_GATEWAY: Final = (429, 500, 502, 503, 504)


def _without_cause() -> list[WireError]:
    unknown = "00000000-0000-0000-0000-000000000000"
    return [
        NoSeat(),
        WrongState("closed"),
        AvatarNotFound(),
        MissingParameter("session_id"),
        InvalidQuery("invalid query parameter"),
        InvalidText("invalid text"),
        SessionNotFound(unknown),
        Unauthorized(),
        InvalidParameter("body", "is refused on purpose"),
        *(
            NotOfThisEngine(code, status, message, more)
            for code, (status, message, more) in _CLOUD_ONLY.items()
        ),
        *(
            NotOfThisEngine(status, status, HTTPStatus(status).phrase, {})
            for status in _GATEWAY
        ),
    ]


PLAYABLE: Final = frozenset(error.code for error in _without_cause())


def played(code: int) -> WireError:
    """A new error with this documented code, one of `PLAYABLE`, without its cause."""
    return next(error for error in _without_cause() if error.code == code)
