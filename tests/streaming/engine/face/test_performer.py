"""What a face does over time: pure functions of the clock, a seed, and what was told."""

import itertools

import pytest

from streaming.engine.face import (
    Mood,
    MouthKey,
    Performer,
    Pose,
    Viseme,
    idle,
    mouth_keys,
)
from streaming.engine.face.looks import nearest_mouth, passing_mouth
from streaming.engine.face.poses import (
    BREATHS,
    LIDS_CLOSED,
    MAX_BROWS,
    MAX_GAZE_X,
    MAX_GAZE_Y,
    MAX_MOUTH,
    MAX_NOD,
    MAX_SWAY,
    MIN_BROWS,
)

FRAME_S = 0.04
WORDS = [
    "m",
    "aɪ",
    "n",
    "ˈeɪ",
    "m",
    "ɪ",
    "z",
    "dʒ",
    "ˈuː",
    "n",
    "p",
    "ˈɑː",
    "p",
    "ə",
    "b",
    "ˈɪ",
    "ɡ",
    "f",
    "ɪ",
    "ʃ",
    "v",
    "oʊ",
    "t",
    "s",
]


def spoken(starts_at_s: float = 1.0, seed: int = 3) -> Performer:
    performer = Performer("june", seed=seed)
    phonemes = [(index * 0.09, ipa) for index, ipa in enumerate(WORDS)]
    ends_s = len(WORDS) * 0.09
    performer.say(starts_at_s, mouth_keys(phonemes, ends_s), starts_at_s + ends_s)
    return performer


def poses(performer: Performer, from_s: float, to_s: float) -> list[Pose]:
    count = round((to_s - from_s) / FRAME_S)
    return [performer.pose_at(from_s + index * FRAME_S) for index in range(count)]


def test_it_is_the_same_for_the_same_seed_in_any_order():
    first = [spoken().pose_at(t / 25) for t in range(200)]

    performer = spoken()
    again = [performer.pose_at(t / 25) for t in reversed(range(200))]

    assert again[::-1] == first


def test_two_seeds_do_not_move_alike():
    assert poses(Performer("june", seed=1), 0, 8) != poses(
        Performer("june", seed=2), 0, 8
    )


def test_it_stays_within_what_is_drawn():
    performer = spoken()
    performer.set_mood(Mood.THINKING, 2.0)
    performer.set_mood(Mood.LISTENING, 20.0)

    for pose in poses(performer, 0, 60):
        assert abs(pose.sway) <= MAX_SWAY
        assert abs(pose.nod) <= MAX_NOD
        assert 0 <= pose.breath < BREATHS
        assert 0 <= pose.lids <= LIDS_CLOSED
        assert abs(pose.gaze_x) <= MAX_GAZE_X
        assert abs(pose.gaze_y) <= MAX_GAZE_Y
        assert MIN_BROWS <= pose.brows <= MAX_BROWS
        assert all(abs(value) <= MAX_MOUTH for value in pose.mouth)


@pytest.mark.parametrize("seed", range(6))
def test_it_blinks_as_often_as_people_do(seed):
    shut = [
        pose.lids == LIDS_CLOSED for pose in poses(Performer("x", seed=seed), 0, 300)
    ]

    blinks = sum(now and not before for before, now in itertools.pairwise(shut))

    assert 10 <= blinks / 5 <= 25


def test_blinks_are_irregular_and_short():
    shut = [pose.lids == LIDS_CLOSED for pose in poses(Performer("x", seed=5), 0, 300)]
    starts = [i for i, (a, b) in enumerate(itertools.pairwise(shut)) if b and not a]
    gaps = {round(b - a) for a, b in itertools.pairwise(starts)}
    lengths = [len(list(run)) for closed, run in itertools.groupby(shut) if closed]

    assert len(gaps) > 15
    assert max(lengths) <= 4


def test_the_eyes_are_mostly_on_the_viewer():
    looks = [(p.gaze_x, p.gaze_y) for p in poses(Performer("x", seed=5), 0, 120)]

    assert 0.75 < looks.count((0, 0)) / len(looks) < 0.98


def test_the_head_moves_in_small_steps_and_never_rests_for_long():
    moving = poses(spoken(), 0, 60)
    steps = [
        max(abs(b.sway - a.sway), abs(b.nod - a.nod))
        for a, b in itertools.pairwise(moving)
    ]
    postures = itertools.groupby(moving, key=lambda p: (p.sway, p.nod, p.breath))
    still = [len(list(run)) for _, run in postures]

    assert max(steps) <= 2
    assert max(still) * FRAME_S < 2.5


def test_it_breathes_as_somebody_at_rest():
    full = [idle.breath(3, t / 25) > 0.5 for t in range(25 * 120)]

    breaths = sum(now and not before for before, now in itertools.pairwise(full))

    assert 10 <= breaths / 2 <= 20


def test_the_mouth_is_shut_before_and_after_speaking():
    performer = spoken(starts_at_s=1.0)
    ends_s = 1.0 + len(WORDS) * 0.09

    assert {p.mouth.open for p in poses(performer, 0, 0.85)} == {0}
    assert {p.mouth.open for p in poses(performer, ends_s + 0.2, ends_s + 3)} == {0}
    assert max(p.mouth.open for p in poses(performer, 1, ends_s)) >= 4


