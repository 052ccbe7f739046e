"""A text as it is read out: signs, numbers and markup as people would say them.

The library reads words and plain numbers well in its languages. This takes care of what
it spells or stumbles over. Every character of the result knows where it came from, so
that the times of words stay true to the text that was given.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from os.path import commonprefix
from urllib.parse import unquote

from streaming.engine.speech.lexicon import Lexicon, lexicon_for

_NUMBER = r"\d+(?:[.,\u202f]\d+)*"
_CURRENCY = "[$€£¥]"
_PICTURE = "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]"
_MAX_SPOKEN_PATH = 40
_LONG_NUMBER = 7  # digits from which on a number is an account, not an amount


class Reading:
    """A text on its way to being read out."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Where each character came from: (first, behind the last) of the original.
        self._origins = [(index, index + 1) for index in range(len(text))]

    def origin(self, at: int, length: int) -> tuple[int, int]:
        """Where a piece of `text` came from, as (first, length); never outside of it."""
        if not self._origins:
            return 0, 0
        last = len(self._origins) - 1
        first = self._origins[max(0, min(at, last))][0]
        behind = self._origins[max(0, min(at + max(length, 1) - 1, last))][1]
        return first, max(0, behind - first)

    def replace(
        self, pattern: str | re.Pattern[str], by: str | Callable[[re.Match[str]], str]
    ) -> None:
        """Put other words wherever `pattern` matches.

        They come from all of the match, but for what both begin or end with.
        """
        text: list[str] = []
        origins: list[tuple[int, int]] = []
        done = 0
        for match in re.finditer(pattern, self.text):
            words = by(match) if callable(by) else by
            if words == match[0]:
                continue
            alike = len(commonprefix([match[0], words]))
            tails = match[0][alike:][::-1], words[alike:][::-1]
            alike_end = len(commonprefix(tails))
            start, end = match.start() + alike, match.end() - alike_end
            words = words[alike : len(words) - alike_end]
            text += [self.text[done:start], words]
            origins += self._origins[done:start]
            origins += [self._origin_of(start, end)] * len(words)
            done = end
        if done:
            self.text = "".join([*text, self.text[done:]])
            self._origins = origins + self._origins[done:]

    def _origin_of(self, start: int, end: int) -> tuple[int, int]:
        """Of what is put for the text from `start` to `end`, or between two letters."""
        if start < end:
            return self._origins[start][0], self._origins[end - 1][1]
        near = self._origins[min(start, len(self._origins) - 1)]
        return near[0], near[0]


