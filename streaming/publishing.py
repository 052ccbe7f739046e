"""Telling everybody who watches a session what happened in it.

Messages go through the channel layer, so it does not matter which process holds a
watcher's websocket. The layer delivers at most once; what matters is stored and numbered
(`SessionEvent`), and a watcher who missed something asks for it by its number.
"""

from functools import partial
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

#: The consumer method that receives a frame is `session_frame`.
FRAME_MESSAGE = "session.frame"

#: Everybody who has the operators' board open; `streaming.board.consumer` listens there.
BOARD_GROUP = "board"
#: The events that change what the board shows.
_ON_THE_BOARD = frozenset({"session.status", "ice.state"})


def publish_after_commit(group: str, frame: dict[str, Any]) -> None:
    """Send a stored event's frame once its transaction is committed; sync code only."""
    transaction.on_commit(
        partial(async_to_sync(_publish), group, frame),
        robust=True,  # what happened has happened, whether or not anybody hears of it
    )


async def _publish(group: str, frame: dict[str, Any]) -> None:
    await send_frame(group, frame)
    if frame["type"] in _ON_THE_BOARD:
        await tell_board()


async def tell_board() -> None:
    """Have every open board look again. A hint: boards also look by themselves."""
    await send_message(BOARD_GROUP, {"type": "board.changed"})


async def tell_board_of_media(session_id: str, stats: dict[str, float]) -> None:
    """Show operators what a viewer's browser says; kept nowhere."""
    message = {"type": "board.media", "session": session_id, "stats": stats}
    await send_message(BOARD_GROUP, message)


async def send_frame(group: str, frame: dict[str, Any]) -> None:
    """Send `frame` to everybody in `group`; nobody there is not an error."""
    await send_message(group, {"type": FRAME_MESSAGE, "frame": frame})


async def send_message(group: str, message: dict[str, Any]) -> None:
    if layer := get_channel_layer():
        await layer.group_send(group, message)
