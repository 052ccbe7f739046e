"""The caller's own conversations and memories by REST: read, do, show."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from chat.errors import ConversationNotFound
from chat.forgetting import delete_conversation
from chat.memory.export import exported
from chat.models import Conversation, Memory
from chat.transcripts import FORMATS, Extent, transcript
from config.api import ApiView, caller

PER_PAGE = 50


class ConversationsView(ApiView):
    def get(self, request: Request) -> Response:
        """Newest first; `?search=` keeps those in which all of its words were said."""
        own = Conversation.objects.of(caller(request)).select_related("persona")
        found = own.saying(request.query_params.get("search", "")).with_figures()
        page = Paginator(found, PER_PAGE).get_page(request.query_params.get("page"))
        data = {
            "conversations": [_listed(one) for one in page.object_list],
            "page": page.number,
            "pages": page.paginator.num_pages,
        }
        return _done("Conversations listed successfully", data)


class ConversationView(ApiView):
    def get(self, request: Request, conversation_id: uuid.UUID) -> Response:
        """With its sessions in order; `session/create` continues the last one."""
        found = _own(request, conversation_id)
        sessions = [str(session.pk) for session in found.sessions()]
        data = _listed(found) | {"sessions": sessions}
        return _done("Conversation shown successfully", data)

    def delete(self, request: Request, conversation_id: uuid.UUID) -> Response:
        """Delete what was said. A session in which it goes on is stopped."""
        delete_conversation(_own(request, conversation_id))
        return _done("Conversation deleted successfully", {})


class AnyFormat(BaseContentNegotiation):
    """What comes is said by the address; no `Accept` header is a reason to refuse it."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class TranscriptView(ApiView):
    content_negotiation_class = AnyFormat

    def get(
        self, request: Request, conversation_id: uuid.UUID, ending: str
    ) -> StreamingHttpResponse:
        """The conversation as a file: `transcript.txt`, `.json` or `.vtt`."""
        found = _own(request, conversation_id)
        if ending not in FORMATS:
            known = ", ".join(FORMATS)
            raise ConversationNotFound(
                f"A transcript can be had as {known}; not as {ending}."
            )
        return transcript(Extent(found), ending, caller(request).get_username())


class MemoriesView(ApiView):
    def get(self, request: Request) -> Response:
        """What personas remember of the caller."""
        memories = exported(caller(request))
        return _done("Memories listed successfully", memories)

    def delete(self, request: Request) -> Response:
        """Delete all of it, and switch remembering off everywhere."""
        Memory.objects.of(caller(request)).delete()
        return _done("Memories deleted successfully", {})


def _own(request: Request, conversation_id: uuid.UUID) -> Conversation:
    """The caller's own, also for staff. Raises `ConversationNotFound`."""
    own = Conversation.objects.of(caller(request)).select_related("persona")
    found = own.with_figures().filter(pk=conversation_id).first()
    if found is None:
        raise ConversationNotFound(f"You have no conversation {conversation_id}.")
    return found


def _listed(conversation: Any) -> dict[str, Any]:
    persona = conversation.persona
    return {
        "conversation_id": str(conversation.pk),
        "persona": persona.slug if persona else None,
        "persona_name": conversation.with_whom,
        "began_at": conversation.created_at.isoformat(),
        "last_turn_at": conversation.last_turn_at.isoformat(),
        "turns": conversation.turn_count,
        "spoken_s": round(conversation.spoken_s, 3),
        "first_words": conversation.first_prompt,
    }


def _done(message: str, data: Any) -> Response:
    return Response({"success": True, "message": message, "data": data})
