"""What one face does: idle life, moods, and speaking."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from streaming.engine.emotions import Emotion
from streaming.engine.face import idle
from streaming.engine.face.articulation import Shape, quantised, shape_at
from streaming.engine.face.manners import MANNERS
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
    Mood,
    Pose,
)
from streaming.engine.face.visemes import MouthKey

HUSH_S = 0.08  # from any shape to a shut mouth
MOOD_CHANGE_S = 0.6
NOD_AHEAD_S = 0.12  # a nod begins before the syllable that it goes with
REMEMBERED_S = 5.0  # how long an utterance that is over is kept


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a mood makes of the idle movements: where they centre, how large they are."""

    sway: float = 0.0
    swaying: float = 0.48
    nod: float = 0.0
    brows: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    wandering: float = 0.22  #: share of the time in which the eyes glance away once
    smiling: float = 0.0  #: how wide the mouth is at rest; below 0 pursed
    free: float = 1.0  #: how far breath and nod go their own ways; else with the sway


BEARINGS: dict[Mood, Bearing] = {
    Mood.IDLE: Bearing(),
    Mood.LISTENING: Bearing(
        sway=0.5, swaying=0.22, nod=0.12, brows=1.0, wandering=0.06, smiling=0.5
    ),
    Mood.THINKING: Bearing(
        sway=-0.45,
        swaying=0.25,
        nod=-0.3,
        brows=0.6,
        gaze_x=0.6,
        gaze_y=-1.0,
        wandering=0.3,
        smiling=-0.5,
    ),
    Mood.SPEAKING: Bearing(swaying=0.62, wandering=0.16, free=0.0),
}


@dataclass(frozen=True, slots=True)
class _Utterance:
    starts_at_s: float
    keys: tuple[MouthKey, ...]
    ends_at_s: float
    hushed_at_s: float = math.inf

    @property
    def heard_until_s(self) -> float:
        return min(self.ends_at_s, self.hushed_at_s)


