"""A text, and a question, as the full-text index wants them; the same for every database.

Databases differ in how they take words apart, in what they leave out and in which languages
they know the endings of. So we do it, and hand them plain terms: ASCII letters and digits
that begin with a letter, which no database finds anything in to split, fold or obey.

    w…   a word, without accents and capitals
    n…   two neighbouring letters of a script without spaces

The index keeps whole words, whatever language they are in. A question's words lose their
endings and match by how words begin ("opening" → `wopen*` → opens, opened). A word that
matches too much counts for little in the ranking, because it is common.
"""

import re
import unicodedata
from collections.abc import Iterator

from personas.knowledge.stop_words import STOP_WORDS

MAX_ASKED_TERMS = 48
#: Of a longer one the beginning stands for it: databases refuse what is endless.
_WORD_MAX_CHARS = 64

_NGRAM_SCRIPTS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f"
    "\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_HIRAGANA = re.compile("[\u3041-\u309f]+$")
#: Of Chinese and Japanese: what holds a sentence together and is in all of them.
_GRAMMAR = re.compile(
    "[的了吗呢吧啊是在和与你我您他她它们什么怎哪谁这那请问嗎麼們誰這請はがをにのでともへや]+"
)
_ACCENTS = re.compile("[\u0300-\u036f]")
_WHOLE_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)

#: The longest that fits is taken off. They belong to several languages at once: a stem
#: that is too short finds more, and never less.
_ENDINGS = """
s es e er ers ed ing ings ly ies y ation ations ment ments ness
en em ern n et te ten ung ungen lich liche lichen isch ische
ement ements euse euses eux ent ons ez
a o as os ar ir ado ados ando iendo acion aciones mente
i are ere ire ato ata zione zioni
"""
_LONGEST_FIRST = sorted(_ENDINGS.split(), key=len, reverse=True)
_STEM_MIN_CHARS = 4
_OTHER_ALPHABET_ENDING_CHARS = 2


def index_terms(text: str) -> str:
    """All terms of a text in order, for the index."""
    return " ".join(term for word in _words(text) for term in _indexed(word))


def asked_terms(question: str, language: str) -> list[str]:
    """What to look for: terms, of which one that ends in `*` matches as a beginning.

    Empty when the question is made of words that say nothing ("and why is that?").
    `language` is a tag such as `de-at`; words are told apart by it, and only here.
    """
    stop_words = STOP_WORDS.get(language.split("-")[0].lower(), frozenset())
    asked: dict[str, None] = {}
    for word in _words(question):
        if word not in stop_words:
            asked.update(dict.fromkeys(_asked(word)))
    return list(asked)[:MAX_ASKED_TERMS]


def matched_by(asked: list[str], terms: str) -> set[str]:
    """Which of a question's terms are in an indexed text."""
    spaced = f" {terms} "
    return {
        term
        for term in asked
        if (f" {term[:-1]}" if term.endswith("*") else f" {term} ") in spaced
    }


def _words(text: str) -> list[str]:
    folded = fold(text)
    words = "".join(
        char if unicodedata.category(char)[0] in "LNM" else " " for char in folded
    ).split()
    return [word[:_WORD_MAX_CHARS] for word in words]


def fold(text: str) -> str:
    """Without capitals and accents, and each letter written in one way only."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    plain = _ACCENTS.sub("", plain).translate(_WHOLE_LETTERS)
    return unicodedata.normalize("NFKC", plain)


def _runs(word: str) -> Iterator[tuple[str, bool]]:
    """The word taken apart by script: (run, whether of a script without spaces)."""
    start = 0
    for run in _NGRAM_SCRIPTS.finditer(word):
        if word[start : run.start()]:
            yield word[start : run.start()], False
        yield run[0], True
        start = run.end()
    if word[start:]:
        yield word[start:], False


def _indexed(word: str) -> Iterator[str]:
    for run, is_ngrams in _runs(word):
        if is_ngrams:
            # The last letter too, alone: a question of one letter matches as a beginning.
            yield from (_term("n", run[at : at + 2]) for at in range(len(run)))
        else:
            yield _term("w", run)


def _asked(word: str) -> Iterator[str]:
    for run, is_ngrams in _runs(word):
        if is_ngrams:
            yield from _asked_ngrams(run)
        else:
            yield from _asked_word(run)


def _asked_ngrams(run: str) -> Iterator[str]:
    for part in _GRAMMAR.split(run):
        pairs = [part[at : at + 2] for at in range(len(part) - 1)]
        telling = [pair for pair in pairs if not _HIRAGANA.match(pair)]
        yield from (_term("n", pair) for pair in telling)
        if len(part) == 1 and not _HIRAGANA.match(part):
            yield _term("n", part) + "*"


def _asked_word(word: str) -> Iterator[str]:
    if word.isdecimal() or len(word) < _STEM_MIN_CHARS:
        if len(word) > 1 or not word.isascii() or word.isdecimal():
            yield _term("w", word)
        if len(word) == _STEM_MIN_CHARS - 1 and word.isalpha():
            yield _term("w", word + "s")
        return
    stem = _stem(word)
    yield _term("w", stem) + "*"
    if stem.startswith("ge") and len(stem) - 2 >= _STEM_MIN_CHARS:
        yield _term("w", stem[2:]) + "*"  # a German participle: geöffnet, öffnen
    if len(word) == _STEM_MIN_CHARS and word.endswith("s"):
        yield _term("w", word[:-1])


def _stem(word: str) -> str:
    if not word.isascii():
        cut = len(word) - _OTHER_ALPHABET_ENDING_CHARS
        return word[: max(_STEM_MIN_CHARS, cut)]
    for ending in _LONGEST_FIRST:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_MIN_CHARS:
            return word[: -len(ending)]
    return word


def _term(kind: str, text: str) -> str:
    return kind + "".join(
        char if char.isascii() else f"x{ord(char):05x}" for char in text
    )
