"""What is kept of conversations."""

from chat.models.piece import Piece
from chat.models.turn import Turn

__all__ = ["Piece", "Turn"]
