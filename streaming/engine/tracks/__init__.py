"""The two tracks of a session: aiortc pulls, the performance gives."""

from streaming.engine.tracks.face import FaceTrack
from streaming.engine.tracks.voice import VoiceTrack

__all__ = ["FaceTrack", "VoiceTrack"]
