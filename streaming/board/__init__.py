"""The operators' board: what is going on now, and how the seats were used.

    rows.py      one picture of all open sessions and accounts, in a few queries
    history.py   occupied seats and waiting visitors over time, from the sessions' rows
    consumer.py  the websocket that sends the picture whenever something has changed

The database alone says what is shown. The channel layer only says when to look again, so
that a lost message makes the board late by seconds, never wrong. The one exception are the
numbers that viewers' browsers report of their media; nothing is decided by those.
"""
