"""Text becomes sound with the times of its phonemes and words."""

import numpy as np
import pytest

from streaming.engine.speech import VOICES, Delivery, UnknownVoice, find_voice
from streaming.engine.speech.sound import RATE_HZ, resampled
from streaming.engine.speech.synthesis import Speech, synthesise


def say(text: str, voice: str = "en-gb", **delivery: float) -> Speech:
    return synthesise(text, find_voice(voice), Delivery(**delivery))  # type: ignore[arg-type]


def test_sound_begins_at_once():
    speech = say("Hello there.")

    assert np.abs(speech.pcm[: RATE_HZ // 50]).max() > 100


def test_sound_starts_and_ends_at_zero():
    speech = say("Both ends.")

    assert abs(int(speech.pcm[0])) < 20
    assert abs(int(speech.pcm[-1])) < 20


def test_phonemes_come_in_order_within_the_sound():
    speech = say("My voice has a shape.")
    times = [at_s for at_s, _ in speech.phonemes]

    assert times == sorted(times)
    assert times[0] < 0.05
    assert times[-1] <= speech.duration_s + 0.4
    assert {"m", "v", "ʃ", "p"} <= {ipa for _, ipa in speech.phonemes}


def test_closed_lips_meet_silence_in_the_sound():
    speech = say("apa apa apa")
    closures = [at_s for at_s, ipa in speech.phonemes if ipa == "p"]

    assert len(closures) == 3
    for at_s in closures:
        start = round(at_s * RATE_HZ)
        closed = np.abs(speech.pcm[start : start + RATE_HZ // 33].astype(int))
        assert closed.min() == 0 or closed.mean() < 0.2 * np.abs(speech.pcm).max()


def test_words_point_into_the_text():
    text = "One two three"
    speech = say(text)

    assert [text[at : at + length] for _, at, length in speech.words] == text.split()


@pytest.mark.parametrize(("rate", "slower"), [(0.5, 1.5), (0.8, 1.1)])
def test_a_lower_rate_takes_longer(rate: float, slower: float):
    assert say("Take your time.", rate=rate).duration_s > (
        slower * say("Take your time.").duration_s
    )


def test_a_higher_pitch_sounds_different():
    assert not np.array_equal(say("Ah.", pitch=80).pcm[:9600], say("Ah.").pcm[:9600])


def test_a_thousand_characters_are_said_whole():
    text = ("All of this is read aloud. " * 40)[:1000]
    speech = say(text)

    assert speech.duration_s > 40
    assert speech.phonemes[-1][0] > 40


@pytest.mark.parametrize("text", ["", "...", " \n ", "\x00\x01", "\ud800", "😀" * 3])
def test_what_cannot_be_said_is_short_or_silent(text: str):
    assert say(text).duration_s < 5


def test_a_zero_byte_does_not_end_the_text():
    assert say("one\x00two").duration_s > 1.5 * say("one").duration_s


def test_other_scripts_are_said():
    assert say("Здравствуйте", "ru").duration_s > 0.4
    assert say("你好世界", "cmn").duration_s > 0.4


# The library has no numbers for Cherokee, Chuvash and Sindarin; words it can say.
WITHOUT_NUMBERS = {"chr-us-qaaa-x-west", "cv", "sjn"}


def test_every_listed_voice_counts_in_its_language():
    dumb = []
    for voice in VOICES.values():
        text = "la ma na po" if voice.language in WITHOUT_NUMBERS else "1, 2, 3, 10."
        speech = synthesise(text, voice, Delivery())
        is_whole = len(speech.words) == 4 and len(speech.lips) > 8
        if not (is_whole and speech.duration_s > 0.5 and speech.pcm.std() > 500):
            dumb.append(voice.id)

    assert dumb == []


def test_a_word_of_another_language_has_no_sounds_of_its_name():
    assert all("(" not in ipa for _, ipa in say("$5", "ja").phonemes)


def test_most_languages_have_a_woman_and_a_man():
    by_language: dict[str, set[str]] = {}
    for voice in VOICES.values():
        by_language.setdefault(voice.language, set()).add(voice.gender)

    assert len(by_language) > 100
    assert all(genders == {"male", "female"} for genders in by_language.values())


def test_voices_differ():
    assert say("Hello.", "en-gb").duration_s > 0
    assert not np.array_equal(say("Hello.", "en-gb").pcm, say("Hello.", "en-gb+f3").pcm)


def test_a_voice_is_found_in_any_case_and_throat():
    assert find_voice("EN-GB").language == "en-gb"
    assert find_voice("en-us+whisper").path.endswith("+whisper")


@pytest.mark.parametrize("voice_id", ["xx", "en-gb+nobody", "1bd001e7e50f421d", "+f3"])
def test_an_unknown_voice_is_refused(voice_id: str):
    with pytest.raises(UnknownVoice):
        find_voice(voice_id)


def test_resampling_keeps_length_and_pitch():
    tone = (9000 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)).astype(np.int16)

    louder = resampled(tone, 22050)

    assert len(louder) == 48000
    assert np.argmax(np.abs(np.fft.rfft(louder))) == 440
