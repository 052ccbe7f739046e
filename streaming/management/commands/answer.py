"""A viewer without a browser, for trying the API from a terminal.

It reads what session/create answered, prints the body for session/start, and then stays
connected for a while, so that the session really goes live.
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

_STAYS_S = 60.0


class Command(BaseCommand):
    help = (
        "Answer a session's offer, print the body for session/start, and keep watching."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("created", help="a file with the answer of session/create")
        parser.add_argument("--stay-s", type=float, default=_STAYS_S)
        parser.add_argument(
            "--wait", action="store_true", help="do not go to the background"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        session_id, offer_sdp = _read(Path(options["created"]))
        if options["wait"]:
            asyncio.run(self._watch(session_id, offer_sdp, options["stay_s"]))
            return
        self.stdout.write(_detached(options["created"], options["stay_s"]))

    async def _watch(self, session_id: str, offer_sdp: str, stay_s: float) -> None:
        from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
        from aiortc.contrib.media import MediaBlackhole

        # Without servers: aiortc's default would ask a public STUN server.
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        sink = MediaBlackhole()
        peer.on("track", sink.addTrack)
        await peer.setRemoteDescription(RTCSessionDescription(offer_sdp, "offer"))
        await peer.setLocalDescription()
        answer = {"type": "answer", "sdp": peer.localDescription.sdp}
        self.stdout.write(json.dumps({"session_id": session_id, "sdp": answer}))
        self.stdout.flush()
        await sink.start()
        await asyncio.sleep(stay_s)
        await peer.close()


def _read(path: Path) -> tuple[str, str]:
    try:
        data = json.loads(path.read_text())["data"]
        return str(data["session_id"]), str(data["sdp"]["sdp"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CommandError(
            f"{path} does not hold a successful answer of session/create."
        ) from exc


def _detached(created: str, stay_s: float) -> str:
    """Run ourselves in the background; returns the one line that it prints."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", "answer", created]
        + ["--stay-s", str(stay_s), "--wait"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise CommandError("The viewer could not answer this offer.")
    process.returncode = 0  # it goes on by itself; nobody waits for it here
    return line.strip()
