"""Pictures as packets: right in any order, made once, within bounds."""

import asyncio
import random
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import av
import numpy as np
import pytest

from streaming.engine.face import Mood, Mouth, MouthKey, Performer, Pose, Stage, Viseme
from streaming.engine.face.looks import few_mouths, mouth_shapes, passing_mouth
from streaming.engine.packets import Reel, rehearse
from streaming.engine.packets.atelier import AtelierError
from streaming.engine.packets.cache import Cache
from streaming.engine.packets.reel import Allowance
from streaming.engine.packets.rehearsal import talker
from streaming.engine.packets.shots import shot
from streaming.engine.packets.sound import Sound
from tests.streaming.engine.packets.reels import reel_on

WIDTH, HEIGHT = 320, 180
KEYS = [
    MouthKey(0.1 * number, viseme)
    for number, viseme in enumerate([*Viseme, Viseme.SIL])
]


def talk(seconds: float, *, seed: int = 1) -> list[Pose]:
    performer = Performer("june", seed=seed)
    performer.set_mood(Mood.SPEAKING, 0.0)
    performer.say(0.0, KEYS, KEYS[-1].at_s)
    return [performer.pose_at(step / 25) for step in range(round(seconds * 25))]


@pytest.fixture(scope="module", params=["scene", "green", "#204060"])
def stage(request: pytest.FixtureRequest) -> Stage:
    return Stage("june", width=WIDTH, height=HEIGHT, background=request.param)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def reel(stage: Stage, pool: ThreadPoolExecutor) -> Reel:
    return reel_on(stage, pool, Cache())


async def sent_for(reel: Reel, pose: Pose) -> bytes | None:
    """What a viewer gets who is to see `pose` now."""
    picture = reel.at_hand(pose)
    return picture if isinstance(picture, bytes | None) else await picture


def shown(decoder: av.VideoCodecContext, packet: bytes) -> "np.ndarray":
    (frame,) = decoder.decode(av.Packet(packet))
    return frame.to_ndarray(format="gray").astype(float)


def new_decoder() -> av.VideoCodecContext:
    return av.CodecContext.create("libvpx", "r")


def likeness_db(stage: Stage, pose: Pose, seen: "np.ndarray") -> float:
    drawn = stage.picture(pose).to_ndarray(format="gray").astype(float)
    return float(10 * np.log10(255**2 / max(np.mean((drawn - seen) ** 2), 1e-9)))


def test_pictures_are_right_in_any_order(stage: Stage, reel: Reel):
    poses = list(dict.fromkeys(shot(pose) for pose in talk(2)))
    packets = {pose: reel.make(pose) for pose in poses}
    order = poses * 2
    random.Random(7).shuffle(order)  # noqa: S311
    decoder = new_decoder()
    shown(decoder, reel.whole)

    likenesses = [
        likeness_db(stage, pose, shown(decoder, packets[pose])) for pose in order
    ]

    assert len(poses) > 20
    assert min(likenesses) > 38


def test_the_whole_picture_may_come_again_at_any_time(stage: Stage, reel: Reel):
    decoder = new_decoder()
    pose = talk(1)[-1]
    first = shown(decoder, reel.whole)
    before = shown(decoder, reel.make(pose))
    again = shown(decoder, reel.whole)
    after = shown(decoder, reel.make(pose))

    assert np.array_equal(first, again)
    assert np.array_equal(before, after)


def test_a_picture_is_made_once(reel: Reel):
    pose = talk(1)[-1]

    assert reel.find(pose) is None
    assert reel.make(pose) is reel.make(pose)
    assert reel.find(pose) is reel.make(pose)


async def test_viewers_who_want_the_same_picture_at_once_share_it(reel: Reel):
    pose = talk(1)[-1]

    first, second = await asyncio.gather(sent_for(reel, pose), sent_for(reel, pose))

    assert first is not None
    assert first is second


async def test_a_picture_that_would_be_late_is_replaced_by_its_like(
    reel: Reel, pool: ThreadPoolExecutor
):
    pose = Pose(sway=3, mouth=Mouth(open=4))
    near = reel.make(pose._replace(sway=4))
    held = threading.Event()
    pool.submit(held.wait)
    sent = await sent_for(reel, pose)
    held.set()
    await reel.prepare(pose)

    assert sent is near
    assert reel.find(pose) is not None


