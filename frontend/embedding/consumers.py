"""The session's websocket as visitors of other sites have it."""

from typing import Any, ClassVar

from asgiref.sync import sync_to_async
from django.utils.translation import gettext as _

from chat.scripts.consumers import PresentingConsumer
from streaming.embedding.errors import NotForVisitors
from streaming.models import Visitor


class VisitorConsumer(PresentingConsumer):
    """Lets a visitor through with what the box needs, and with nothing else.

    What an avatar is told to say word for word is up to the key: a stranger could have the
    persona say anything. Its own greeting is always fine.
    """

    ALLOWED: ClassVar[frozenset[str]] = frozenset(
        {
            "heartbeat",
            "ice.state",
            "avatar.talking",
            "media.stats",
            "stay",
            "close",
            "ask",
            "say",
            "interrupt",
        }
    )

    async def receive_message(self, content: dict[str, Any]) -> None:
        kind = content.get("type")
        if kind not in self.ALLOWED:
            raise NotForVisitors(_("This cannot be done here."))
        if kind == "say" and not await sync_to_async(self._may_say)(content):
            raise NotForVisitors(_("This site may not choose the words."))
        await super().receive_message(content)

    def _may_say(self, content: dict[str, Any]) -> bool:
        visitor = Visitor.objects.select_related("key").filter(user=self.user).first()
        if visitor is None or visitor.key is None:
            return False
        persona = self.session.persona
        greeting = persona.welcome() if persona else ""
        return visitor.key.says or content.get("text") == greeting
