"""Conversations as files: text, JSON and WebVTT, with the times at which words were said.

timeline    a conversation's parts, turns and pieces, on one clock
text, as_json, webvtt   that as the pieces of a file
files       which formats there are, and what a file is called
"""

from chat.transcripts.files import FORMATS, Format, file_name, transcript
from chat.transcripts.timeline import Extent

__all__ = ["FORMATS", "Extent", "Format", "file_name", "transcript"]
