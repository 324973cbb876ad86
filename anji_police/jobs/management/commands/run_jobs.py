from django.core.management.base import BaseCommand

from anji_police.jobs import services


class Command(BaseCommand):
    help = (
        "Do all jobs that are due in this process, without the broker: for repairs and for trying things out."
    )

    def handle(self, **options):
        self.stdout.write(f"{services.run_due()} jobs were run.")
