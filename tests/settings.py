"""The portal's settings for tests: the same, with made keys in a folder of their own."""

import os
import tempfile

os.environ.setdefault("STATE_DIR", tempfile.mkdtemp(prefix="greenroom-tests-"))
os.environ.setdefault("OPEN_API", "false")

from config.settings import *  # noqa: E402, F403

# Whoever runs the tests may have a model and a cloud in `.env`; no test may talk to them.
OPENAI_API_KEY = OPENAI_BASE_URL = HEYGEN_API_KEY = ""
TRANSCRIPTION_API_KEY = TRANSCRIPTION_BASE_URL = ""
# A busy machine is slow to answer, and that is not what is looked at.
FILLER_AFTER_S = 0
EMBEDDINGS_MODEL = EMBEDDINGS_API_KEY = EMBEDDINGS_BASE_URL = ""

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# A file, because tests read it from several threads; SQLite's shared memory cannot wait.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "tests.sqlite3")}  # noqa: F405
