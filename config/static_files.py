"""Static files as they are served: under hashed names, compressed, scripts without comments.

The sources explain themselves at length, which no visitor's browser needs to fetch. Nothing
is bundled or renamed: a module stays a file with the same lines of code.
"""

import re
from typing import Any

import rjsmin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: Where our own scripts are; what others ship is served as they made it.
OWN_SCRIPTS = "frontend/js/"


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage, with our scripts made small on their way in."""

    def _save(self, name: str, content: Any) -> str:
        """Called for the plain name and for the hashed one alike."""
        if name.startswith(OWN_SCRIPTS) and name.endswith(".js"):
            content.seek(0)  # it was read before, to name it by its content
            content = ContentFile(bare(content.read().decode()).encode())
        saved: str = super()._save(name, content)
        return saved


#: A line that begins with a private name follows a whole statement, whose end rjsmin does
#: not see: it would join the two.
_PRIVATE = re.compile(r"^\s*(?=#\w)", re.MULTILINE)


def bare(script: str) -> str:
    """The script without comments and needless white space; it does the same."""
    small: str = rjsmin.jsmin(_PRIVATE.sub(";", script))
    return small
