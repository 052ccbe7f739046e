"""Text in, sound and mouth times out."""

from streaming.engine.speech.service import ServiceSettings, SpeechService
from streaming.engine.speech.speaker import ServedSpeaker
from streaming.engine.speech.synthesis import Delivery, Speaker, Speech, Synthesiser
from streaming.engine.speech.voices import (
    VOICES,
    UnknownVoice,
    Voice,
    Voices,
    find_voice,
    served_voice,
)
from streaming.engine.speech.words import Word

__all__ = [
    "VOICES",
    "Delivery",
    "ServedSpeaker",
    "ServiceSettings",
    "Speaker",
    "Speech",
    "SpeechService",
    "Synthesiser",
    "UnknownVoice",
    "Voice",
    "Voices",
    "Word",
    "find_voice",
    "served_voice",
]
