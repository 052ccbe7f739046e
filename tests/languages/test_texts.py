"""No page says anything that translators cannot reach.

The site is shown in a language in which each message stands in double brackets: ⟦so⟧. What
remains outside of them has to be somebody's own words, which begin with `§` here, or
something that is the same in every language.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import allauth
import django
import polib
import pytest
from django.conf import settings as django_settings
from django.test import override_settings

from tests.access.routes import address
from tests.access.rules import RULES, Rule
from tests.access.world import World, build_world

PAGES = [rule for rule in RULES if rule.page]
LIBRARIES = (Path(django.__file__).parent, Path(allauth.__file__).parent)
#: Elements whose content is the same in every language.
UNTOUCHED = {"script", "style", "code", "kbd", "pre", "svg", "textarea"}
#: Attributes that people read or hear.
READ = ("aria-label", "alt", "title", "placeholder", "data-label", "aria-description")
#: Names of things and people.
NAMES = ("Greenroom", "English", "Deutsch", "Español", "Français", "Nobody, 1")


@pytest.fixture(scope="module")
def brackets(collected: Path) -> Iterator[None]:
    """Esperanto, of a kind: ours, Django's and allauth's messages in brackets."""
    folder = collected / "eo" / "LC_MESSAGES"
    file = polib.pofile(str(folder / "django.po"))
    known = {(entry.msgctxt, entry.msgid) for entry in file}
    for entry in _of_libraries():
        if (entry.msgctxt, entry.msgid) not in known:
            known.add((entry.msgctxt, entry.msgid))
            file.append(entry)
    for entry in file:
        _bracket(entry)
    file.save_as_mofile(str(folder / "django.mo"))
    with override_settings(
        LANGUAGES=[*django_settings.LANGUAGES, ("eo", "Esperanto")],
        LOCALE_PATHS=[collected],
    ):
        yield


def _of_libraries() -> Iterator[polib.POEntry]:
    for library in LIBRARIES:
        for path in sorted(library.glob("**/locale/de/LC_MESSAGES/django.po")):
            yield from polib.pofile(str(path))


def _bracket(entry: polib.POEntry) -> None:
    # A date's or a number's format is no text.
    if entry.msgctxt in ("right to left",) or "_FORMAT" in entry.msgid:
        return
    if entry.msgid_plural:
        entry.msgstr_plural = {
            0: f"⟦{entry.msgid}⟧",
            1: f"⟦{entry.msgid_plural}⟧",
        }
    else:
        entry.msgstr = f"⟦{entry.msgid}⟧"
    entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.mark.parametrize("rule", PAGES, ids=str)
def test_a_page_says_nothing_that_cannot_be_translated(
    brackets: None, world: World, rule: Rule
) -> None:
    browser = world.browser_of(rule.page)
    browser.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "eo"

    answer = browser.get(
        f"{address(rule.route, world, rule.where)}?{rule.query.format_map(world.names)}",
        follow=True,
    )

    assert answer.status_code == 200
    reader = _Reader()
    reader.feed(answer.content.decode())
    # One after the other, because a message may have links in it.
    assert _out_of_reach("\n".join(reader.said)) == []
    assert [_out_of_reach(text) for text in reader.told if _out_of_reach(text)] == []


class _Reader(HTMLParser):
    """Collects what people read on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []  # between tags
        self.told: list[str] = []  # in attributes
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        kept_out = tag in UNTOUCHED or named.get("translate") == "no" or self._is_inside
        if not kept_out:
            self.told += [named[name] or "" for name in READ if name in named]
        if tag not in _VOID:
            self._open.append((tag, kept_out))

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            name, _ = self._open.pop()
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._is_inside:
            self.said.append(" ".join(data.split()))

    @property
    def _is_inside(self) -> bool:
        return any(kept_out for _, kept_out in self._open)


_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"}


def _out_of_reach(text: str) -> list[str]:
    """What remains once messages, own words, addresses and names are taken out."""
    before = ""
    while before != text:
        before, text = text, re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    text = re.sub(r"§[\w’'.-]*|\S+@\S+", "", text)
    for name in NAMES:
        text = text.replace(name, "")
    return [line for line in text.split("\n") if re.search(r"[^\W\d_]{2,}", line)]
