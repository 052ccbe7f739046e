"""The local avatar engine: a process of its own, `python -m streaming.engine`.

It speaks the first generation of the cloud's wire protocol (REST and raw WebRTC) with a
drawn face and a synthetic voice. It imports neither Django nor any other app of ours.

    api.py        the calls         reading.py, fields.py, orders.py   what they may say
    sessions.py   the seats         session.py      one viewer and one avatar
    peers.py      the connection    performance.py  what is said and shown on it
    speech/       text to sound     face/           poses and pictures
    tracks/       both, paced       encoders.py     pictures to packets

Where the protocol leaves room, or is not known, this engine

- repeats a "talk" or "chat" task like a "repeat": there is no mind behind it;
- takes tasks from the start call on, and says them once the viewer is connected;
- ends a session that is not started within 60 s, not connected 30 s after its start, or
  whose viewer has not been heard from for 8 s;
- lets the stop call succeed once for a session whose viewer has already left, because
  clients close their connection first;
- answers with HTTP 400, but for 401 (code 400112), 404, 405 and 413;
- adds `session_duration_limit` to the reply of streaming.new, and takes a `background`
  there: "scene", "green" or "#rrggbb".
"""
