"""Text in, sound and mouth times out."""

from streaming.engine.speech.synthesis import Delivery, Speech, Synthesiser
from streaming.engine.speech.voices import VOICES, UnknownVoice, Voice, find_voice

__all__ = [
    "VOICES",
    "Delivery",
    "Speech",
    "Synthesiser",
    "UnknownVoice",
    "Voice",
    "find_voice",
]
