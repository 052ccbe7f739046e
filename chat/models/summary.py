"""The rolling summary of a conversation's older turns."""

from django.db import models

from chat.models.claims import Claimable
from chat.models.conversation import Conversation


class ConversationSummary(Claimable):
    """What the turns up to `through_turn` come to, for a model that cannot read them all."""

    conversation = models.OneToOneField(
        Conversation, models.CASCADE, related_name="summary"
    )
    text = models.TextField(blank=True, default="")
    #: The primary key of the newest turn that it covers; 0: it covers nothing yet.
    through_turn = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "conversation summaries"

    def __str__(self) -> str:
        return f"summary of {self.conversation_id}"
