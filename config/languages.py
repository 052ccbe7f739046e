"""The interface's languages: compiling what translators wrote, and what scripts need of it.

The `.po` files below `frontend/locale/` are the only source. What Django reads is compiled
from them at set-up and is not kept in the repository.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JavaScriptCatalog

#: Of pages and Python, and of scripts.
DOMAINS = ("django", "djangojs")


def catalogue_files() -> list[Path]:
    """Every `.po` file, sorted."""
    folders = [Path(folder) for folder in settings.LOCALE_PATHS]
    return sorted(path for folder in folders for path in folder.rglob("*.po"))


def compile_catalogues() -> None:
    """Write the `.mo` file beside each `.po` that is newer. Safe to repeat."""
    for source in catalogue_files():
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        being_made = compiled.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(being_made))
        being_made.rename(compiled)


@cache
def script_catalogue(language: str) -> str:
    """The ES module that says what scripts say, in `language`, one of `LANGUAGES`.

    It exports `catalogue` (message -> text, or list of plural forms) and `plural` (number
    -> which form).
    """
    reader: Any = JavaScriptCatalog()
    reader.translation = DjangoTranslation(
        language,
        domain="djangojs",
        localedirs=[str(folder) for folder in settings.LOCALE_PATHS],
    )
    texts = json.dumps(reader.get_catalog(), ensure_ascii=False, sort_keys=True)
    plural = reader.get_plural() or "n != 1"
    return (
        f"export const catalogue = {texts}\n"
        f"export const plural = (n) => Number({plural})\n"
    )


@cache
def script_catalogue_version(language: str) -> str:
    """Changes whenever the module does, for addresses that may be kept for good."""
    return hashlib.sha256(script_catalogue(language).encode()).hexdigest()[:12]