class Performer:
    """One session's face: told what to say and when, asked how it looks.

    Everything is in seconds of the session's clock. Asking changes nothing, so any time
    can be asked for, in any order and more than once; the past is remembered for a few
    seconds only.
    """

    def __init__(
        self, avatar_id: str, *, seed: int, emotion: Emotion = Emotion.NEUTRAL
    ) -> None:
        self.avatar_id = avatar_id
        self._seed = seed
        self._emotion = emotion
        self._manner = MANNERS[emotion]
        self._utterances: list[_Utterance] = []
        self._moods: list[tuple[float, Mood]] = [(-math.inf, Mood.IDLE)]

    def say(
        self, starts_at_s: float, keys: Sequence[MouthKey], ends_at_s: float
    ) -> None:
        """Speak from `starts_at_s`; the times of `keys` count from there."""
        self._utterances.append(_Utterance(starts_at_s, tuple(keys), ends_at_s))
        self._utterances.sort(key=lambda told: told.starts_at_s)

    def hush(self, at_s: float) -> None:
        """Stop speaking: the mouth is shut `HUSH_S` later, and what waits is dropped."""
        self._utterances = [
            replace(told, hushed_at_s=min(told.hushed_at_s, at_s))
            for told in self._utterances
            if told.starts_at_s < at_s
        ]

    def set_mood(self, mood: Mood, at_s: float) -> None:
        """Change posture from `at_s` on, within `MOOD_CHANGE_S`."""
        kept = [change for change in self._moods if change[0] < at_s]
        self._moods = [*kept[-8:], (at_s, mood)]
        # Only here is it known how late it is: what is said is often far ahead.
        self._utterances = [
            told
            for told in self._utterances
            if told.heard_until_s > at_s - REMEMBERED_S
        ]

    def pose_at(self, t_s: float) -> Pose:
        """How the face looks at a moment."""
        bearing, manner, seed = self._bearing_at(t_s), self._manner, self._seed
        nodding, lifting = self._emphasis_at(t_s)
        slow_s = t_s * manner.tempo
        swaying = bearing.swaying * manner.swaying
        sway = bearing.sway + manner.tilt + swaying * idle.sway(seed, slow_s)
        full, drift = idle.breath(seed, slow_s), idle.drift(seed, slow_s)
        # A mouth has so many shapes that the body of who speaks moves on one path, so
        # that there are few enough pictures to be sent more than once.
        path = round(sway * MAX_SWAY) / MAX_SWAY
        full = _mix(idle.breath_along(path), full, bearing.free)
        drift = _mix(idle.drift_along(path), drift, bearing.free)
        nod = bearing.nod + 0.26 * manner.swaying * drift - 0.14 * full + nodding
        flicker = 1.4 * min(1.0, manner.swaying) * idle.brow_flicker(seed, t_s)
        brows = bearing.brows + manner.brows + flicker + lifting
        gaze_x, gaze_y = self._gaze_at(bearing, t_s)
        return Pose(
            sway=_step(sway, MAX_SWAY, -MAX_SWAY),
            nod=_step(nod, MAX_NOD, -MAX_NOD),
            breath=_step(full, BREATHS - 1, 0),
            lids=_step(self._lids_at(bearing, t_s), LIDS_CLOSED, 0),
            gaze_x=_step(gaze_x, MAX_GAZE_X, -MAX_GAZE_X),
            gaze_y=_step(gaze_y, MAX_GAZE_Y, -MAX_GAZE_Y),
            brows=max(MIN_BROWS, min(MAX_BROWS, round(brows))),
            mouth=quantised(self._mouth_at(bearing, t_s)),
            emotion=self._emotion,
        )

    def _mouth_at(self, bearing: Bearing, t_s: float) -> Shape:
        """The utterance at hand, or the one that comes next: mouths get ready early."""
        shape: Shape = (0.0, bearing.smiling * MAX_MOUTH, 0.0, 0.0, 0.0)
        for told in self._utterances:
            if not told.starts_at_s - 0.2 < t_s < told.ends_at_s + 0.2:
                continue
            loud = 1 - max(0.0, min(1.0, (t_s - told.hushed_at_s) / HUSH_S))
            spoken = shape_at(told.keys, t_s - told.starts_at_s) if told.keys else shape
            spoken = _scaled(spoken, loud)
            shape = max(shape, spoken, key=lambda one: (one[0], abs(one[1])))
        opened, wide, teeth, tongue, tuck = shape
        return opened * self._manner.opening, wide, teeth, tongue, tuck

    def _lids_at(self, bearing: Bearing, t_s: float) -> float:
        """Blinks come by themselves, with glances, and at the ends of what is said."""
        wandering = bearing.wandering * self._manner.wandering
        return max(
            idle.lids(self._seed, t_s),
            idle.lids_with_glances(self._seed, t_s, wandering),
            *(
                idle.lids_at_end(self._seed, t_s, told.heard_until_s)
                for told in self._utterances
            ),
        )

    def _emphasis_at(self, t_s: float) -> tuple[float, float]:
        """Nods and lifts of the brows that go with stressed syllables."""
        nodding = lifting = 0.0
        manner = self._manner
        for told in self._utterances:
            into_s = t_s - told.starts_at_s
            if into_s < -manner.nods_s or t_s > told.ends_at_s + manner.nods_s:
                continue
            first = bisect_left(
                told.keys, into_s - manner.nods_s, key=lambda key: key.at_s
            )
            last = bisect_right(
                told.keys, into_s + manner.nods_s, key=lambda key: key.at_s
            )
            for index in range(first, last):
                key = told.keys[index]
                at_s = told.starts_at_s + key.at_s
                if key.strength <= 1.0 or at_s >= told.hushed_at_s:
                    continue
                dice = idle.chance(self._seed, "emphasis", round(at_s * 1000))
                depth = _mix(max(0.0, dice - 0.35), 0.3, manner.regular)
                beat = idle.bump((t_s - at_s + NOD_AHEAD_S) / manner.nods_s)
                nodding = max(nodding, beat * (0.07 + 0.42 * depth))
                lifting = max(lifting, beat * 1.6 * (dice > 1 - manner.lifting))
        return nodding * manner.nodding, lifting

    def _bearing_at(self, t_s: float) -> Bearing:
        """The posture at a moment, on its way from where the moods before had got."""
        bearing = BEARINGS[Mood.IDLE]
        for (at_s, mood), (until_s, _) in pairwise([*self._moods, (t_s, Mood.IDLE)]):
            if at_s <= t_s:
                done = idle.smooth((min(until_s, t_s) - at_s) / MOOD_CHANGE_S)
                bearing = _between(bearing, BEARINGS[mood], done)
        return bearing

    def _gaze_at(self, bearing: Bearing, t_s: float) -> tuple[float, float]:
        """Where the mood looks, with glances elsewhere: aside, or back to the viewer."""
        wandering = bearing.wandering * self._manner.wandering
        glance = idle.gaze(self._seed, t_s, wandering)
        if bearing.gaze_x == 0 and bearing.gaze_y == 0:
            return glance
        return (0.0, 0.0) if any(glance) else (bearing.gaze_x, bearing.gaze_y)


def _between(there: Bearing, here: Bearing, done: float) -> Bearing:
    return Bearing(
        sway=_mix(there.sway, here.sway, done),
        swaying=_mix(there.swaying, here.swaying, done),
        nod=_mix(there.nod, here.nod, done),
        brows=_mix(there.brows, here.brows, done),
        gaze_x=here.gaze_x,  # eyes do not glide: they are where they look
        gaze_y=here.gaze_y,
        wandering=here.wandering,
        smiling=_mix(there.smiling, here.smiling, done),
        free=_mix(there.free, here.free, done),
    )


def _scaled(shape: Shape, by: float) -> Shape:
    opened, wide, teeth, tongue, tuck = shape
    return opened * by, wide * by, teeth * by, tongue * by, tuck * by


def _mix(before: float, after: float, done: float) -> float:
    return before + (after - before) * done


def _step(value: float, steps: int, low: int) -> int:
    return max(low, min(steps, round(value * steps)))
