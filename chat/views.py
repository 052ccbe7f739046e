"""The documented chat endpoints: read, do, show."""

from asgiref.sync import async_to_sync
from rest_framework.request import Request
from rest_framework.response import Response

from chat.context import complete
from chat.errors import NotTheViewer
from chat.minds import describe_mind, warm_up
from chat.serializers import AudioIn, PromptIn, TextIn, spoken_text, written_down
from chat.transcription import transcriber
from chat.turns import require_answers, take_turn
from chat.uploads import AudioFormParser, TranscriptionThrottle
from config.api import ApiView, caller
from personas.models import Persona
from streaming import services


class TextView(ApiView):
    """Have the avatar say a text, or an answer to it.

    Answers when everything is handed to the avatar, which then is still speaking. The
    sentences of an answer are handed over one by one, as the model completes them, and
    not more than half a minute ahead of the voice. With `interrupt` it first falls silent.
    """

    def post(self, request: Request) -> Response:
        asked = TextIn(data=request.data)
        asked.is_valid(raise_exception=True)
        session = async_to_sync(services.session_for_call)(
            asked.validated_data["session_id"], caller(request)
        )
        if session.owner_id != caller(request).pk:
            raise NotTheViewer

        turn = async_to_sync(take_turn)(
            session,
            asked.kind(),
            asked.validated_data["text"],
            interrupts=asked.validated_data["interrupt"],
        )

        body = {"success": True, "message": "Text sent successfully"}
        return Response(body | spoken_text(turn))


class TranscribeView(ApiView):
    """Write down what the viewer of a session says in a recording; nothing is kept of it.

    It is not asked, either: that is another call, for whoever has read what was understood.
    """

    parser_classes = (AudioFormParser,)
    throttle_classes = (*ApiView.throttle_classes, TranscriptionThrottle)

    def post(self, request: Request) -> Response:
        service = transcriber()
        asked = AudioIn(data=request.data)
        asked.is_valid(raise_exception=True)
        session = async_to_sync(services.session_for_call)(
            asked.validated_data["session_id"], caller(request)
        )
        if session.owner_id != caller(request).pk:
            raise NotTheViewer
        clip = asked.validated_data["audio"]
        speaker = session.speaker()
        language = speaker.language if speaker else ""

        text = async_to_sync(service.transcribe)(clip, language=language)

        body = {"success": True, "message": "Speech transcribed successfully"}
        return Response(body | written_down(session, clip, text))


class OpenAIView(ApiView):
    """Tell who answers, and how that can be changed; then the first answer is quick."""

    def post(self, request: Request) -> Response:
        async_to_sync(warm_up)()
        mind = describe_mind()
        return Response(
            {
                "success": True,
                "message": "AI service initialized successfully",
                "text": mind.notice,
            }
        )


class CompleteView(ApiView):
    """The current persona's answer as text, without a session."""

    def post(self, request: Request) -> Response:
        asked = PromptIn(data=request.data)
        asked.is_valid(raise_exception=True)
        persona = Persona.objects.current_for(request.user)
        require_answers(persona)

        text = async_to_sync(complete)(persona, asked.validated_data["prompt"])

        return Response(
            {
                "success": True,
                "message": "AI response generated successfully",
                "text": text,
            }
        )
