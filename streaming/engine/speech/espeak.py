"""The espeak-ng library, driven through its C interface.

The library keeps one global state, so everything here happens under one lock, and
`Synthesiser` calls it from one thread.
"""

import ctypes
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import espeakng_loader

SAMPLE_RATE_HZ = 22050
NORMAL_WORDS_PER_MINUTE = 170
SLOWEST, FASTEST = 0.5, 2.6  # rates between which the library obeys
NORMAL_PITCH = 50  # of 0 to 100
NORMAL_RANGE = 50  # of 0 (one tone) to 100
NORMAL_VOLUME = 100  # of 0 to 200; from about 125 on, the loudest samples are cut off

_SYNCHRONOUS = 2
_CHUNK_MS = 200
_PHONEME_EVENTS, _IPA_NAMES, _NEVER_EXIT = 0x1, 0x2, 0x8000
_TEXT_IS_UTF8 = 1
_RATE, _VOLUME, _PITCH, _PITCH_RANGE = 1, 2, 3, 4
_END_OF_LIST, _WORD, _PHONEME = 0, 1, 7

_lock = threading.Lock()


class EspeakError(Exception):
    """The library refused; its own number is in the message."""


@dataclass(slots=True)
class RawSpeech:
    """What the library gave: mono 16 bit sound, and what happens at which sample."""

    pcm: bytearray = field(default_factory=bytearray)
    phonemes: list[tuple[int, str]] = field(default_factory=list)
    words: list[tuple[int, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Language:
    """One of the library's voice files: `path` selects it exactly."""

    code: str
    name: str
    path: str


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


class _EventId(ctypes.Union):
    # Eight bytes of name need no closing zero, so it must not be read as a C string.
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_ubyte * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event)
)


def speak(
    text: str,
    *,
    voice: str,
    rate: float = 1.0,
    pitch: int = NORMAL_PITCH,
    pitch_range: int = NORMAL_RANGE,
    volume: int = NORMAL_VOLUME,
) -> RawSpeech:
    """Say `text` with the voice file `voice`, such as "gmw/en-US+f3".

    The text is plain: neither markup nor the library's own phonemes are obeyed. `rate`
    is a factor of the normal speed. Nothing of it is left over for the next call. Takes
    about half a millisecond per second of speech, without holding the interpreter lock.
    Raises `EspeakError`.
    """
    library = _library()
    raw = RawSpeech()
    collect = _collector(raw)
    encoded = text.encode("utf-8", "replace")
    with _lock:
        _check(library.espeak_SetVoiceByName(voice.encode()), f"voice {voice}")
        for parameter, value in (
            (_RATE, round(NORMAL_WORDS_PER_MINUTE * min(FASTEST, max(SLOWEST, rate)))),
            (_PITCH, pitch),
            (_PITCH_RANGE, pitch_range),
            (_VOLUME, volume),
        ):
            result = library.espeak_SetParameter(parameter, value, 0)
            _check(result, f"parameter {parameter}")
        library.espeak_SetSynthCallback(collect)
        _check(
            library.espeak_Synth(
                encoded, len(encoded) + 1, 0, 0, 0, _TEXT_IS_UTF8, None, None
            ),
            "synthesis",
        )
    return raw


@lru_cache(maxsize=1)
def languages() -> tuple[Language, ...]:
    """Every language that the library speaks, by its code."""
    library = _library()
    with _lock:
        found = library.espeak_ListVoices(None)
        return tuple(_languages(found))


@lru_cache(maxsize=1)
def variants() -> frozenset[str]:
    """Names that may follow a language after a plus sign: "f3", "Annie"."""
    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    return frozenset(file.name for file in folder.iterdir())


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
    library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    with _lock:
        rate_hz = library.espeak_Initialize(
            _SYNCHRONOUS,
            _CHUNK_MS,
            espeakng_loader.get_data_path().encode(),
            _PHONEME_EVENTS | _IPA_NAMES | _NEVER_EXIT,
        )
    if rate_hz != SAMPLE_RATE_HZ:
        raise EspeakError(f"The speech library did not start: {rate_hz}.")
    return library


def _collector(raw: RawSpeech) -> "ctypes._CFunctionType":
    def collect(pcm: int | None, count: int, events: "ctypes._Pointer[_Event]") -> int:
        if pcm and count > 0:
            raw.pcm += ctypes.string_at(pcm, count * 2)
        for event in _until_end(events):
            if event.type == _PHONEME:
                name = bytes(event.id.name).split(b"\0", 1)[0]
                # "(en)" tells of another language's word; it is no sound.
                if not name.startswith(b"("):
                    ipa = name.decode("utf-8", "ignore")
                    raw.phonemes.append((event.sample, ipa))
            elif event.type == _WORD:
                where = event.text_position - 1, event.length
                raw.words.append((event.sample, *where))
        return 0

    return _Callback(collect)


def _until_end(events: "ctypes._Pointer[_Event]") -> Iterator[_Event]:
    index = 0
    while events[index].type != _END_OF_LIST:
        yield events[index]
        index += 1


def _languages(found: "ctypes._Pointer[ctypes._Pointer[_Voice]]") -> Iterator[Language]:
    seen = set()
    index = 0
    while found[index]:
        voice = found[index].contents
        index += 1
        # The list of languages starts with a priority byte.
        code = ctypes.string_at(voice.languages + 1).decode().lower()
        if code not in seen:
            seen.add(code)
            yield Language(code, voice.name.decode().strip(), voice.identifier.decode())


def _check(result: int, doing: str) -> None:
    if result != 0:
        raise EspeakError(f"The speech library refused: {doing} ({result}).")
