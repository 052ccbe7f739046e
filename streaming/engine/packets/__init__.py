"""Pictures as packets: encoded once, sent to whoever looks at that picture next.

Every picture of a reel refers to the reel's one whole picture and to nothing else, so a
viewer who has that one can be sent all others in any order, however often.
"""

from streaming.engine.packets.pictures import Pictures
from streaming.engine.packets.reel import Reel, reels
from streaming.engine.packets.rehearsal import rehearse
from streaming.engine.packets.scenes import Scene
from streaming.engine.packets.sounds import Sounds

__all__ = ["Pictures", "Reel", "Scene", "Sounds", "reels", "rehearse"]
