"""What can go wrong with a session, as far as a caller can act on it.

* DomainError (config.errors)
  * NoSeat             every seat is taken; wait, or somebody closes a session
  * SessionNotFound    no such session, or not yours: the two are not told apart
  * WrongState         the session exists, but this cannot be done with it now
  * IllegalTransition  (not for callers) a change of state that another worker forestalled
"""

from typing import ClassVar

from config.errors import DomainError


class NoSeat(DomainError):
    code: ClassVar[str] = "no_seat"
    status: ClassVar[int] = 409


class SessionNotFound(DomainError):
    code: ClassVar[str] = "session_not_found"
    status: ClassVar[int] = 404


class WrongState(DomainError):
    code: ClassVar[str] = "wrong_state"
    status: ClassVar[int] = 409


class IllegalTransition(WrongState):
    """The session is no longer in the state that this change starts from."""