def read_out(text: str, language: str) -> Reading:
    """`text` as a voice of `language` should say it."""
    reading = Reading(text)
    lexicon = lexicon_for(language)
    _drop_markup(reading)
    _drop_pictures(reading)
    _name_addresses(reading, lexicon)
    _name_abbreviations(reading, lexicon)
    _name_times(reading, lexicon)
    _name_amounts(reading, lexicon)
    _name_numbers(reading, lexicon)
    _name_signs(reading, lexicon)
    _calm(reading)
    # The library ends at a zero, and takes commands behind other control characters.
    reading.replace(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", " ")
    return reading


def legible(text: str) -> str:
    """`text` without what is written for the eye, for voices that read well themselves."""
    reading = Reading(text)
    _drop_markup(reading)
    _drop_pictures(reading)
    reading.replace(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+", " ")
    return reading.text.strip()


def is_sayable(text: str) -> bool:
    """Whether there is anything in `text` that could be said: a letter or a number."""
    return any(unicodedata.category(char)[0] in "LN" for char in legible(text))


# What is written for the eye ----------------------------------------------------------


def _drop_markup(reading: Reading) -> None:
    reading.replace(r"</?[A-Za-z!][^<>]{0,300}>", " ")
    reading.replace(r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,24});", _entity)
    reading.replace(r"!?\[([^\[\]\n]{1,300})\]\([^()\s]{1,500}\)", lambda m: str(m[1]))
    reading.replace(r"(?m)^[ \t]*(?:#{1,6}|>)[ \t]+", "")
    reading.replace(r"(?<=\w)[ \t]*\n[ \t]*[-*•][ \t]+", "; ")
    reading.replace(r"(?m)^[ \t]*[-*•][ \t]+", "")
    reading.replace(r"`+|\*\*+|~~|(?<!\w)[*_]+(?=\w)|(?<=[^\s*_])[*_]+(?!\w)", "")
    reading.replace(r"[ \t]*\|[ \t]*", ", ")
    reading.replace(r"(?<!\S)[:;]-?[()DP](?!\S)", " ")


def _entity(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _drop_pictures(reading: Reading) -> None:
    """Emoji: a text has them for its mood, and nobody says "grinning face"."""
    reading.replace(rf"{_PICTURE}(?:[\ufe0f\u200d]|{_PICTURE})*", " ")
    reading.replace("[\ufe0e\ufe0f\u20e3]", "")


# Addresses ----------------------------------------------------------------------------


def _name_addresses(reading: Reading, lexicon: Lexicon) -> None:
    def page(match: re.Match[str]) -> str:
        return _spoken_page(match[0], lexicon)

    def mailbox(match: re.Match[str]) -> str:
        at = f" {lexicon.at} " if lexicon.at else " @ "
        return at.join(_dotted(part, lexicon) for part in match[0].split("@"))

    reading.replace(r"\b(?:https?://|www\.)[^\s<>\"]*[^\s<>\".,;:!?)'\]]", page)
    reading.replace(r"[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", mailbox)


def _spoken_page(address: str, lexicon: Lexicon) -> str:
    plain = re.sub(r"^(?:https?://)?(?:www\.)?|[?#].*$", "", address)
    host, _, path = unquote(plain).partition("/")
    parts = [part for part in path.split("/") if part]
    spoken = _dotted(host, lexicon)
    if not parts or len(path) > _MAX_SPOKEN_PATH:
        return spoken
    slash = f" {lexicon.slash} " if lexicon.slash else "/"
    return slash.join([spoken, *(re.sub(r"[-_.]+", " ", part) for part in parts)])


def _dotted(name: str, lexicon: Lexicon) -> str:
    return name.replace(".", f" {lexicon.dot} ") if lexicon.dot else name


# Words and numbers --------------------------------------------------------------------


def _name_abbreviations(reading: Reading, lexicon: Lexicon) -> None:
    for short, words in lexicon.abbreviations.items():
        reading.replace(rf"(?<![\w.]){re.escape(short)}(?!\w)", words)
    if lexicon.spells_years:  # English
        reading.replace(r"\bNos?\.\s?(?=\d)", "number ")
        reading.replace(r"(?<=[a-z] )(St|Ave|Rd)\.(?=$|[,;]| [a-z])", _street)


def _street(match: re.Match[str]) -> str:
    return {"St": "Street", "Ave": "Avenue", "Rd": "Road"}[match[1]]


def _name_times(reading: Reading, lexicon: Lexicon) -> None:
    def date(match: re.Match[str]) -> str:
        year, month, day = (int(number) for number in match.groups())
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return match[0]
        return f"{day} {lexicon.months[month - 1]} {year}"

    def moment(match: re.Match[str]) -> str:
        hours, minutes, half = int(match[1]), int(match[2]), match[3] or ""
        if hours > 24 or minutes > 59:
            return match[0]
        return _spoken_time(hours, minutes, half, lexicon)

    if lexicon.months:
        reading.replace(r"\b(\d{4})-(\d\d)-(\d\d)\b", date)
    if lexicon.hour:
        reading.replace(
            rf"(?<![\d:])(\d{{1,2}}):(\d\d)(\s{lexicon.hour})?(?![\d:])", moment
        )
    elif lexicon.spells_years:
        reading.replace(
            r"(?<![\d:])(\d{1,2}):(\d\d)(\s?[AaPp]\.?[Mm]\b)?(?![\d:])", moment
        )


def _spoken_time(hours: int, minutes: int, half: str, lexicon: Lexicon) -> str:
    if lexicon.hour:
        return f"{hours} {lexicon.hour}" + (f" {minutes}" if minutes else "")
    half = f" {half.strip()}" if half else ""
    if minutes == 0:
        return f"{hours}{half}" if half or hours > 12 else f"{hours} o'clock"
    return f"{hours} {'oh ' if minutes < 10 else ''}{minutes}{half}"


def _name_amounts(reading: Reading, lexicon: Lexicon) -> None:
    scales = "|".join(lexicon.scales)
    scale = rf"(?:\s(?:{scales})\b)?" if scales else ""

    def before(match: re.Match[str]) -> str:
        return _spoken_amount(match[2], match[1], lexicon)

    def behind(match: re.Match[str]) -> str:
        return _spoken_amount(match[1], match[2], lexicon)

    reading.replace(rf"({_CURRENCY})\s?({_NUMBER}{scale})", before)
    if lexicon.currencies:
        reading.replace(rf"({_NUMBER}{scale})\s?({_CURRENCY})", behind)


def _spoken_amount(number: str, sign: str, lexicon: Lexicon) -> str:
    """ "5.20", "$" as "5 dollars and 20 cents"; without names, "5.20 $"."""
    if sign not in lexicon.currencies:
        return f"{number} {sign}"
    whole, point, hundredths = number.rpartition(lexicon.decimal)
    if not point or not re.fullmatch(r"\d\d", hundredths):
        return f"{number} {_counted(number, lexicon.currencies[sign])}"
    units = f"{whole} {_counted(whole, lexicon.currencies[sign])}"
    if hundredths == "00":
        return units
    parts = str(int(hundredths))
    if sign in lexicon.subunits:
        parts = f"{parts} {_counted(parts, lexicon.subunits[sign])}"
        if whole == "0":
            return parts
    return " ".join(filter(None, (units, lexicon.subunit_after, parts)))


def _counted(number: str, names: tuple[str, str]) -> str:
    return names[0] if number == "1" else names[1]


_FRACTIONS = {"1/2": "½", "1/4": "¼", "3/4": "¾", "1/3": "⅓", "2/3": "⅔"}


def _name_numbers(reading: Reading, lexicon: Lexicon) -> None:
    def unit(match: re.Match[str]) -> str:
        return f"{match[1]} {_counted(match[1], lexicon.units[match[2]])}"

    def fraction(match: re.Match[str]) -> str:
        return _FRACTIONS.get(match[0], match[0])

    for pattern in _unit_patterns(lexicon):
        reading.replace(pattern, unit)
    if lexicon.months:
        reading.replace(r"(?<![\d/.,])\d/\d(?![\d/])", fraction)
    if lexicon.until:
        reading.replace(
            r"(?<![\d.,-])(\d{1,4})\s?[–-]\s?(\d{1,4})(?![\d-])",
            lambda match: f"{match[1]} {lexicon.until} {match[2]}",
        )
    if lexicon.spells_years:
        reading.replace(r"(?<![\d.,$€£#])1[1-9]\d\d(?=s?\b)(?![.,]\d)", _year)
    reading.replace(rf"(?<![\d.,])\d{{{_LONG_NUMBER},}}(?![\d.,]\d)", _digits)


def _unit_patterns(lexicon: Lexicon) -> list[str]:
    """One letter is a unit only behind a space: 1990s are not seconds."""
    known = sorted(lexicon.units, key=len, reverse=True)
    long = "|".join(re.escape(name) for name in known if len(name) > 1)
    short = "|".join(re.escape(name) for name in known if len(name) == 1)
    if not known:
        return []
    ends = r"(?![\w/²³°'’])"
    return [
        rf"(?<!\w)({_NUMBER})\s?({long}){ends}",
        rf"(?<!\w)({_NUMBER})\s({short}){ends}",
    ]


def _year(match: re.Match[str]) -> str:
    century, year = match[0][:2], match[0][2:]
    if year == "00":
        return match[0]
    return f"{century} oh {year[1]}" if year[0] == "0" else f"{century} {year}"


def _digits(match: re.Match[str]) -> str:
    """A number too long to be an amount, digit by digit; ten million is an amount."""
    return match[0] if match[0].endswith("000") else " ".join(match[0])


# Signs, and shouting ------------------------------------------------------------------


def _name_signs(reading: Reading, lexicon: Lexicon) -> None:
    for sign, words in lexicon.signs.items():
        once = rf"(?<!{sign})\s*{sign}\s*(?!{sign})"
        reading.replace(once, f" {words} ")
    reading.replace(r"(?<=\d)\s?\*\s?(?=\d)", " × ")
    if "≈" in lexicon.signs:
        reading.replace(r"~(?=\d)", f"{lexicon.signs['≈']} ")
    if "№" in lexicon.signs:
        reading.replace(r"(?<!\w)#(?=\d)", f"{lexicon.signs['№']} ")
    reading.replace(r"(?<!\w)#(?=[^\W\d])", "")


def _calm(reading: Reading) -> None:
    """A shouted sentence in small letters: in capitals "IT" and "US" are spelled."""
    word = r"(?:[^\W\d_a-z]{2,}|[AI])"
    reading.replace(rf"\b{word}(?:[ ,']+{word}){{2,}}\b", _lowered)


def _lowered(match: re.Match[str]) -> str:
    words = re.findall(r"[^\W\d_]+", match[0])
    is_shouted = match[0].isupper() and any(len(word) > 3 for word in words)
    small = match[0].lower()
    return small if is_shouted and len(small) == len(match[0]) else match[0]
