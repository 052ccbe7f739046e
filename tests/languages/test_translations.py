"""Every text is translated into every language, and nothing of it got lost."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from config.languages import DOMAINS
from frontend.templatetags.import_map import module_paths
from tests.engine_process import ROOT

LOCALE = ROOT / "frontend" / "locale"
JS = ROOT / "frontend" / "static" / "frontend" / "js"
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]

#: What is put into a text when it is shown: `%(name)s`, `%s`, `{name}`.
_PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def _catalogue(language: str, domain: str) -> polib.POFile:
    return polib.pofile(str(LOCALE / language / "LC_MESSAGES" / f"{domain}.po"))


def _messages(file: polib.POFile) -> set[tuple[str | None, str, str]]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in file}


def test_there_are_at_least_three_languages_beside_english() -> None:
    assert len(LANGUAGES) >= 3


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_nothing_left_over(
    collected: Path, language: str, domain: str
) -> None:
    source = polib.pofile(str(collected / "eo" / "LC_MESSAGES" / f"{domain}.po"))

    have, want = _messages(_catalogue(language, domain)), _messages(source)

    assert have - want == set(), "no longer said: run `manage.py messages`"
    assert want - have == set(), "new: run `manage.py messages` and translate them"


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, domain: str) -> None:
    catalogue = _catalogue(language, domain)

    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_have_the_same_places_to_fill(language: str, domain: str) -> None:
    wrong = [
        (entry.msgid, text)
        for entry in _catalogue(language, domain)
        for text in _texts(entry)
        if not _fills_the_same(entry, text)
    ]

    assert wrong == []


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) or [entry.msgstr]


def _fills_the_same(entry: polib.POEntry, text: str) -> bool:
    """A plural form may leave its number out, as "one" does; it may add nothing."""
    asked = [set(_PLACES.findall(one)) for one in (entry.msgid, entry.msgid_plural)]
    filled = set(_PLACES.findall(text))
    if entry.msgid_plural:
        return filled <= asked[0] | asked[1]
    return filled == asked[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_tags_of_their_texts(language: str) -> None:
    tags = re.compile(r"</?\w+")
    wrong = [
        (entry.msgid, text)
        for entry in _catalogue(language, "django")
        for text in _texts(entry)
        if sorted(tags.findall(text)) != sorted(tags.findall(entry.msgid))
        and not entry.msgid_plural
    ]

    assert wrong == []


def test_gettext_finds_what_scripts_say(collected: Path) -> None:
    """It does not understand all of today's JavaScript; a text it passed over is lost."""
    found = polib.pofile(str(collected / "eo" / "LC_MESSAGES" / "djangojs.po"))
    known = {entry.msgid for entry in found}
    call = re.compile(r"\bn?gettext\(\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*')")

    said = {
        match[1][1:-1].replace('\\"', '"')
        for _, path in module_paths()
        if path != "i18n.js"
        for match in call.finditer((JS / path).read_text())
    }

    assert said - known == set()
