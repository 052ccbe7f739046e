"""Talking to the avatar: a recorded voice as the microphone, a real transcription server."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.chromium import AUTOPLAY, launched
from tests.browser.conftest import Door, Lobby, Visitor
from tests.browser.studio import Studio
from tests.chat import recordings
from tests.chat.recordings import Pcm, silence, spoken
from tests.chat.transcription_server import (
    Received,
    TranscriptionServer,
    transcription_server,
)

SAID = "What do you like to do?"
UNDERSTOOD = "What do you like?"
ANSWER = (
    "There is a long story behind that, and I shall tell all of it. It begins in a small "
    "town by the sea, where nothing ever happened, until one day a circus came."
)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def service() -> AsyncIterator[TranscriptionServer]:
    async with transcription_server() as server:
        server.text = UNDERSTOOD
        yield server


@pytest.fixture(scope="module")
def listening(lobby: Lobby, service: TranscriptionServer) -> Iterator[Lobby]:
    """The portal with somebody who writes down what is said."""
    named = {"TRANSCRIPTION_BASE_URL": service.base_url}
    with lobby.portal.another_web(**named) as portal:
        yield replace(lobby, portal=portal)


@asynccontextmanager
async def hearing(
    lobby: Lobby, folder: Path, *parts: Pcm, more: str = AUTOPLAY
) -> AsyncIterator[Visitor]:
    """Somebody whose microphone hears this recording over and over."""
    file = folder / "microphone.wav"
    file.write_bytes(recordings.wav(np.concatenate(parts)))
    sound = f"--use-file-for-fake-audio-capture={file}"
    async with launched(AUTOPLAY, sound, more) as browser:
        door = Door(browser, lobby)
        visitor = await door.guest()
        try:
            yield visitor
        finally:
            await visitor.stop_sessions()
        door.hear_complaints()


def microphone(studio: Studio) -> Any:
    return studio.page.get_by_role("group", name="Microphone")


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def studio(
    listening: Lobby, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Studio]:
    """A live session of somebody who says the same again and again."""
    folder, parts = tmp_path_factory.mktemp("said"), [spoken(SAID), silence(1.6)]
    async with hearing(listening, folder, *parts) as guest:
        studio = await Studio.enter(guest)
        await studio.go_live()
        yield studio


async def choose(studio: Studio, mode: str) -> None:
    await studio.page.get_by_label("Microphone mode").select_option(mode)


async def until_silenced(studio: Studio) -> None:
    await expect(studio.page.locator("video")).to_have_js_property("muted", True)


async def test_hands_free_a_question_is_heard_asked_and_answered_and_interrupts(
    studio: Studio, service: TranscriptionServer
) -> None:
    await choose(studio, "free")

    await expect(studio.log).to_contain_text(f"You: {UNDERSTOOD}")
    await studio.mood_is("speaking")
    await until_silenced(studio)  # by the same question, which comes again
    await expect(studio.log).to_contain_text("Heard until")
    await service.until(
        is_whole
    )  # a busy machine may skip some sound, but not each time
    await choose(studio, "off")

    assert {one.fields["language"] for one in service.received} == {"en"}


def is_whole(received: Received) -> bool:
    """Whether these are the words: as long, and as loud at each moment."""
    said = spoken(SAID)
    pcm, rate_hz = recordings.unwav(received.audio)
    expected = len(said) + 0.54 * rate_hz  # what is kept before and behind
    is_as_long = abs(len(pcm) - expected) < 0.2 * expected
    return rate_hz == 16_000 and is_as_long and recordings.likeness(pcm, said) > 0.8


async def test_held_it_takes_what_is_said_until_it_is_let_go(
    studio: Studio, service: TranscriptionServer
) -> None:
    await choose(studio, "hold")
    await expect(microphone(studio)).to_have_attribute("data-state", "ready")
    service.received.clear()
    await studio.repeat(ANSWER)
    await studio.page.get_by_role("main").click(position={"x": 4, "y": 4})
    assert service.received == []

    await studio.page.keyboard.down("Space")
    await until_silenced(studio)
    await expect(microphone(studio)).to_contain_text("Let go to send.")
    await studio.page.evaluate(_UNTIL_LOUD, 1)
    await studio.page.keyboard.up("Space")
    await studio.mood_is("speaking")
    assert len(service.received) == 1

    await studio.button("Correct").click()
    assert await studio.message.input_value() == UNDERSTOOD
    await studio.button("Close").click()
    await expect(microphone(studio)).not_to_have_attribute("data-open", "")


async def test_coughing_interrupts_nobody_and_is_not_even_sent(
    listening: Lobby, service: TranscriptionServer, tmp_path: Path
) -> None:
    service.received.clear()
    coughs = [silence(0.3), recordings.cough(), silence(0.3), recordings.cough(seed=4)]
    async with hearing(listening, tmp_path, *coughs) as guest:
        studio = await Studio.enter(guest)
        await studio.go_live()
        await studio.repeat(ANSWER)
        await studio.page.get_by_label("Microphone mode").select_option("free")

        await studio.page.evaluate(_UNTIL_LOUD, 3)

        await studio.mood_is("speaking")
        await expect(microphone(studio)).to_have_attribute("data-state", "listening")
        assert service.received == []


async def test_a_microphone_that_is_not_allowed_is_explained(
    listening: Lobby, tmp_path: Path
) -> None:
    refused = "--use-fake-ui-for-media-stream=deny"
    async with hearing(listening, tmp_path, silence(1), more=refused) as guest:
        studio = await Studio.enter(guest)
        await studio.go_live()
        await studio.page.get_by_role("button", name="Turn the microphone on").click()

        await expect(microphone(studio)).to_contain_text(
            "The microphone is not allowed"
        )
        await expect(microphone(studio)).to_contain_text("Allow it for this site")


# Three times the level meter went up and down again.
_UNTIL_LOUD = """
(times) => new Promise((done) => {
  const voice = document.querySelector("[data-part=voice]")
  let isLoud = false
  const look = () => {
    const level = Number(voice.style.getPropertyValue("--level"))
    if (isLoud && level < 0.3) times -= 1
    isLoud = isLoud ? level >= 0.3 : level > 0.5
    if (times > 0) requestAnimationFrame(look)
    else done()
  }
  look()
})
"""
