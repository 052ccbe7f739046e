"""What the pipeline asks of whoever answers, and what can go wrong there.

* ModelError              `said` keeps the provider's own words
  * ModelUnauthorized     the portal's key is refused; staff must act
  * ModelRateLimited      the answer was "later"; `retry_after_s` says when
  * ModelTimeout          nothing came in time
  * ModelUnreachable      no usable answer: no connection, or the server failed
  * ModelBadReply         the answer is not what we know, or broke off
  * ModelRefused          the request will keep failing as it stands, or the model declined
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from chat.errors import ServiceError
from personas.knowledge.source import Source

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    """One contribution to the conversation so far."""

    role: Role
    text: str
    #: What the text quotes of documents, for minds that read no prose.
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may have done while it answers.

    `parameters` is the JSON schema of an object, `run` is given one and returns what the
    model is told. The object is the model's and may hold anything.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    run: Callable[[Mapping[str, Any]], Awaitable[str]]


class Mind(Protocol):
    """Anything that answers in a stream of text, perhaps with the help of tools.

    Closing the generator closes whatever it has opened. It raises `ModelError` and
    nothing of the library below. One that `writes_slowly` is worth interrupting at a
    clause, so that speech begins before the first sentence is complete.
    """

    @property
    def writes_slowly(self) -> bool: ...

    @property
    def knows_tools(self) -> bool: ...

    def reply(
        self, messages: Sequence[Message], tools: Sequence[Tool] = ()
    ) -> AsyncGenerator[str, None]: ...


class ModelError(ServiceError):
    """The language model did not answer as it should."""

    code: ClassVar[str] = "model_error"
    retryable: ClassVar[bool] = False


class ModelUnauthorized(ModelError):
    code: ClassVar[str] = "model_unauthorized"


class ModelRateLimited(ModelError):
    code: ClassVar[str] = "model_rate_limited"
    status: ClassVar[int] = 429


class ModelTimeout(ModelError):
    code: ClassVar[str] = "model_timeout"
    status: ClassVar[int] = 504


class ModelUnreachable(ModelError):
    code: ClassVar[str] = "model_unreachable"
    retryable: ClassVar[bool] = True


class ModelBadReply(ModelError):
    code: ClassVar[str] = "model_bad_reply"


class ModelRefused(ModelError):
    code: ClassVar[str] = "model_refused"
