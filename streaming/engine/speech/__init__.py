"""Text in, sound and mouth times out."""

from streaming.engine.speech.synthesis import Delivery, Speaker, Speech, Synthesiser
from streaming.engine.speech.voices import VOICES, UnknownVoice, Voice, find_voice
from streaming.engine.speech.words import Word

__all__ = [
    "VOICES",
    "Delivery",
    "Speaker",
    "Speech",
    "Synthesiser",
    "UnknownVoice",
    "Voice",
    "Word",
    "find_voice",
]
