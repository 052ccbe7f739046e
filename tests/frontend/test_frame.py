"""What stands around every page: colours, language, and what scripts say."""

import pytest
from django.conf import settings
from django.test import Client

from config.languages import script_catalogue

pytestmark = pytest.mark.django_db


def test_the_chosen_colours_come_with_the_page(client: Client) -> None:
    client.post("/theme", {"theme": "dark", "next": "/"})

    assert b'data-theme="dark"' in client.get("/").content

    client.post("/theme", {"theme": "system", "next": "/"})
    assert b"data-theme" not in client.get("/").content


def test_colours_nobody_offers_are_no_cookie(client: Client) -> None:
    client.cookies["theme"] = '"><script>'

    assert b"data-theme" not in client.get("/").content


def test_the_chosen_language_stays(client: Client) -> None:
    client.post("/i18n/setlang/", {"language": "de", "next": "/"})

    assert b'<html lang="de">' in client.get("/").content


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_scripts_have_their_texts_in_every_language(
    client: Client, language: str
) -> None:
    answer = client.get(f"/i18n/{language}.js")

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer.content.decode() == script_catalogue(language)


def test_a_language_nobody_speaks_here_has_no_texts(client: Client) -> None:
    assert client.get("/i18n/tlh.js").status_code == 404
