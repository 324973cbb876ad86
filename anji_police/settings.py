"""Settings of the portal, all of them from the environment, which bin/up fills.

Two database roles: PORTAL_DB_ROLE=owner (migrations, partition and key work) takes DATABASE_OWNER_URL; everything else
runs as the application's role, which can't change the trail.
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from anji_police import native

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PORTAL_VAR", BASE_DIR / "var"))


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def database(url: str) -> dict:
    """A DATABASES entry from a postgresql:// address; a socket folder goes in ?host=."""
    parts = urlsplit(url)
    query = {key: values[0] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.contrib.gis.db.backends.postgis",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": query.pop("port", None) or parts.port or "",
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **query},
    }


# A key for each purpose; bin/up makes them once and keeps them in var/secrets.env (mode 600).
SECRET_KEY = os.environ.get("SECRET_KEY", "")
DEBUG = flag("DEBUG")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

# "<key id>:<base64 of 32 bytes>", newest first; the first one encrypts, all of them decrypt.
FIELD_KEYS = [k for k in os.environ.get("FIELD_KEYS", "").split(",") if k]
INDEX_KEYS = [k for k in os.environ.get("INDEX_KEYS", "").split(",") if k]
FIELD_CIPHER = os.environ.get("FIELD_CIPHER", "aes-gcm")  # or sm4-gcm

INSTALLED_APPS = [
    "anji_police.apps.PortalConfig",
    "anji_police.accounts",
    "anji_police.places",
    "anji_police.audit",
    "anji_police.workflow",
    "anji_police.jobs",
    "anji_police.notifications",
    "anji_police.tracks",
    "anji_police.helpdesk",
    "anji_police.reports",
    "anji_police.dashboard",
    "anji_police.ledgers",
    "volunteers",
    "mediation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "django_htmx",
    "django_filters",
    "leaflet",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "django_prometheus",
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "anji_police.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "anji_police.middleware.HostileInputMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "anji_police.accounts.middleware.AccountMiddleware",
    "anji_police.accounts.middleware.SessionRulesMiddleware",
    "anji_police.middleware.RequestLogMiddleware",
    "anji_police.audit.middleware.TrailContextMiddleware",
    "anji_police.memo.MemoMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anji_police.middleware.DomainErrorMiddleware",
    "anji_police.middleware.NoStoreMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "anji_police.urls"
WSGI_APPLICATION = "anji_police.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "anji_police.context.shell",
            ],
            "builtins": [
                "anji_police.templatetags.portal",
                "anji_police.templatetags.portal_lists",
                "anji_police.templatetags.portal_forms",
            ],
        },
    }
]

# -- data ---------------------------------------------------------------------------------------------------------
DB_ROLE = os.environ.get("PORTAL_DB_ROLE", "app")
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql:///anji_police")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", DATABASE_URL)
# The role that the application acts as. Where one login serves both, the connection steps down to it.
DATABASE_APP_ROLE = os.environ.get("DATABASE_APP_ROLE", "anji_app")
DATABASES = {"default": database(DATABASE_OWNER_URL if DB_ROLE == "owner" else DATABASE_URL)}
_limits = (
    ""
    if DB_ROLE == "owner"
    else "-c statement_timeout=30s -c lock_timeout=8s -c idle_in_transaction_session_timeout=60s"
)
_step_down = (
    f"-c role={DATABASE_APP_ROLE}" if DB_ROLE != "owner" and DATABASE_URL == DATABASE_OWNER_URL else ""
)
DATABASES["default"]["OPTIONS"]["options"] = f"-c timezone=UTC -c jit=off {_limits} {_step_down}".strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

GDAL_LIBRARY_PATH = native.gdal()
GEOS_LIBRARY_PATH = native.geos()
os.environ.setdefault("PROJ_DATA", native.proj_data())
os.environ.setdefault("GDAL_DATA", native.gdal_data())

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# Redis is never needed for a right answer: the cache of one process is only a shortcut, counters live in Postgres.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "portal"}}

SESSION_ENGINE = "anji_police.accounts.sessions"  # rows of Postgres
SESSION_COOKIE_AGE = 12 * 3600  # absolute end of a session, ASVS 5.0 item 7.3.2
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_SECONDS", 15 * 60))  # GB/T 22239-2019 8.1.4.1 b
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "anji_police.views.csrf_failure"

# HTTPS ends at the bureau's proxy. Plain HTTP is served on loopback only, so that the portal can be tried.
SERVED_OVER_HTTPS = flag("SERVED_OVER_HTTPS")
SECURE_SSL_REDIRECT = SERVED_OVER_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31536000 if SERVED_OVER_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SERVED_OVER_HTTPS
SECURE_HSTS_PRELOAD = SERVED_OVER_HTTPS
SESSION_COOKIE_SECURE = SERVED_OVER_HTTPS
CSRF_COOKIE_SECURE = SERVED_OVER_HTTPS
if SERVED_OVER_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

# The national map under the county's outlines; without a key no page reaches outside.
TIANDITU_KEY = os.environ.get("TIANDITU_KEY", "")
_tile_hosts = [f"https://t{n}.tianditu.gov.cn" for n in range(8)] if TIANDITU_KEY else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_tile_hosts],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY = {
    "geolocation": ["self"],
    "camera": ["self"],
    "microphone": [],
    "payment": [],
    "usb": [],
    "interest-cohort": [],
}

