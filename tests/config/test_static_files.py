"""Scripts as they are served: small, and still the same."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from config.static_files import SHEET, StaticFiles, bare, whole

SCRIPT = "/** Says so. */\nexport const so = true // indeed\n"


@pytest.mark.parametrize(
    ("script", "served"),
    [
        ("const one = 1 // the first\n", "const one=1"),
        ("/** Says so. */\nexport function so() {}\n", "export function so(){}"),
        (
            "const a = `two  // no comment\n  lines`",
            "const a=`two  // no comment\n  lines`",
        ),
        ('const a = "http://example.org"', 'const a="http://example.org"'),
        (
            "class A {\n  #a = b\n  #c = {}\n\n  d() {}\n}",
            "class A{;#a=b;#c={}\nd(){}}",
        ),
        ("const a = /[^/]\\/\\/ +/g", "const a=/[^/]\\/\\/ +/g"),
    ],
    ids=["line comment", "block comment", "template", "address", "private", "pattern"],
)
def test_comments_go_and_texts_stay(script: str, served: str) -> None:
    assert bare(script) == served


@pytest.mark.parametrize("read_before", [0, 10])
def test_our_scripts_are_kept_small(tmp_path: Path, read_before: int) -> None:
    content = ContentFile(SCRIPT.encode())
    content.read(read_before)  # as whoever names it by its content leaves it

    StaticFiles(location=str(tmp_path)).save("frontend/js/so.js", content)

    kept = (tmp_path / "frontend/js/so.js").read_text()
    assert kept == "export const so=true"


def test_what_others_ship_is_served_as_it_is(tmp_path: Path) -> None:
    storage = StaticFiles(location=str(tmp_path))

    storage.save("admin/js/so.js", ContentFile(SCRIPT.encode()))

    assert (tmp_path / "admin/js/so.js").read_text() == SCRIPT


def test_imported_sheets_stand_in_their_layers() -> None:
    sheet = '@layer a, b;\n\n@import url("one.css") layer(b);\n'

    assert whole(sheet, {"one.css": "p { top: 0 }\n"}.__getitem__) == (
        "@layer a, b;\n\n@layer b {\np { top: 0 }\n}\n\n"
    )


def test_a_sheet_that_changes_changes_the_one_that_imports_it(tmp_path: Path) -> None:
    found = FileSystemStorage(location=str(tmp_path / "found"))
    kept = StaticFiles(location=str(tmp_path / "kept"), base_url="/static/")
    part = "frontend/css/part.css"
    found.save(SHEET, ContentFile(b'@import url("part.css") layer(base);\n'))
    addresses = set()
    for text in (b"p { top: 0 }\n", b"p { top: 1px }\n"):
        for storage in (found, kept):  # collecting has copied it by then
            storage.delete(part)
            storage.save(part, ContentFile(text))
        list(kept.post_process({name: (found, name) for name in (SHEET, part)}))
        addresses.add(kept.url(SHEET))
        assert text.decode().strip() in (tmp_path / "kept" / SHEET).read_text()

    assert len(addresses) == 2


def test_what_pages_ask_for_is_compressed_and_nothing_else(tmp_path: Path) -> None:
    found = FileSystemStorage(location=str(tmp_path / "found"))
    kept = StaticFiles(location=str(tmp_path / "kept"), base_url="/static/")
    sheet = "frontend/css/part.css"
    for storage in (found, kept):
        storage.save(sheet, ContentFile(b"p { top: 0 }\n" * 200))

    list(kept.post_process({sheet: (found, sheet)}))

    assert [
        f"/static/{path.relative_to(tmp_path / 'kept')}"
        for path in (tmp_path / "kept").rglob("*.gz")
    ] == [f"{kept.url(sheet)}.gz"]
