"""What the application's role may do in the database; set again after each migration, by the owner."""

from django.apps import apps
from django.conf import settings
from django.db import connections

# Tables that only ever grow, beside the history tables: a model here has the attribute, or is listed by its label.
APPEND_ONLY_LABELS = ("audit.AuditEntry", "audit.AccessEntry", "audit.Seal")


def append_only_tables() -> list[str]:
    """Names of all trail tables: business events, reads, seals, transitions, and every row-history table."""
    from pghistory.models import Event

    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if (
            issubclass(model, Event)
            and not model._meta.abstract
            and model._meta.managed
            and not model._meta.proxy
        )
        or model._meta.label in APPEND_ONLY_LABELS
        or getattr(model, "APPEND_ONLY", False)
    ]
    return sorted(set(tables))


def apply_grants(sender=None, using="default", **kwargs) -> None:
    """Runs once, after the last app's post_migrate. Raises RuntimeError with one plain sentence when the role is missing."""
    last = [config for config in apps.get_app_configs() if config.models_module is not None][-1]
    if sender is not None and sender.label != last.label:
        return
    connection = connections[using]
    role = settings.DATABASE_APP_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                raise RuntimeError(
                    f"The database has no role {role}: ask its administrator for CREATE ROLE {role} LOGIN, then run again."
                )
            cursor.execute(f'CREATE ROLE "{role}" NOLOGIN')
        cursor.execute("SELECT pg_has_role(current_user, %s, 'member')", [role])
        if not cursor.fetchone()[0]:
            cursor.execute(f'GRANT "{role}" TO CURRENT_USER')
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {quoted}")
        existing = set(connection.introspection.table_names(cursor))
        for table in append_only_tables():
            if table in existing:
                cursor.execute(
                    f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {connection.ops.quote_name(table)} FROM {quoted}"
                )
