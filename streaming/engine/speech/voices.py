"""The voices on offer: each language of espeak-ng, in a few throats."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from streaming.engine.speech import espeak

# A language's own voice is a man's. These change the throat, not the language.
_THROATS = {"": ("male", ""), "+f2": ("female", "")}
_ENGLISH_THROATS = {
    "": ("male", "Arthur"),
    "+m3": ("male", "Bruno"),
    "+m7": ("male", "Caleb"),
    "+f2": ("female", "Dora"),
    "+f3": ("female", "Edith"),
    "+f4": ("female", "Flora"),
}
_ENGLISH = ("en-gb", "en-us")
# The library's own test language, and two whose dictionaries are not shipped with it.
_NOT_OFFERED = frozenset({"xex", "fo", "kaa"})


class UnknownVoice(Exception):
    """No such voice. The message names what was asked for."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice as clients see it; `path` is how the library finds it.

    A voice of a speech service has its name there in `served`, and in `stand_in` the
    voice of ours that speaks when the service does not.
    """

    id: str
    name: str
    language: str
    gender: str
    path: str
    served: str = ""
    stand_in: "Voice | None" = None


def find_voice(voice_id: str) -> Voice:
    """The voice called `voice_id`: "en-gb", or any other throat as "en-us+whisper".

    The language may be in any case. Raises `UnknownVoice`.
    """
    language, plus, throat = voice_id.strip().partition("+")
    wanted = f"{language.lower()}{plus}{throat}"
    if wanted in VOICES:
        return VOICES[wanted]
    base = VOICES.get(language.lower())
    if base is None or throat not in espeak.variants():
        raise UnknownVoice(voice_id)
    gender = "female" if throat.startswith("f") else "male"
    return Voice(
        wanted, f"{base.name}, {throat}", base.language, gender, f"{base.path}+{throat}"
    )


class Voices:
    """All voices of an engine: those of a speech service, if it has one, and its own."""

    def __init__(self, served: Iterable[Voice] = ()) -> None:
        self._served = {voice.id.lower(): voice for voice in served}

    def __iter__(self) -> Iterator[Voice]:
        yield from self._served.values()
        yield from VOICES.values()

    def find(self, voice_id: str) -> Voice:
        """The voice called `voice_id`, in any case. Raises `UnknownVoice`."""
        return self._served.get(voice_id.strip().lower()) or find_voice(voice_id)


def served_voice(text: str) -> Voice:
    """The voice of a service that `text` describes: "nova", or "nova=en-us+f3".

    Behind the sign is the voice of ours that stands in, which also tells language and
    gender; without it, clients find an avatar's own voice standing in. Raises
    `UnknownVoice` when there is no such voice, or when the name is taken by one of ours.
    """
    name, sign, ours = (part.strip() for part in text.partition("="))
    if not name or name.lower() in VOICES:
        raise UnknownVoice(text)
    stand_in = find_voice(ours) if sign else None
    return Voice(
        id=name,
        name=f"{name.replace('_', ' ').title()}, speech service",
        language=stand_in.language if stand_in else "multilingual",
        gender=stand_in.gender if stand_in else "neutral",
        path="",
        served=name,
        stand_in=stand_in,
    )


def _catalogue() -> Mapping[str, Voice]:
    return MappingProxyType(
        {
            voice.id: voice
            for language in espeak.languages()
            if language.code not in _NOT_OFFERED
            for voice in _in_every_throat(language)
        }
    )


def _in_every_throat(language: espeak.Language) -> list[Voice]:
    throats = _ENGLISH_THROATS if language.code in _ENGLISH else _THROATS
    return [
        Voice(
            id=language.code + suffix,
            name=f"{name}, {language.name}" if name else f"{language.name}, {gender}",
            language=language.code,
            gender=gender,
            path=language.path + suffix,
        )
        for suffix, (gender, name) in throats.items()
    ]


VOICES: Mapping[str, Voice] = _catalogue()
