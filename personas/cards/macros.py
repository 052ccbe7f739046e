"""The macros of character cards, as words that can be read and spoken.

`{{char}}` is the character and `{{user}}` whoever talks to it. Random choices take the first
one, since a persona says the same to everybody; what is unknown is left out of speech.

Texts are strangers': each pattern takes time in proportion to their length. So none that may
begin anywhere runs over what others begin with, line breaks for one.
"""

import re
from dataclasses import dataclass

_FLAGS = re.IGNORECASE
_CHAR = re.compile(r"\{\{\s*char\s*\}\}|<char>|<bot>", _FLAGS)
_USER = r"(?:\{\{\s*user\s*\}\}|<user>)"
_POSSESSIVE = re.compile(_USER + r"['’]s\b", _FLAGS)
_CALLED = re.compile(
    r"(?:,\s*|(?<=hi)\s+|(?<=hello)\s+|(?<=hey)\s+|(?<=welcome)\s+|(?<=evening)\s+"
    r"|(?<=morning)\s+|(?<=greetings)\s+)" + _USER + r"(?=\s*[.!?…,;:]|\s*$)",
    _FLAGS | re.MULTILINE,
)
_CALLED_FIRST = re.compile(
    r"(^[ \t\"“„«'*]*|[.!?…]\s+)" + _USER + r"\s*[,!]\s*(\w?)", _FLAGS | re.MULTILINE
)
_BEGINNING = re.compile(
    r"(^[^\w\n]*|[.!?…][\"”’']?\s+)" + _USER + r"(['’]s\b)?", _FLAGS | re.MULTILINE
)
_ANY_USER = re.compile(_USER, _FLAGS)
_CHOICE = re.compile(r"\{\{\s*(?:random|pick)\s*:([^{}]*)\}\}", _FLAGS)
_SILENT = re.compile(r"\{\{\s*(?://|comment|hidden_key)[^{}]*\}\}", _FLAGS)
_OTHER = re.compile(r"\{\{[^{}]*\}\}")
_ACTION = re.compile(r"\*{1,3}[^*\n]+\*{1,3}")
_DECORATOR = re.compile(r"^@@@?\w.*\n?", re.MULTILINE)
_START = re.compile(r"^[ \t]*<start>[ \t]*$", _FLAGS | re.MULTILINE)
_SPEAKER = re.compile(r"^([ \t]*)" + _USER + r"(?=\s*:)", _FLAGS | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Names:
    """Who the macros mean: the character, and whoever talks to it."""

    char: str
    visitor: str = "the visitor"
    visitors: str = "the visitor’s"
    speaker: str = "Visitor"


def described(text: str, names: Names) -> str:
    """A text about the character, to be read."""
    text = _DECORATOR.sub("", text)
    text = _common(text, names)
    text = _SPEAKER.sub(lambda found: found[1] + names.speaker, text)
    text = _BEGINNING.sub(lambda found: found[1] + _capital(names, found), text)
    text = _POSSESSIVE.sub(names.visitors, text)
    text = _ANY_USER.sub(names.visitor, text)
    return _tidy(_OTHER.sub("", text))


def dialogue(text: str, names: Names) -> str:
    """Examples of how the character talks; the mark between them becomes an empty line."""
    return described(_START.sub("", text), names)


def spoken(text: str, names: Names) -> str:
    """A text that the character says: to somebody, and without stage directions."""
    text = _common(text, names)
    text = _POSSESSIVE.sub("your", text)
    text = _CALLED_FIRST.sub(lambda found: found[1] + found[2].upper(), text)
    text = _CALLED.sub("", text)
    text = _ANY_USER.sub("you", text)
    text = _OTHER.sub("", text)
    without_actions = _tidy(_ACTION.sub(" ", text))
    return without_actions or _tidy(text.replace("*", ""))


def _capital(names: Names, found: re.Match[str]) -> str:
    """The visitor at the beginning of a sentence."""
    words = names.visitors if found[2] else names.visitor
    return words[:1].upper() + words[1:]


def _common(text: str, names: Names) -> str:
    text = _SILENT.sub("", text)
    text = _CHOICE.sub(_first, text)
    return _CHAR.sub(lambda _found: names.char, text)


def _first(found: re.Match[str]) -> str:
    options = re.split(r"::|,", found[1].lstrip(": "))
    return options[0].strip()


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = re.sub(r" +([.,!?;:…])", r"\1", text)
    text = re.sub(r"[ \t]+$|^ +", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
