"""Static files as they are served: under hashed names, compressed, scripts without comments.

The sources explain themselves at length, which no visitor's browser needs to fetch. Nothing
is bundled or renamed: a module stays a file with the same lines of code. Style sheets that
one sheet imports come in it, because nothing is painted before the last of them is there.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: Where our own scripts are; what others ship is served as they made it.
OWN_SCRIPTS = "frontend/js/"


#: Name -> the storage that has the file, and its name there.
Paths = dict[str, tuple[Any, str]]

#: The sheet that every page has; the others stand beside and below it.
SHEET = "frontend/css/app.css"
_IMPORT = re.compile(r'@import url\("([\w./-]+)"\) layer\((\w+)\);')


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, with our scripts made small on their way in."""

    def _save(self, name: str, content: Any) -> str:
        """Called for the plain name and for the hashed one alike."""
        if name.startswith(OWN_SCRIPTS) and name.endswith(".js"):
            content.seek(0)  # it was read before, to name it by its content
            content = ContentFile(bare(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved

    def post_process(
        self, paths: Paths, dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Django's step after collecting; `paths` has where each file was found."""
        if SHEET in paths and not dry_run:
            paths = {**paths, SHEET: (self, self._put_together(paths))}
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Of the hashed names alone: no page asks for the others, and it takes long."""
        hashed = set(self.hashed_files.values())
        yield from super().compress_files([path for path in paths if path in hashed])

    def _put_together(self, paths: Paths) -> str:
        """Keep the sheet with all that it imports, whichever of them has changed."""
        folder = SHEET.rpartition("/")[0]

        def read(name: str) -> str:
            storage, path = paths[f"{folder}/{name}"]
            with storage.open(path) as file:
                text: bytes = file.read()
            return text.decode()

        sheet = whole(read(SHEET.rpartition("/")[2]), read)
        self.delete(SHEET)
        return self._save(SHEET, ContentFile(sheet.encode()))


#: A line that begins with a private name follows a whole statement, whose end rjsmin does
#: not see: it would join the two.
_PRIVATE = re.compile(r"^\s*(?=#\w)", re.MULTILINE)


def bare(script: str) -> str:
    """The script without comments and needless white space; it does the same."""
    small: str = rjsmin.jsmin(_PRIVATE.sub(";", script))
    return small


def whole(sheet: str, read: Callable[[str], str]) -> str:
    """The sheet with those that it imports into layers in their places.

    `read` gives the text of one by the name that the import has. A layer's block means
    exactly what an import into that layer does.
    """

    def block(found: re.Match[str]) -> str:
        return f"@layer {found[2]} {{\n{read(found[1])}}}\n"

    return _IMPORT.sub(block, sheet)
