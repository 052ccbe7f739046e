"""How well lips follow sound alone, beside lips whose phonemes are known.

    .venv/bin/python -m tests.benchmarks.lips_by_ear

The sound is espeak-ng's, so that what the mouth should do is known; a service's voices
sound more like people, which this cannot measure.
"""

import statistics
import time

import numpy as np

from streaming.engine.face import MouthKey, Viseme
from streaming.engine.face.articulation import shape_at
from streaming.engine.speech import Delivery, find_voice
from streaming.engine.speech.lips import lips_from_sound
from streaming.engine.speech.synthesis import synthesise
from tests.benchmarks.machine import machine

_ENGLISH = (
    "The weather will stay mild for the rest of the week, with some rain in the north "
    "on Friday. My mother bought a big blue boat, and Peter saw the sheep on the shore."
)
_GERMAN = (
    "Gestern saß der müde Bär über dem Fluss und schälte fröhlich süße Äpfel für die "
    "hübschen Mädchen aus Köln."
)
_FRENCH = (
    "Bonjour, je voudrais un petit morceau de pain et une bouteille de vin rouge pour "
    "ce soir."
)
_SPANISH = "Mañana por la mañana vamos a la playa con mis amigos para comer un poco de pescado."
TEXTS = {
    "en-gb": _ENGLISH,
    "en-gb+m3": _ENGLISH,
    "en-us+f3": _ENGLISH,
    "de": _GERMAN,
    "de+f2": _GERMAN,
    "fr-fr+f2": _FRENCH,
    "es": _SPANISH,
}
_NEAR_S = 0.1
_RUNS = 5


def measure(voice_id: str, text: str) -> None:
    speech = synthesise(text, find_voice(voice_id), Delivery())
    known = list(speech.lips)
    took_s = []
    for _ in range(_RUNS):
        began_s = time.perf_counter()
        guessed = lips_from_sound(speech.pcm)
        took_s.append(time.perf_counter() - began_s)
    shapes = [_shapes(keys, speech.duration_s) for keys in (known, guessed)]
    opening, _, teeth = (
        float(np.corrcoef(shapes[0][:, axis], shapes[1][:, axis])[0, 1])
        for axis in range(3)
    )
    should, does = (_closures(keys) for keys in (known, guessed))
    met = sum(_is_near(at_s, does) for at_s in should)
    false = sum(not _is_near(at_s, should) for at_s in does)
    cost_ms = statistics.median(took_s) * 1000 / speech.duration_s
    print(
        f"{voice_id:10}{opening:12.2f}{teeth:8.2f}{met:8} of {len(should):2}"
        f"{false:8}{cost_ms:14.1f}"
    )


def _shapes(keys: list[MouthKey], lasts_s: float) -> "np.ndarray":
    moments = np.arange(0.0, lasts_s, 0.04)
    return np.array([shape_at(keys, float(at_s)) for at_s in moments])


def _closures(keys: list[MouthKey]) -> list[float]:
    return [key.at_s for key in keys if key.viseme is Viseme.MBP]


def _is_near(at_s: float, others: list[float]) -> bool:
    return any(abs(at_s - other) < _NEAR_S for other in others)


if __name__ == "__main__":
    print(machine())
    print("correlation of opening and teeth; lips that meet, and meet for nothing")
    print(f"{'':10}{'opening':>12}{'teeth':>8}{'met':>14}{'false':>8}{'ms per s':>14}")
    for name, text in TEXTS.items():
        measure(name, text)
