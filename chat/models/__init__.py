"""What is kept of conversations."""

from chat.models.turn import Turn

__all__ = ["Turn"]
