"""What can go wrong in a conversation, besides its mind (`chat.minds`) and its avatar.

* DomainError (config.errors)
  * NotTheViewer   staff may watch and interrupt, but words are put in by the viewer alone
  * TooFast        more was said and asked than anybody could listen to
  * DoesNotAnswer  the persona says only texts that it is given
  * OnlyReplays    a replay says what was said then, and nothing else
  * NothingToReplay  the session that is replayed has no such words (any more)
  * ConversationNotFound  there is none, or it is somebody else's
"""

from typing import Any, ClassVar

from config.errors import DomainError


class ServiceError(DomainError):
    """A service that we asked failed us; `said` keeps its own words.

    `retry_after_s` says when it may be asked again, where it said so.
    """

    status: ClassVar[int] = 502

    def __init__(
        self, message: str, *, said: str = "", retry_after_s: float | None = None
    ) -> None:
        super().__init__(message, detail=f"{message} {said}".strip())
        self.said = said
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, Any]:
        body = super().body()
        if self.said:
            body["upstream"] = {"code": None, "message": self.said}
        return body

    def headers(self) -> dict[str, str]:
        if self.retry_after_s is None:
            return {}
        return {"Retry-After": f"{self.retry_after_s:.0f}"}


class NotTheViewer(DomainError):
    code: ClassVar[str] = "not_the_viewer"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__("Only the session's own viewer can make the avatar speak.")


class TooFast(DomainError):
    code: ClassVar[str] = "throttled"
    status: ClassVar[int] = 429

    def __init__(self) -> None:
        super().__init__("That was a lot at once. Wait a moment.")


class OnlyReplays(DomainError):
    code: ClassVar[str] = "only_replays"
    status: ClassVar[int] = 409

    def __init__(self) -> None:
        super().__init__("This is a replay: it says what was said then, and no more.")


class NothingToReplay(DomainError):
    code: ClassVar[str] = "nothing_to_replay"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__("There are no such words to replay.")


class DoesNotAnswer(DomainError):
    code: ClassVar[str] = "does_not_answer"
    status: ClassVar[int] = 409

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} says only texts that it is given. Use Repeat, or send the text "
            "without asking for an answer."
        )


class ConversationNotFound(DomainError):
    code: ClassVar[str] = "conversation_not_found"
    status: ClassVar[int] = 404