async def test_only_so_many_new_pictures_are_made_in_a_second(reel: Reel):
    made = reel.make(Pose())
    near = [Pose(sway=sway, nod=nod) for sway in (-1, 0, 1) for nod in (-1, 1)]
    far = [Pose(sway=10, mouth=Mouth(open=opened)) for opened in (3, 5, 7)]
    reel._new = Allowance(2.0, monotonic=lambda: 0.0)
    reel._needed = Allowance(1.0, monotonic=lambda: 0.0)
    sent = [await sent_for(reel, pose) for pose in near]
    sent_far = [await sent_for(reel, pose) for pose in far]

    assert sum(reel.find(pose) is not None for pose in near) == 2
    assert made in sent
    assert [packet is not None for packet in sent_far] == [True, False, False]


async def test_what_the_cache_has_dropped_passes_for_nothing(
    stage: Stage, pool: ThreadPoolExecutor
):
    cache = Cache(max_bytes=1)
    reel = reel_on(stage, pool, cache)
    reel.make(Pose(sway=1))
    kept = reel.make(Pose(sway=3))
    reel._new = Allowance(0.0)

    assert len(cache) == 1
    assert await sent_for(reel, Pose()) is kept


async def test_a_picture_that_cannot_be_made_is_told_to_who_waits_and_tried_again(
    reel: Reel,
):
    paint, pose = reel._paint, Pose(sway=5)
    broken: Future[bytes] = Future()
    broken.set_exception(AtelierError("the process ended"))
    reel._paint = lambda _: broken

    with pytest.raises(AtelierError):
        await sent_for(reel, pose)
    reel._paint = paint

    assert await sent_for(reel, pose) is not None


def test_the_allowance_comes_back_with_time_but_is_never_saved_up():
    now_s = 0.0
    allowance = Allowance(2.0, monotonic=lambda: now_s)

    assert [allowance.take() for _ in range(3)] == [True, True, False]
    now_s = 0.5
    assert [allowance.take() for _ in range(2)] == [True, False]
    now_s = 100.0
    assert [allowance.take() for _ in range(3)] == [True, True, False]


def test_the_cache_keeps_to_its_bytes_and_to_what_is_used():
    cache = Cache(max_bytes=10_000)
    cache.put("used", bytes(1000))
    for number in range(100):
        assert cache.get("used") is not None
        cache.put(number, bytes(1000))
        assert cache.nbytes <= 10_000

    assert cache.get(99) is not None
    assert cache.get(0) is None


def test_what_was_rehearsed_is_there(reel: Reel):
    rehearse(reel, KEYS, pictures=60, rest_s=0.0, stop=threading.Event())
    performer = talker("june", KEYS, 0)

    assert all(reel.find(performer.pose_at((step + 0.5) / 25)) for step in range(50))


def test_a_rehearsal_can_be_stopped(reel: Reel):
    stop = threading.Event()
    stop.set()

    rehearse(reel, KEYS, pictures=1000, rest_s=1.0, stop=stop)

    assert len(reel._cache) == 1


def test_every_mouth_has_one_that_passes_for_it_and_shut_lips_stay_shut():
    for mouth in mouth_shapes():
        other = passing_mouth(mouth)

        assert other in few_mouths()
        assert (other.open == 0) == (mouth.open == 0)
        assert abs(other.open - mouth.open) <= 1
        assert passing_mouth(other) == other


def test_a_minute_of_talk_keeps_its_variety():
    poses = talk(60)

    assert len({shot(pose) for pose in poses}) > 0.6 * len(set(poses))


def test_silence_is_encoded_once_for_all_and_sound_is_heard_after_it():
    one, other = Sound(), Sound()
    quiet = np.zeros(960, np.int16)
    loud = (8000 * np.sin(np.arange(960) / 20)).astype(np.int16)
    one.packet(loud)
    silences = [one.packet(quiet) for _ in range(10)]
    decoder = av.CodecContext.create("libopus", "r")

    def heard(packet: bytes) -> int:
        (frame,) = decoder.decode(av.Packet(packet))
        return int(np.abs(frame.to_ndarray().astype(float)).max() * 32768)

    for packet in silences:
        last = heard(packet)

    assert silences[-1] is [other.packet(quiet) for _ in range(10)][-1]
    assert last < 10
    assert max(heard(one.packet(loud)) for _ in range(3)) > 4000
