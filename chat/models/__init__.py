"""What is kept of conversations."""

from chat.models.conversation import Conversation
from chat.models.memory import Memory, MemoryFact
from chat.models.piece import Piece
from chat.models.summary import ConversationSummary
from chat.models.turn import Turn

__all__ = [
    "Conversation",
    "ConversationSummary",
    "Memory",
    "MemoryFact",
    "Piece",
    "Turn",
]
