"""Pictures are made in a process of their own, which may end and be started anew."""

import asyncio
from collections.abc import Iterator

import av
import numpy as np
import pytest

from streaming.engine.face import Pose, Stage
from streaming.engine.packets.atelier import Atelier, AtelierError
from streaming.engine.packets.scenes import Drawing, Scene

SCENE = Scene("june", 160, 90)
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def atelier() -> Iterator[Atelier]:
    atelier = Atelier()
    yield atelier
    atelier.close()


def decoded(*packets: bytes) -> "np.ndarray":
    """The last of these, as a viewer sees it."""
    decoder = av.CodecContext.create("libvpx", "r")
    frames = [decoder.decode(av.Packet(packet))[0] for packet in packets]
    return frames[-1].to_ndarray(format="gray")


def test_what_two_drawings_of_a_scene_make_goes_together(atelier: Atelier):
    pose = Pose(sway=4, breath=3)
    here = Drawing(Stage(*SCENE[:1], width=SCENE.width, height=SCENE.height))
    here.picture(Pose(sway=-9))  # another one before makes no difference

    whole = atelier.whole(SCENE).result(TIMEOUT_S)
    there = atelier.picture(SCENE, pose).result(TIMEOUT_S)

    assert whole == here.whole()
    assert np.array_equal(
        decoded(whole, there), decoded(here.whole(), here.picture(pose))
    )


def test_what_cannot_be_drawn_is_told_and_harms_nothing_else(atelier: Atelier):
    nobody = atelier.whole(Scene("nobody", 160, 90))

    with pytest.raises(AtelierError, match="nobody"):
        nobody.result(TIMEOUT_S)
    assert atelier.whole(SCENE).result(TIMEOUT_S)


async def test_a_process_that_ends_fails_what_waits_and_another_is_started(
    atelier: Atelier, caplog: pytest.LogCaptureFixture
):
    await asyncio.wrap_future(atelier.whole(SCENE))
    child = atelier._child
    assert child is not None
    child.kill()
    waiting = atelier.picture(SCENE, Pose())

    with pytest.raises(AtelierError):
        await asyncio.wait_for(asyncio.wrap_future(waiting), TIMEOUT_S)
    async with asyncio.timeout(TIMEOUT_S):
        while atelier._child is child:  # noqa: ASYNC110 (another thread's doing)
            await asyncio.sleep(0.01)
    assert await asyncio.wrap_future(atelier.whole(SCENE))
    assert "has ended" in caplog.text


def test_nothing_is_made_after_the_end():
    atelier = Atelier()
    atelier.close()
    atelier.close()

    with pytest.raises(AtelierError):
        atelier.whole(SCENE).result(TIMEOUT_S)
