"""PostGIS as the tests use it: made by a superuser, then used as the application's role.

Emptying the tables between transactional tests is the one thing that role must not be able to do, so the flush steps up
for its own statements, and past the triggers that protect the trail.
"""

from django.contrib.gis.db.backends.postgis.base import DatabaseWrapper as PostGISWrapper
from django.contrib.gis.db.backends.postgis.operations import PostGISOperations


class DatabaseOperations(PostGISOperations):
    def execute_sql_flush(self, sql_list):
        with self.connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET session_replication_role = replica")
        try:
            super().execute_sql_flush(sql_list)
        finally:
            with self.connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = DEFAULT")
                if self.connection.acting_role:
                    cursor.execute(f"SET ROLE {self.connection.acting_role}")


class DatabaseWrapper(PostGISWrapper):
    ops_class = DatabaseOperations

    @property
    def acting_role(self) -> str:
        return self.settings_dict.get("ACTING_ROLE", "")

    def init_connection_state(self):
        super().init_connection_state()
        if self.acting_role:
            with self.cursor() as cursor:
                cursor.execute(f"SET ROLE {self.acting_role}")
