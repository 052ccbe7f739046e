"""What can go wrong with a session, as far as a caller can act on it.

* DomainError (config.errors)
  * NoSeat             every seat is taken; wait, or somebody closes a session
    * NoAccounts       there is no account to wait for
  * TryLater           nothing that the caller does helps, but waiting does
    * AccountsResting  every account has failed too often; it is tried again soon
    * QuotaUsedUp      the time that the caller, or a persona, has in a day or month is used
  * SessionNotFound    no such session, or not yours: the two are not told apart
  * TooManySessions    the caller, or a persona, has as many open sessions as it may
  * WrongState         the session exists, but this cannot be done with it now
  * TimeIsUp           the avatar says goodbye already; nothing new is said in this session
  * IllegalTransition  (not for callers) a change of state that another worker forestalled
"""

import math
from typing import Any, ClassVar

from config.errors import DomainError


class NoSeat(DomainError):
    """`because` is what kept the free seats of other accounts from being used, if any."""

    code: ClassVar[str] = "no_seat"
    status: ClassVar[int] = 409

    def __init__(
        self, message: str, *, detail: str = "", because: DomainError | None = None
    ) -> None:
        super().__init__(message, detail=detail)
        self.because = because

    def body(self) -> dict[str, Any]:
        said = self.because.body() if self.because else {}
        return super().body() | {k: v for k, v in said.items() if k == "upstream"}


class NoAccounts(NoSeat):
    """There is no account that could ever give a seat, so waiting does not help."""


class TryLater(DomainError):
    """It may work after `retry_after_s` seconds."""

    def __init__(self, message: str, *, retry_after_s: float, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.retry_after_s = max(1, math.ceil(retry_after_s))

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}


class AccountsResting(TryLater):
    code: ClassVar[str] = "accounts_resting"
    status: ClassVar[int] = 503


class QuotaUsedUp(TryLater):
    code: ClassVar[str] = "quota_used_up"
    status: ClassVar[int] = 429


class TooManySessions(DomainError):
    code: ClassVar[str] = "too_many_sessions"
    status: ClassVar[int] = 409


class SessionNotFound(DomainError):
    code: ClassVar[str] = "session_not_found"
    status: ClassVar[int] = 404


class WrongState(DomainError):
    code: ClassVar[str] = "wrong_state"
    status: ClassVar[int] = 409


class TimeIsUp(DomainError):
    code: ClassVar[str] = "time_is_up"
    status: ClassVar[int] = 409

    def __init__(self) -> None:
        super().__init__("The time of this session is up; it is about to close.")


class IllegalTransition(WrongState):
    """The session is no longer in the state that this change starts from."""
