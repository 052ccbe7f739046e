"""Pictures as packets: encoded once, sent to whoever looks at that picture next.

Every picture of a reel refers to the reel's one whole picture and to nothing else, so a
viewer who has that one can be sent all others in any order, however often.
"""

from streaming.engine.packets.reel import Reel, reel_of
from streaming.engine.packets.rehearsal import rehearse
from streaming.engine.packets.sound import Sound

__all__ = ["Reel", "Sound", "reel_of", "rehearse"]
