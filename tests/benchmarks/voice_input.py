"""Talking hands-free in Chromium: how soon the avatar is silent, how soon one is asked.

    python -m tests.benchmarks.voice_input [--runs 20]

Portal, engine and browser are real and on this machine; a recorded question is the
microphone, again and again, while the avatar gives a long answer. A second ear in the page
notes when the sound of the question begins and ends; what the microphone's own processing
takes before the page gets its samples is not in it. Measured are

* from the question's first sound until the page has silenced the avatar. More than half a
  second of it is meant: so long must somebody speak to interrupt
* from the question's last sound until it is on its way as text, with a service that answers
  at once and with one that takes 400 ms. A pause of half a second ends a question; the
  service is asked after a quarter already
"""

import argparse
import asyncio
import statistics
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.machine import machine, p95
from tests.browser.chromium import AUTOPLAY, launched
from tests.browser.conftest import Door, Lobby
from tests.browser.studio import Studio
from tests.chat import recordings
from tests.chat.model_server import model_server, says
from tests.chat.recordings import silence, spoken
from tests.chat.transcription_server import TranscriptionServer, transcription_server
from tests.portal import Portal, start_portal

QUESTION = "What do you like to do on a quiet evening?"
ANSWER = (
    "There is a long story behind that, and I shall tell all of it, by and by. " * 4
)
SERVICE_TAKES_S = (0.0, 0.4)
ROUND_TIMEOUT_S = 30

# A window onto the page: what it hears, what it sends, when it is silenced.
WATCH = """
window.noted = { begun: [], ended: [], muted: [], asked: [] }
{
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const stream = await open(wish)
    const context = new AudioContext()
    const ear = context.createScriptProcessor(256, 1, 1)
    context.createMediaStreamSource(stream.clone()).connect(ear)
    ear.connect(context.destination)
    let loudAt = -Infinity
    let isSpoken = false
    ear.onaudioprocess = ({ inputBuffer }) => {
      const now = performance.now()
      const loudest = Math.max(...inputBuffer.getChannelData(0).map(Math.abs))
      const video = document.querySelector("video")
      if (loudest > 0.02) {
        const mood = document.querySelector("avatar-stage").getAttribute("mood")
        if (!isSpoken) noted.begun.push({ at: now, isInterrupting: mood === "speaking" && !video.muted })
        isSpoken = true
        loudAt = now
      } else if (isSpoken && now - loudAt > 450) {
        isSpoken = false
        noted.ended.push({ at: loudAt })
      }
    }
    return stream
  }
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (frame) {
    if (JSON.parse(frame).type === "ask") noted.asked.push({ at: performance.now() })
    return send.call(this, frame)
  }
  document.addEventListener("volumechange", ({ target }) => {
    if (target.muted) noted.muted.push({ at: performance.now() })
  }, true)
}
"""

Noted = dict[str, list[dict[str, float]]]


async def main(runs: int) -> None:
    async with transcription_server() as service, model_server() as model:
        service.text = QUESTION
        model.will(says(ANSWER))
        with tempfile.TemporaryDirectory() as folder:
            starting = start_portal(
                Path(folder),
                OPENAI_BASE_URL=model.base_url,
                TRANSCRIPTION_BASE_URL=service.base_url,
                TRANSCRIPTION_RATE="1000/min",
            )
            portal = await asyncio.to_thread(starting.__enter__)
            try:
                await _measure(portal, service, runs)
            finally:
                await asyncio.to_thread(starting.__exit__, None, None, None)


async def _measure(portal: Portal, service: TranscriptionServer, runs: int) -> None:
    print(f"Talking hands-free in Chromium, {runs} questions each")
    print(machine())
    for takes_s in SERVICE_TAKES_S:
        service.takes_s = takes_s
        noted = await _talk(portal, runs)
        takes_ms = takes_s * 1000
        _print(f"the service takes {takes_ms:.0f} ms", noted)
    print(machine())


async def _talk(portal: Portal, runs: int) -> Noted:
    parts = (silence(1.0), spoken(QUESTION), silence(3.0))
    file = portal.state_dir / "microphone.wav"
    file.write_bytes(recordings.wav(np.concatenate(parts)))
    sound = f"--use-file-for-fake-audio-capture={file}"
    async with launched(AUTOPLAY, sound) as browser:
        lobby = Lobby(portal)
        visitor = await Door(browser, lobby).guest()
        await visitor.context.add_init_script(WATCH)
        studio = await Studio.enter(visitor)
        await studio.page.get_by_label("Microphone mode").select_option("free")
        await studio.go_live()
        await studio.page.wait_for_function(
            "(runs) => noted.asked.length > runs && noted.ended.length > runs",
            arg=runs,
            timeout=(runs + 2) * ROUND_TIMEOUT_S * 1000,
        )
        noted: Noted = await studio.evaluate("noted")
        await visitor.stop_sessions()
        return noted


def _print(title: str, noted: Noted) -> None:
    interrupting = [one for one in noted["begun"] if one["isInterrupting"]]
    print(f"\n{title}")
    _print_row("first sound to the avatar's silence", interrupting, noted["muted"])
    _print_row("last sound to the question sent", noted["ended"], noted["asked"])


def _print_row(
    what: str, causes: list[dict[str, float]], effects: list[dict[str, float]]
) -> None:
    took_ms = []
    for cause in causes:
        later = [e["at"] for e in effects if 0 < e["at"] - cause["at"] < 4_000]
        if later:
            took_ms.append(min(later) - cause["at"])
    print(
        f"  {what:38} p50 {statistics.median(took_ms):5.0f} ms   p95 {p95(took_ms):5.0f} ms"
        f"   ({len(took_ms)} of {len(causes)})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="See the module's docstring.")
    parser.add_argument("--runs", type=int, default=20)
    asyncio.run(main(parser.parse_args().runs))