@pytest.mark.parametrize("phase", [0.0, 0.01, 0.02, 0.03])
@pytest.mark.parametrize("consonant", ["p", "b", "m"])
def test_lips_meet_in_a_picture_of_every_p_b_and_m(consonant, phase):
    performer = Performer("june", seed=1)
    phonemes = [(0.0, "ɑː"), (0.12, consonant), (0.17, "ɑː"), (0.3, "ɑː")]
    performer.say(1.0, mouth_keys(phonemes, 0.4), 1.4)

    at_s = 1.12
    frames = [1.0 + phase + index * FRAME_S for index in range(10)]
    nearest = min(frames, key=lambda t: abs(t - at_s))

    assert performer.pose_at(nearest).mouth.open == 0
    assert performer.pose_at(nearest).mouth.tuck < 0
    assert max(performer.pose_at(t).mouth.open for t in frames) >= 4


def test_the_mouth_gets_ready_before_the_sound():
    performer = Performer("june", seed=1)
    keys = [
        MouthKey(0.0, Viseme.SIL),
        MouthKey(0.4, Viseme.AA),
        MouthKey(0.6, Viseme.SIL),
    ]
    performer.say(0.0, keys, 0.8)

    opens_s = next(
        t / 1000 for t in range(800) if performer.pose_at(t / 1000).mouth.open
    )

    assert 0.04 <= 0.4 - opens_s <= 0.12


def test_the_mouth_does_not_jump_between_vowels():
    performer = Performer("june", seed=1)
    vowels = [Viseme.AA, Viseme.IH, Viseme.OH, Viseme.EH, Viseme.UU, Viseme.UH]
    keys = [MouthKey(index * 0.16, viseme) for index, viseme in enumerate(vowels)]
    performer.say(0.0, keys, 1.0)

    opened = [performer.pose_at(index * FRAME_S).mouth.open for index in range(24)]

    assert max(abs(b - a) for a, b in itertools.pairwise(opened)) <= 4


@pytest.mark.parametrize("at_s", [1.3, 1.5, 1.83, 2.2])
def test_hush_shuts_the_mouth_within_80_ms_and_for_good(at_s):
    performer = spoken(starts_at_s=1.0)
    performer.say(4.0, [MouthKey(0.0, Viseme.AA)], 6.0)

    performer.hush(at_s)

    after = [performer.pose_at(at_s + 0.08 + t / 100).mouth for t in range(600)]
    assert {(mouth.open, mouth.wide, mouth.tuck) for mouth in after} == {(0, 0, 0)}


def test_hush_does_not_change_what_was():
    performer, told = spoken(), spoken()

    performer.hush(2.0)

    assert poses(performer, 0, 1.96) == poses(told, 0, 1.96)


def test_one_can_speak_again_after_a_hush():
    performer = spoken()
    performer.hush(1.5)

    performer.say(1.6, [MouthKey(0.0, Viseme.AA), MouthKey(0.5, Viseme.SIL)], 2.1)

    assert performer.pose_at(1.8).mouth.open >= 5


def test_moods_show():
    thinking, listening = Performer("x", seed=2), Performer("x", seed=2)
    thinking.set_mood(Mood.THINKING, 10.0)
    listening.set_mood(Mood.LISTENING, 10.0)

    looks = [p.gaze_y for p in poses(thinking, 11, 30)]
    brows = [p.brows for p in poses(listening, 11, 30)]

    assert looks.count(-1) / len(looks) > 0.6
    assert sum(brows) / len(brows) > 0.8
    assert poses(thinking, 0, 10) == poses(listening, 0, 10)


def test_who_listens_smiles_a_little_and_who_thinks_purses_shut_lips():
    performers = {mood: Performer("x", seed=2) for mood in Mood}
    for mood, performer in performers.items():
        performer.set_mood(mood, 0.0)

    at_rest = {mood: performers[mood].pose_at(5.0).mouth for mood in Mood}

    assert at_rest[Mood.THINKING].wide < at_rest[Mood.IDLE].wide == 0
    assert at_rest[Mood.LISTENING].wide > 0
    for mouth in at_rest.values():
        assert nearest_mouth(mouth) == passing_mouth(mouth) == mouth


@pytest.mark.parametrize("after_s", [0.04, 0.2, 0.5])
def test_moods_come_on_softly_even_when_the_last_one_was_on_its_way(after_s):
    performer = Performer("x", seed=2)
    performer.set_mood(Mood.LISTENING, 5.0)
    performer.set_mood(Mood.THINKING, 5.0 + after_s)
    performer.set_mood(Mood.SPEAKING, 5.0 + 2 * after_s)

    moved = [(pose.sway, pose.nod) for pose in poses(performer, 4, 8)]

    for (sway, nod), (then_sway, then_nod) in itertools.pairwise(moved):
        assert abs(then_sway - sway) <= 2
        assert abs(then_nod - nod) <= 2


def test_stressed_syllables_are_nodded_to():
    def lowest(strength: float) -> int:
        performer = Performer("x", seed=2)
        keys = [MouthKey(k * 0.6, Viseme.AA, strength) for k in range(10)]
        performer.say(0.0, keys, 6.0)
        return sum(pose.nod for pose in poses(performer, 0, 6))

    assert lowest(1.25) > lowest(1.0)


def test_what_was_said_long_ago_is_forgotten():
    performer = Performer("x", seed=2)
    for index in range(500):
        performer.say(index * 2.0, [MouthKey(0.0, Viseme.AA)], index * 2.0 + 1)
        performer.set_mood(Mood.SPEAKING, index * 2.0)

    assert len(performer._utterances) < 10
    assert len(performer._moods) < 12


def test_the_lips_move_for_what_is_said_first_however_much_waits():
    performer = Performer("x", seed=1)
    keys = [MouthKey(0.0, Viseme.AA), MouthKey(4.0, Viseme.SIL)]
    for number in range(8):
        performer.say(1.0 + 4 * number, keys, 5.0 + 4 * number)
    performer.set_mood(Mood.SPEAKING, 1.0)

    assert performer.pose_at(2.5).mouth.open > 3
