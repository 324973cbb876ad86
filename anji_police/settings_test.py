"""Settings of the tests: the same code and database roles, a broker that can't be reached, fast hashing."""

import os
import tempfile
from pathlib import Path

os.environ["SECRET_KEY"] = "tests-only"  # noqa: S105
os.environ["FIELD_KEYS"] = "t1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
os.environ["INDEX_KEYS"] = "t1:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
os.environ["PORTAL_DB_ROLE"] = "owner"  # makes the test database; tests then run as the application's role

from anji_police.settings import *  # noqa: F403
from anji_police.settings import DATABASES, database

DATABASES["default"] = database(
    os.environ.get("DATABASE_TEST_URL", os.environ.get("DATABASE_OWNER_URL", "postgresql:///anji_police"))
)
DATABASES["default"]["ENGINE"] = "tests.postgis"
DATABASES["default"]["OPTIONS"]["options"] = "-c timezone=UTC"
DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
_var = Path(tempfile.mkdtemp(prefix="portal-tests-"))
MEDIA_ROOT = _var / "media"
SMS_FILE_PATH = _var / "sms.jsonl"
STATIC_ROOT = _var / "static"
STATIC_ROOT.mkdir()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BROKER_URL = "redis://broker.invalid:6379/0"  # no test and no request path may talk to the broker
DEMO_WITHOUT_SECOND_FACTOR = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
LANGUAGE_CODE = "zh-hans"
