"""All settings, read from the environment in this one place.

What an operator sets: DATABASE_URL (the application's role), REDIS_URL, SECRET_KEY, SITE_URL, EMAIL_URL,
FILES_ROOT; for commands that change the schema also DATABASE_OWNER_URL, which web and worker never get.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
import rest_framework
from celery.schedules import crontab

from exchange.limits import sign_in_limits

env = environ.Env()
VERSION = "0.1.0"
BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where the portal stands -------------------------------------------------------------------------------------
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
SITE = urlsplit(SITE_URL)
# Cookies travel over TLS only, wherever the portal is reached by TLS. Plain http is for localhost: exchange/checks.py.
OVER_TLS = SITE.scheme == "https"
# The key, and after it those that were the key before: what was signed with them still holds. A line each, or spaces.
SECRET_KEY, *SECRET_KEY_FALLBACKS = env.str("SECRET_KEY").split() or [""]
DEBUG = env.bool("DEBUG", default=False)
EXERCISE = env.str("EXERCISE", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[SITE.hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- Parts -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "guardian",
    "exchange.apps.ExchangeConfig",
    "accounts",
    "agencies",
    "audit",
    "notifications",
    "cases",
    "mla",
    "figures",
    "exports",
    "api",
]

MIDDLEWARE = [
    "exchange.middleware.EachClick",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "exchange.middleware.ResponseHeaders",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "exchange.middleware.Maintenance",
    "exchange.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "exchange.middleware.PersonLocale",
    "exchange.middleware.KeepTyped",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "exchange.middleware.CurrentStanding",
    "cases.middleware.NotVisibleNotThere",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "exchange.middleware.RefusedMethods",
]

ROOT_URLCONF = "exchange.urls"
WSGI_APPLICATION = "exchange.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "exchange.context.frame",
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
COTTON_DIR = "components"

# --- Data --------------------------------------------------------------------------------------------------------
# The application's role owns nothing. The alias "owner" exists only where DATABASE_OWNER_URL is set: in commands.
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if env.str("DATABASE_OWNER_URL", default=""):
    DATABASES["owner"] = env.db_url("DATABASE_OWNER_URL")
# A server that is there and says nothing is away: nobody waits for it without an end.
for _database in DATABASES.values():
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

# Where pg_dump and pg_restore of backups are, when not on PATH.
POSTGRES_PROGRAMS = env.str("POSTGRES_PROGRAMS", default="")

# In the database, so that sign-in and its limits stand while the broker is away.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "exchange_cache"}}

# --- People ------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
# Links that are mailed: how long they work, and how often one address of the network may try or ask.
INVITATION_DAYS = env.int("INVITATION_DAYS", default=14)
PASSWORD_LINK_HOURS = env.int("PASSWORD_LINK_HOURS", default=4)
ACCOUNT_RATE_LIMITS = {
    "unknown_link": "20/10m/ip",
    "ask_password_link": "20/10m/ip,3/1h/key",
    # A ministry signs in at nine, all through one address.
    **sign_in_limits(env.int("SIGN_INS_A_MINUTE", default=300)),
}

# Twelve hours at most; the browser forgets at its end. A page left open overnight: exchange.middleware.KeepTyped.
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OVER_TLS
SESSION_COOKIE_NAME = "__Host-sid" if OVER_TLS else "sid"
CSRF_COOKIE_NAME = "__Host-csrf" if OVER_TLS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "exchange.views.csrf_failure"

# guardian is the store of object permissions, never the one that answers: cases/access.py does.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# W001 asks for guardian's authentication backend, which would answer has_perm: the product asks no such question.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W004", "security.W008", "security.W012", "security.W016"]

# --- Language and time -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
# And the words of Django REST framework, of which no page, template or static file is installed.
LOCALE_PATHS = [BASE_DIR / "locale", Path(rest_framework.__file__).parent / "locale"]
LANGUAGE_COOKIE_SECURE = OVER_TLS
LANGUAGE_COOKIE_HTTPONLY = True
FORMAT_MODULE_PATH = ["exchange.formats"]
USE_TZ = True
TIME_ZONE = "UTC"

# --- What a browser may do ---------------------------------------------------------------------------------------
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = OVER_TLS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# Only behind a proxy that sets this header itself and drops the client's.
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None
# How many proxies of ours replace X-Forwarded-For, or add to it, the last of them last: limits on signing in then count
# addresses of people. A proxy that passes on what a client wrote there would let it choose its address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)
SECURE_SSL_REDIRECT = False
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")
}

# --- For programs: docs/adr/0043-api.md -----------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.SessionOnly"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["api.parsing.StrictJSON"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.AlwaysJSON",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Comity",
    "VERSION": "1",
    "OAS_VERSION": "3.0.3",
    "ENFORCE_NON_BLANK_FIELDS": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "POSTPROCESSING_HOOKS": ["api.describing.finish"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [],
}

# --- Files -------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / ".static"))
FILES_ROOT = Path(env.str("FILES_ROOT", default=str(BASE_DIR / ".files")))
# While this file is there the portal rests: docs/maintenance.md.
MAINTENANCE_FILE = Path(env.str("MAINTENANCE_FILE", default=str(FILES_ROOT / "maintenance")))
UPLOAD_LIMIT_MB = env.int("UPLOAD_LIMIT_MB", default=25)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_ROOT}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# A file goes to the disk as it arrives, and is refused at the limit before it is whole.
FILE_UPLOAD_HANDLERS = [
    "cases.uploads.CountWhileItArrives",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Mail --------------------------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
EMAIL_HOST = EMAIL_CONFIG["EMAIL_HOST"]
EMAIL_PORT = EMAIL_CONFIG["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL_CONFIG["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"Comity <no-reply@{SITE.hostname}>")

# --- Celery ------------------------------------------------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 60
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Beat looks at least so often what is due: a clock that is set, or a schedule that changed, waits no longer.
CELERY_BEAT_SCHEDULER = "exchange.pulse:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
# Touched by worker and beat while they work: exchange/pulse.py.
PULSE_FILE = env.str("PULSE_FILE", default="")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Celery's defaults hang a publisher for three quarters of a minute on a frozen broker; ours fails within two seconds.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0.05,
    "interval_max": 0.1,
}
OUTBOX_RESEND_SECONDS = 5
# Often, and each time for whatever is due and not done yet: a beat that was away, or started anew, misses nothing.
SUMMARY_SECONDS = 60
REMINDER_SECONDS = 15 * 60
CELERY_BEAT_SCHEDULE = {
    "send again what is not done": {
        "task": "notifications.tasks.resend",
        "schedule": OUTBOX_RESEND_SECONDS,
        "options": {"expires": OUTBOX_RESEND_SECONDS},
    },
    "send the daily summaries whose hour has come": {
        "task": "notifications.tasks.summarise",
        "schedule": SUMMARY_SECONDS,
        "options": {"expires": SUMMARY_SECONDS},
    },
    "remind of what is due": {
        "task": "notifications.tasks.remind",
        "schedule": REMINDER_SECONDS,
        "options": {"expires": REMINDER_SECONDS},
    },
    "forget what is of no use any more": {"task": "agencies.tasks.forget", "schedule": 60 * 60},
    "sweep files that no document names": {"task": "cases.tasks.sweep", "schedule": 60 * 60},
    "leave no need-to-know case to nobody": {"task": "cases.tasks.settle", "schedule": 60 * 60},
    "tend the exports of agencies' data": {"task": "exports.tasks.tend", "schedule": 60, "options": {"expires": 60}},
    # Asks often whether the day's figures are there; makes them once.
    "make the day's figures": {"task": "figures.tasks.renew", "schedule": 10 * 60, "options": {"expires": 10 * 60}},
    "forget what was searched for": {"task": "cases.tasks.forget", "schedule": 60 * 60},
    # At night in the region.
    "sweep old sendings of forms": {"task": "accounts.tasks.sweep", "schedule": crontab(hour="21", minute="7")},
    "sweep what was told": {"task": "notifications.tasks.sweep", "schedule": crontab(hour="21", minute="17")},
}

# --- Logs: ids and codes, never content --------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "exchange.logs.Line", "words": DEBUG},
        "json": {"()": "exchange.logs.JSON"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            # For a program where the portal is in use, for a terminal on somebody's own machine.
            "formatter": env.str("LOG_FORMAT", default="json" if OVER_TLS else "line"),
        }
    },
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # Of the level that its own command gives it: exchange/serving.py.
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
        "django.db.backends": {"level": "WARNING"},
    },
}
