"""All settings, and the only reader of the portal's environment.

A checkout starts without any variable: it is then a local demo on SQLite, with keys that
it makes for itself. With `PRODUCTION=true`, what must not be guessed has to be given, and
the process refuses to start without it. Units are in the names.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from cryptography.fernet import Fernet
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from config.local_secrets import local_secret
from config.social import social_origins, social_providers

django_stubs_ext.monkeypatch()  # generics such as ModelAdmin[Account] at run time

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")  # optional; what is really in the environment wins

# Which kind of place this is ------------------------------------------------------

PRODUCTION = env.bool("PRODUCTION", default=False)
DEBUG = env.bool("DEBUG", default=False)

_MUST_BE_GIVEN = ("SECRET_KEY", "ENCRYPTION_KEYS", "ALLOWED_HOSTS", "DATABASE_URL")
if PRODUCTION and (
    missing := [name for name in _MUST_BE_GIVEN if not env.str(name, "")]
):
    raise ImproperlyConfigured(
        f"PRODUCTION=true needs these variables too: {', '.join(missing)}."
    )
if PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG=true shows secrets; not with PRODUCTION=true.")

# Where the checkout keeps its database, made keys and collected static files.
STATE_DIR = Path(env.str("STATE_DIR", default=str(BASE_DIR / ".greenroom")))

# Keys -----------------------------------------------------------------------------

if PRODUCTION:
    SECRET_KEY = env.str("SECRET_KEY")
    ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS")
else:
    SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret(
        STATE_DIR, "secret_key", get_random_secret_key
    )
    ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[]) or [
        local_secret(
            STATE_DIR, "encryption_key", lambda: Fernet.generate_key().decode()
        )
    ]

# The web process --------------------------------------------------------------------

PORT = env.int("PORT", default=3000)
WEB_PROCESSES = env.int("WEB_PROCESSES", default=1)  # how many copies run; for checks
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# So many proxies stand before us; each adds who called it to `X-Forwarded-For`.
PROXIES = env.int("PROXIES", default=1 if BEHIND_PROXY else 0)

# Without a token, callers on this machine may use the documented API (see config/api.py).
OPEN_API = env.bool("OPEN_API", default=not PRODUCTION)
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", default=not PRODUCTION)
API_RATE = env.str("API_RATE", default="600/min")  # per user; DRF's notation
API_MAX_BODY_BYTES = env.int("API_MAX_BODY_BYTES", default=262_144)  # 256 KiB

# The local avatar engine, and an avatar cloud beside it -------------------------------

ENGINE_HOST = env.str("ENGINE_HOST", default="127.0.0.1")
ENGINE_PORT = env.int("ENGINE_PORT", default=3001)
ENGINE_SEATS = env.int("ENGINE_SEATS", default=3)
ENGINE_URL = env.str("ENGINE_URL", default=f"http://{ENGINE_HOST}:{ENGINE_PORT}")
ENGINE_API_KEY = env.str("ENGINE_API_KEY", default="")
# Sessions there that we do not know are stopped; right for a key that nobody else has.
ENGINE_EXCLUSIVE = env.bool("ENGINE_EXCLUSIVE", default=not ENGINE_API_KEY)
if not ENGINE_API_KEY and not PRODUCTION:
    ENGINE_API_KEY = local_secret(
        STATE_DIR, "engine_api_key", lambda: Fernet.generate_key().decode()
    )

HEYGEN_BASE_URL = env.str("HEYGEN_BASE_URL", default="https://api.heygen.com")
HEYGEN_API_KEY = env.str("HEYGEN_API_KEY", default="")
HEYGEN_SEATS = env.int("HEYGEN_SEATS", default=3)

UPSTREAM_TIMEOUT_S = env.float("UPSTREAM_TIMEOUT_S", default=15.0)
UPSTREAM_OPEN_TIMEOUT_S = env.float("UPSTREAM_OPEN_TIMEOUT_S", default=30.0)

# A session's life (design: leases) ----------------------------------------------------

SESSION_MAX_S = env.int("SESSION_MAX_S", default=600)  # 10 minutes
SESSION_IDLE_S = env.int("SESSION_IDLE_S", default=120)  # nothing said, nothing asked
STOP_IDLE_S = env.int("STOP_IDLE_S", default=30)  # what "stop all idle" calls idle
LEASE_S = env.int("LEASE_S", default=6)  # how long a viewer's heartbeat counts
LEASE_REST_S = env.int("LEASE_REST_S", default=120)  # how long a REST call counts
LEASE_GRACE_S = env.int("LEASE_GRACE_S", default=5)  # after a websocket was lost

# Who waits for a seat, and how much anybody may use (0: no limit) -----------------------

QUEUE_OFFER_S = env.int("QUEUE_OFFER_S", default=20)  # a freed seat is kept so long
QUEUE_TICKETS_PER_USER = env.int("QUEUE_TICKETS_PER_USER", default=1)
#: What prices per minute are in, as it is written behind a sum.
COST_CURRENCY = env.str("COST_CURRENCY", default="EUR")
USER_MAX_SESSIONS = env.int("USER_MAX_SESSIONS", default=0)  # at once
USER_MINUTES_PER_DAY = env.int("USER_MINUTES_PER_DAY", default=0)
USER_MINUTES_PER_MONTH = env.int("USER_MINUTES_PER_MONTH", default=0)

# Personas on other sites ------------------------------------------------------------------

EMBED_KEEP_DAYS = env.int("EMBED_KEEP_DAYS", default=7)  # visitors, and their words
EMBED_VISIT_RATE = env.str(
    "EMBED_VISIT_RATE", default="60/min"
)  # by a key, per address
EMBED_KEY_RATE = env.str("EMBED_KEY_RATE", default="600/min")  # new ones, per key

# Who answers ----------------------------------------------------------------------------

OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_MODEL = env.str("OPENAI_MODEL", default="gpt-4o-mini")
OPENAI_TIMEOUT_S = env.float("OPENAI_TIMEOUT_S", default=30.0)
# Who answers when the first model fails, or has not begun after a while.
OPENAI_FALLBACK_MODEL = env.str("OPENAI_FALLBACK_MODEL", default="")
OPENAI_FALLBACK_BASE_URL = env.str("OPENAI_FALLBACK_BASE_URL", default="")
OPENAI_FALLBACK_API_KEY = env.str("OPENAI_FALLBACK_API_KEY", default="")
OPENAI_FALLBACK_AFTER_S = env.float("OPENAI_FALLBACK_AFTER_S", default=8.0)
# Something short is said when an answer takes longer than this (0: never).
FILLER_AFTER_S = env.float("FILLER_AFTER_S", default=2.5)

# Of what was said, so many characters go to the model with each question; of a longer
# conversation the older turns go as a summary. Four characters are about one token.
CONTEXT_MAX_CHARS = env.int("CONTEXT_MAX_CHARS", default=8_000)

# Who writes down what visitors say: the same server, unless another one is named. A key
# goes only to the server that it was given for.
TRANSCRIPTION_BASE_URL = env.str("TRANSCRIPTION_BASE_URL", default="")
TRANSCRIPTION_API_KEY = env.str("TRANSCRIPTION_API_KEY", default="")
if not TRANSCRIPTION_BASE_URL:
    TRANSCRIPTION_BASE_URL = OPENAI_BASE_URL
    TRANSCRIPTION_API_KEY = TRANSCRIPTION_API_KEY or OPENAI_API_KEY
TRANSCRIPTION_MODEL = env.str("TRANSCRIPTION_MODEL", default="whisper-1")
TRANSCRIPTION_TIMEOUT_S = env.float("TRANSCRIPTION_TIMEOUT_S", default=20.0)
TRANSCRIPTION_MAX_S = env.float("TRANSCRIPTION_MAX_S", default=60.0)  # of one recording
TRANSCRIPTION_MAX_BYTES = env.int("TRANSCRIPTION_MAX_BYTES", default=2_097_152)  # 2 MiB
TRANSCRIPTION_RATE = env.str("TRANSCRIPTION_RATE", default="120/min")  # per user

# Documents are found by meaning, too, when an embedding model is named. A key goes only to
# the server that it was given for. A question waits for its vector no longer than this.
EMBEDDINGS_MODEL = env.str("EMBEDDINGS_MODEL", default="")
EMBEDDINGS_BASE_URL = env.str("EMBEDDINGS_BASE_URL", default="")
EMBEDDINGS_API_KEY = env.str("EMBEDDINGS_API_KEY", default="")
if not EMBEDDINGS_BASE_URL:
    EMBEDDINGS_BASE_URL = OPENAI_BASE_URL
    EMBEDDINGS_API_KEY = EMBEDDINGS_API_KEY or OPENAI_API_KEY
EMBEDDINGS_TIMEOUT_S = env.float("EMBEDDINGS_TIMEOUT_S", default=0.25)
EMBEDDINGS_MIN_SIMILARITY = env.float("EMBEDDINGS_MIN_SIMILARITY", default=0.25)

METRICS_TOKEN = env.str(
    "METRICS_TOKEN", default=""
)  # what Prometheus sends; empty: no /metrics

# Django -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "config.admin_app.PortalAdminConfig",  # django.contrib.admin with our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "corsheaders",
    "channels",
    "csp",
    "huey.contrib.djhuey",
    "knox",
    "rest_framework",
    "simple_history",
    "config",
    "personas",
    "streaming",
    "chat",
    "frontend",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "frontend.context.page",
            ],
        },
    },
]

# Data --------------------------------------------------------------------------------------

STATE_DIR.mkdir(parents=True, exist_ok=True)

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db(
        "DATABASE_URL", default=f"sqlite:///{STATE_DIR}/greenroom.sqlite3"
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A writer that starts as a reader cannot be queued by SQLite, only refused; so every
    # transaction says at its start that it writes, and waits its turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0  # a thread per request under ASGI
    # The server may have been restarted since; a pool would hand out its dead connections.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A request holds its connection also while it waits for an avatar or a model.
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_MAX", default=40),
    }

REDIS_URL = env.str("REDIS_URL", default="")
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# The worker's queue: beside the database it works for.
HUEY: dict[str, Any] = {
    "name": "greenroom",
    "immediate": False,
    "consumer": {"workers": 1, "periodic": True},
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    HUEY |= {
        "huey_class": "huey.SqliteHuey",
        "filename": str(STATE_DIR / "huey.sqlite3"),
    }
else:
    HUEY |= {"huey_class": "huey.PostgresHuey", "dsn": env.str("DATABASE_URL")}

# Languages, times ----------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each by its own name, whatever language the page is in.
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fr", "Français"),
]
LOCALE_PATHS = [BASE_DIR / "frontend" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# Static files -----------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.static_files.StaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

# Signing in ----------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_FORMS = {
    "login": "frontend.forms.SignInForm",
    "signup": "frontend.forms.SignUpForm",
}
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# Whether an address has to be shown to be one's own: never, asked for, or before one
# comes in.
EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", default="none")
if EMAIL_VERIFICATION not in ("none", "optional", "mandatory"):
    raise ImproperlyConfigured(
        "EMAIL_VERIFICATION is none, optional or mandatory, and not "
        f"{EMAIL_VERIFICATION!r}."
    )
ACCOUNT_EMAIL_VERIFICATION = EMAIL_VERIFICATION
ACCOUNT_SIGNUP_FIELDS = [
    "username*",
    "email*" if EMAIL_VERIFICATION == "mandatory" else "email",
    "password1*",
    "password2*",
]
ACCOUNT_USERNAME_BLACKLIST = ["demo"]  # the local demo's user; see config/demo.py
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Greenroom: "
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password, a new way to sign in, …
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # for changing how one can sign in
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
# What is counted is in the cache, which several processes share by REDIS_URL.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",  # key: of one name, wherever it is tried from
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/180s/key",
    "reauthenticate": "10/m/user",
}
# Whose address a request came from: as many proxies as stand before us are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
SOCIALACCOUNT_FORMS = {"signup": "frontend.forms.SocialSignUpForm"}
SOCIALACCOUNT_PROVIDERS = social_providers(env)
INSTALLED_APPS += [
    f"allauth.socialaccount.providers.{name}" for name in SOCIALACCOUNT_PROVIDERS
]
_email = env.email_url("EMAIL_URL", default="consolemail://")
vars().update({name: value for name, value in _email.items() if value is not None})
# For each of the mail server's answers; somebody waits for the page meanwhile.
EMAIL_TIMEOUT = env.float("EMAIL_TIMEOUT_S", default=10.0)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="greenroom@localhost")

KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105  (a name; frontend names its tokens)
REST_KNOX = {
    "TOKEN_TTL": None,
    "TOKEN_LIMIT_PER_USER": 20,
    "AUTH_HEADER_PREFIX": "Token",
}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # each view says who may call (config/api.py)
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["config.renderers.JsonRenderer"],
    "DEFAULT_THROTTLE_RATES": {
        "user": API_RATE,
        "transcription": TRANSCRIPTION_RATE,
        "embed_visit": EMBED_VISIT_RATE,
        "embed_key": EMBED_KEY_RATE,
    },
    "EXCEPTION_HANDLER": "config.error_replies.handle_exception",
}

# What browsers are told ----------------------------------------------------------------------------

# The documented API answers any origin, never with cookies; see config/api.py for what a
# foreign page may do there.
CORS_ALLOW_ALL_ORIGINS = not (origins := env.list("CORS_ALLOWED_ORIGINS", default=[]))
CORS_ALLOWED_ORIGINS = origins
CORS_ALLOW_CREDENTIALS = False
CORS_URLS_REGEX = r"^/(persona|openai)(/|$)"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", "https:"],  # any picture as a background
        "media-src": [SELF, "blob:", "mediastream:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        # Browsers also ask this of where a form's answer leads: to whoever signs one in.
        "form-action": [SELF, *social_origins(env)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = "Lax"

if PRODUCTION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_S", default=31_536_000)  # a year
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Logs -----------------------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},  # its INFO lines are one per upstream call
        "httpcore": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},  # the same, of the model's library
        "openai": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
    },
}
