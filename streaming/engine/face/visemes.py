"""From the sounds of speech to the shapes of a mouth."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise


class Viseme(Enum):
    """What a mouth looks like while it makes a group of sounds."""

    SIL = "sil"  # at rest
    MBP = "mbp"  # lips pressed together
    FV = "fv"  # lower lip under the upper teeth
    TH = "th"  # tongue between the teeth
    TDN = "tdn"  # tongue behind the upper teeth
    KG = "kg"  # made at the back, the lips take no part
    CH = "ch"  # teeth together, lips pushed forward
    SZ = "sz"  # teeth together, lips spread
    L = "l"  # tongue tip raised, seen
    R = "r"  # lips drawn in
    AA = "aa"  # wide open
    EH = "eh"  # half open, spread
    IH = "ih"  # nearly closed, spread: a smile
    OH = "oh"  # half open, round
    UU = "uu"  # nearly closed, round
    UH = "uh"  # half open, slack: the neutral vowel


VOWELS = frozenset({Viseme.AA, Viseme.EH, Viseme.IH, Viseme.OH, Viseme.UU, Viseme.UH})

#: the letters of IPA, and capitals that some voices put in their place
_LETTERS: dict[Viseme, str] = {
    Viseme.MBP: "m b p ɓ ɱ ʙ β ɸ Φ",
    Viseme.FV: "f v ʋ ⱱ",
    Viseme.TH: "θ ð",
    Viseme.TDN: "t d n ɗ ʈ ɖ ɳ ɲ ȵ r ɾ ɽ ǀ ǃ",
    Viseme.KG: "k ɡ g q x ɣ χ ʁ ʀ ŋ ɴ h ɦ ħ ʕ ʔ ʜ ʢ ɢ ʛ ɠ c ɟ ç ʝ j ʄ ɧ N X",
    Viseme.CH: "ʃ ʒ ɕ ʑ ʂ ʐ ʧ ʤ ʨ ʥ S Z",
    Viseme.SZ: "s z ʦ ʣ",
    Viseme.L: "l ɫ ɭ ʎ ʟ ɬ ɮ ɺ ǁ",
    Viseme.R: "ɹ ɻ ɰ",
    Viseme.AA: "a ɑ æ ɐ ɒ ä ʌ A",
    Viseme.EH: "e ɛ ε ɜ ɘ ɞ",
    Viseme.IH: "i ɪ ɨ ᵻ ɯ ı",
    Viseme.OH: "o ɔ ɵ œ ø ɶ",
    Viseme.UU: "u ʊ y ʏ ʉ w ʍ ɥ",
    Viseme.UH: "ə ɚ ɝ ɤ ᵊ ɿ",
}
_VISEMES = {
    letter: viseme for viseme, letters in _LETTERS.items() for letter in letters.split()
}
_STRESS = "ˈˌ"
_SECONDARY = {"ʷ": Viseme.UU, "ᵝ": Viseme.UU}  # lip rounding that shows


def viseme_for_ipa(ipa: str) -> Viseme:
    """The shape in which a phoneme begins; `Viseme.UH` for what is not known.

    Stress, length, tone and other marks are allowed and do not count. Nothing but
    marks, or nothing at all, is silence.
    """
    return visemes_for_ipa(ipa)[0]


def is_known(letter: str) -> bool:
    """Whether a letter has a shape of its own, and not just the neutral vowel's."""
    return letter in _VISEMES or letter in _SECONDARY


def visemes_for_ipa(ipa: str) -> tuple[Viseme, ...]:
    """The shapes of a phoneme in turn: one, or two and more for diphthongs."""
    shapes: list[Viseme] = []
    letters = [letter for letter in ipa if _is_letter(letter)]
    for letter in letters:
        # One of several letters may be a mark of the speech engine's own, so an
        # unknown letter counts only where nothing else says how the mouth is.
        shape = _VISEMES.get(letter) or _SECONDARY.get(letter)
        if shape is not None and shape not in shapes[-1:]:
            shapes.append(shape)
    if shapes:
        return tuple(shapes[1:] if _is_affricate(shapes) else shapes)
    return (Viseme.UH,) if letters else (Viseme.SIL,)


@dataclass(frozen=True, slots=True)
class MouthKey:
    """The start of one mouth shape."""

    at_s: float  #: seconds since the first sample of the utterance
    viseme: Viseme
    strength: float = 1.0  #: above 1 on stressed vowels


def mouth_keys(
    phonemes: Sequence[tuple[float, str]], ends_at_s: float
) -> list[MouthKey]:
    """The mouth's part for timed phonemes, `(start in seconds, IPA)`, in order.

    The shapes of a diphthong share its time, and the last key closes the mouth.
    """
    keys: list[MouthKey] = []
    stressed = False
    for (at_s, ipa), (end_s, _) in pairwise([*phonemes, (ends_at_s, "")]):
        shapes = visemes_for_ipa(ipa)
        stressed = stressed or "ˈ" in ipa
        for index, shape in enumerate(shapes):
            starts_s = at_s + (end_s - at_s) * index / len(shapes)
            strength = 1.25 if stressed and shape in VOWELS and index == 0 else 1.0
            keys.append(MouthKey(starts_s, shape, strength))
        # A mark before a consonant stresses the vowel that follows it.
        stressed = stressed and VOWELS.isdisjoint(shapes)
    keys.append(MouthKey(ends_at_s, Viseme.SIL))
    return keys


def _is_letter(character: str) -> bool:
    if is_known(character):
        return True
    return unicodedata.category(character) in {"Ll", "Lo", "Lu"}


def _is_affricate(shapes: Sequence[Viseme]) -> bool:
    """Whether a stop opens straight into a hiss ("tʃ", "dz"): only the hiss is seen."""
    return shapes[0] is Viseme.TDN and shapes[1:2] in ([Viseme.CH], [Viseme.SZ])
