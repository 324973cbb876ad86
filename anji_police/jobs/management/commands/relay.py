"""The relay: hands due Job rows to Celery, the moment they are committed or come due."""

import select
import signal
import time

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from anji_police.jobs import services, tasks

log = structlog.get_logger(__name__)
SWEEP_SECONDS = 5  # due dates, expired leases, and notifications that were missed
PAUSE_SECONDS = 2  # after a fault of the database or the broker


class Command(BaseCommand):
    help = "Hand due jobs to Celery. Several may run; each job is handed out by one of them."

    def handle(self, **options):
        self.running = True
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        while self.running:
            try:
                self._listen()
            except (DatabaseError, InterfaceError) as error:
                log.warning("relay_lost_database", error=str(error))
                connection.close()
                time.sleep(PAUSE_SECONDS)

    def _stop(self, *_args) -> None:
        self.running = False

    def _listen(self) -> None:
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute("LISTEN jobs")
        raw = connection.connection
        while self.running:
            if not self._hand_out():
                time.sleep(PAUSE_SECONDS)
                continue
            ready, _write, _error = select.select([raw], [], [], SWEEP_SECONDS)
            if ready:
                raw.poll()
                raw.notifies.clear()

    def _hand_out(self) -> bool:
        """Send all that is due; False when the broker takes nothing."""
        while ids := services.claim_due():
            for place, job_id in enumerate(ids):
                try:
                    tasks.run.apply_async((job_id,), retry=False)
                except (BrokerError, RedisError, OSError) as error:
                    log.warning("relay_lost_broker", error=str(error))
                    services.give_back(ids[place:])
                    return False
        return True
