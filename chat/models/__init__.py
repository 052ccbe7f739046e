"""What is kept of conversations."""

from chat.models.conversation import Conversation
from chat.models.memory import Memory, MemoryFact
from chat.models.piece import Piece
from chat.models.script import Script, Segment
from chat.models.script_run import ScriptRun
from chat.models.source import TurnSource
from chat.models.summary import ConversationSummary
from chat.models.turn import Turn

__all__ = [
    "Conversation",
    "ConversationSummary",
    "Memory",
    "MemoryFact",
    "Piece",
    "Script",
    "ScriptRun",
    "Segment",
    "Turn",
    "TurnSource",
]
