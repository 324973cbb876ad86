from django.core.management.base import BaseCommand

from anji_police.audit.services import acting
from volunteers import demo
from volunteers.models import Team


class Command(BaseCommand):
    help = "Makes 207 invented volunteer teams with three years of service for demonstration, once."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=demo.SEED)
        parser.add_argument("--teams", type=int, default=demo.TEAMS)
        parser.add_argument("--months", type=int, default=demo.MONTHS)

    def handle(self, *, seed: int, teams: int, months: int, **options):
        if Team.objects.filter(is_demo=True).exists():
            self.stdout.write("The demonstration teams are there already.")
            return
        with acting(reason="demonstration data"):
            counts = demo.make(seed=seed, teams=teams, months=months)
        self.stdout.write(", ".join(f"{count} {what.replace('_', '-')}" for what, count in counts.items()))
