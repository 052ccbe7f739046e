"""Why somebody is not let in, or no longer.

* DomainError (config.errors)
  * EmbedRefused         nothing that the visitor does helps; whose site it is can act
    * EmbedUnknown       there is no such key, or not for this persona
    * EmbedOff           the key is switched off, or its persona cannot be talked to
    * OriginNotAllowed   the key does not name the site that the persona stands on
    * NotEmbedded        the page was opened by itself
  * VisitOver            the token is not good any more; another visit begins
  * TooManyVisits        (TryLater) from this address within the hour
  * LineFull             as many wait as the key may have waiting
  * NotForVisitors       the message is none that visitors may send

Their words are shown in the box on the other site.
"""

from typing import ClassVar

from config.errors import DomainError
from streaming.errors import TryLater


class EmbedRefused(DomainError):
    status: ClassVar[int] = 403


class EmbedUnknown(EmbedRefused):
    code: ClassVar[str] = "embed_unknown"
    status: ClassVar[int] = 404


class EmbedOff(EmbedRefused):
    code: ClassVar[str] = "embed_off"


class OriginNotAllowed(EmbedRefused):
    code: ClassVar[str] = "origin_not_allowed"


class NotEmbedded(EmbedRefused):
    code: ClassVar[str] = "not_embedded"


class VisitOver(DomainError):
    code: ClassVar[str] = "visit_over"
    status: ClassVar[int] = 401

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Visitor"}


class TooManyVisits(TryLater):
    code: ClassVar[str] = "too_many_visits"
    status: ClassVar[int] = 429


class LineFull(DomainError):
    code: ClassVar[str] = "line_full"
    status: ClassVar[int] = 409


class NotForVisitors(DomainError):
    code: ClassVar[str] = "not_for_visitors"
    status: ClassVar[int] = 403
