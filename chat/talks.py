"""Sessions as talks: what was said in them, and how much of it."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from chat.models import Turn
from chat.models.conversation import search_words
from streaming.models.session_queries import SessionQuerySet


def saying(sessions: SessionQuerySet, search: str) -> SessionQuerySet:
    """Those in which every word of `search` was said, by whomever.

    A look through their own turns, as `Conversation.objects.saying` is one.
    """
    for word in search_words(search):
        turns = Turn.objects.filter(session=OuterRef("pk"), folded__contains=word)
        sessions = sessions.filter(Exists(turns))
    return sessions


def with_words(sessions: SessionQuerySet) -> SessionQuerySet:
    """With `turn_count`, `spoken_s`, and the `first_prompt` and `first_reply`.

    The first prompt is the visitor's: a greeting that the persona was given to say first
    is a reply.
    """
    turns = Turn.objects.filter(session=OuterRef("pk")).order_by("number")
    asked = turns.filter(kind=Turn.Kind.ASK).values("prompt")
    said = turns.exclude(reply="").values("reply")
    return sessions.order_by("-created_at", "pk").annotate(
        turn_count=Count("turns"),
        asked_count=Count("turns", filter=Q(turns__kind=Turn.Kind.ASK)),
        spoken_s=Sum("turns__duration_s", default=0.0),
        first_prompt=Subquery(asked[:1]),
        first_reply=Subquery(said[:1]),
    )
