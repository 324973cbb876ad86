"""Sessions as rows of Postgres, as Django keeps them, read without building a query and a model for each request."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from anji_police import plans

_READ = f"SELECT session_data FROM {Session._meta.db_table} WHERE session_key = $1 AND expire_date > $2"  # noqa: S608


class SessionStore(db.SessionStore):
    def load(self) -> dict:
        """What the row holds; an unknown, ended or expired session is empty and gets a new key before it is stored."""
        found = plans.first_row("session", _READ, [self.session_key, timezone.now()])
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])