# -- people -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "anji_police.accounts.backends.RoleBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "anji_police.accounts.passwords.ClassesValidator"},
    {"NAME": "anji_police.accounts.passwords.ReuseValidator"},
]
# Demo accounts may sign in without a second factor. `check --deploy` refuses this.
DEMO_WITHOUT_SECOND_FACTOR = flag("DEMO_WITHOUT_SECOND_FACTOR")
OTP_TOTP_ISSUER = "安吉警务门户"
OTP_TOTP_THROTTLE_FACTOR = 1

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_IPWARE_PROXY_COUNT = 0
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]  # ClientAddressMiddleware has looked through the proxies
AXES_ALLOWED_CORS_ORIGINS = ""
AXES_LOCKOUT_CALLABLE = "anji_police.accounts.views.locked_out"
AXES_VERBOSE = False

MESSAGE_TAGS = {10: "info", 20: "info", 25: "ok", 30: "warn", 40: "danger"}  # the tones of a notice

# -- trail --------------------------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True

# -- words and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_AGE = 31536000
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

# -- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = Path(os.environ.get("PORTAL_MEDIA", VAR_DIR / "media"))  # outside the web root: no URL serves it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
UPLOAD_MAX_FILES = 5
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
UPLOAD_MAX_PIXELS = 50_000_000
UPLOAD_MAX_PAGES = 50

# -- background ---------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# -- words out ----------------------------------------------------------------------------------------------------
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "portal@localhost")
SMS_BACKEND = os.environ.get("SMS_BACKEND", "anji_police.notifications.sms.FileBackend")
SMS_FILE_PATH = VAR_DIR / "sms" / "sent.jsonl"

# -- API ----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "anji_police.api.authentication.TokenAuthentication",
        "anji_police.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["anji_police.api.permissions.HasActionPermission"],
    "DEFAULT_RENDERER_CLASSES": ["anji_police.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "anji_police.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["anji_police.api.filters.FilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "anji_police.api.schema.PortalSchema",
    "DEFAULT_THROTTLE_CLASSES": ["anji_police.api.throttles.AccountThrottle"],
    "EXCEPTION_HANDLER": "anji_police.api.errors.problem",
    "PAGE_SIZE": 50,
    "DATETIME_FORMAT": "iso-8601",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Anji police portal API",
    "DESCRIPTION": "The services behind the portal's pages, as JSON. Errors follow RFC 9457.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "ReportVersionStatusEnum": "anji_police.reports.models.VersionStatus",
        "HelpRequestStatusEnum": "anji_police.helpdesk.models.Status",
        "DisputeStatusEnum": "mediation.models.DisputeStatus",
        "PartyKindEnum": "mediation.models.Party.Kind",
        "ConsentFormEnum": "mediation.models.Party.Form",
        "DisputeTypeEnum": "mediation.models.Dispute.Type",
        "DisputeRiskEnum": "mediation.models.Dispute.Risk",
        "RequestCategoryEnum": "anji_police.helpdesk.questions.Category",
        "TeamCategoryEnum": "volunteers.models.Team.Category",
        "TeamStatusEnum": "volunteers.models.TeamStatus",
        "MemberStatusEnum": "volunteers.models.MemberStatus",
        "QualificationKindEnum": "volunteers.models.Qualification.Kind",
        "ShiftStatusEnum": "volunteers.models.ShiftStatus",
        "ShiftRiskEnum": "volunteers.models.Shift.Risk",
        "SignUpStatusEnum": "volunteers.models.SignUpStatus",
        "CheckMethodEnum": "volunteers.models.Attendance.Method",
        "IncidentStatusEnum": "volunteers.models.IncidentStatus",
        "IncidentKindEnum": "volunteers.models.Incident.Kind",
        "MessageKindEnum": "anji_police.helpdesk.models.Message.Kind",
    },
}

# -- map ----------------------------------------------------------------------------------------------------------
LEAFLET_CONFIG = {
    "SPATIAL_EXTENT": (119.0, 30.2, 120.2, 31.1),
    "DEFAULT_CENTER": (30.62, 119.62),
    "DEFAULT_ZOOM": 10,
    "MIN_ZOOM": 8,
    "MAX_ZOOM": 18,
    "TILES": [],
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": "",
}

# -- logs ---------------------------------------------------------------------------------------------------------
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # RequestLogMiddleware has checked it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "anji_police.logs.json_formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},  # each refusal has its line of RequestLogMiddleware
        "pikepdf": {"level": "WARNING"},  # announces its logger bridge on import
        "axes": {"level": "WARNING"},
        "celery": {"level": "INFO"},
    },
}

# The bureau's own names, printed on pages and papers.
BUREAU_NAME = os.environ.get("BUREAU_NAME", "安吉县公安局")
BUREAU_DOCUMENT_CODE = os.environ.get("BUREAU_DOCUMENT_CODE", "安公")
# To whom the monthly report goes, and who gets copies (主送机关, 抄送机关), separated by commas.
REPORT_ADDRESSEE = os.environ.get("REPORT_ADDRESSEE", "县人民政府")
REPORT_COPIES = [
    c for c in os.environ.get("REPORT_COPIES", "县委政法委,县委办公室,县人民政府办公室").split(",") if c
]
COUNTY_CODE = "330523"
# The unit that looks after volunteer teams in the whole county (治安大队), by its GA 380 code.
VOLUNTEER_BRIGADE_CODE = os.environ.get("VOLUNTEER_BRIGADE_CODE", "330523020000")
DATA_DIR = BASE_DIR / "anji_police" / "data"
BOUNDARY_FILE = Path(os.environ.get("BOUNDARY_FILE", DATA_DIR / "anji_boundary.geojson"))
FONT_DIRS = [
    p for p in os.environ.get("FONT_DIRS", f"{VAR_DIR}/fonts:/usr/share/fonts/opentype/noto").split(":") if p
]

SILENCED_SYSTEM_CHECKS: list[str] = []
LANGUAGE_NAMES = {"zh-hans": _("Simplified Chinese"), "en": _("English")}
