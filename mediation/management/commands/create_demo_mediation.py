"""People to try mediation with: made once, all marked as demonstration."""

from datetime import date, timedelta

from django.core.management.base import BaseCommand
from django.db import transaction

from anji_police.accounts.models import User
from anji_police.periods import today
from anji_police.places.models import Place, Unit
from mediation import demo, services
from mediation.models import Committee, Dispute, Mediator, ServiceStation, Team

TOWNSHIP, STATION = "330523004", "孝源派出所"
TEAMS = (("金寨乡音调解团", "341524", ("江淮官话",)), ("镇雄乡音调解团", "530627", ("西南官话",)))
# name, team (None: of the committee), township
MEDIATORS = (
    ("金水根", None, "330523004"),
    ("张守源", 0, "330523004"),
    ("汪德胜", 0, "330523001"),
    ("余明芳", 0, "330523002"),
    ("方启贵", 0, "330523111"),
    ("陈朝碧", 1, "330523004"),
    ("王正才", 1, "330523110"),
    ("李国琴", 1, "330523001"),
    ("施国良", None, "330523110"),
    ("潘月仙", None, "330523105"),
    ("章建新", None, "330523111"),
    ("俞小妹", None, "330523003"),
)
LOCAL = "330523"


class Command(BaseCommand):
    help = "Makes stations, committees, 212 hometown teams, 2,524 mediators and three years of disputes for demonstration, once."

    def add_arguments(self, parser):
        parser.add_argument("--few", action="store_true", help="only the two teams and twelve mediators")

    def handle(self, *args, few: bool = False, **options):
        if Mediator.objects.filter(is_demo=True).exists():
            self.stdout.write("The demonstration mediators are there already.")
            return
        with transaction.atomic():
            self._make()
            if not few:
                demo.make()
                demo.live(User.objects.filter(username="officer", is_demo=True).first() or demo.clerk())
        self.stdout.write(
            f"{Mediator.objects.count()} demonstration mediators in {Team.objects.count()} teams and "
            f"{Dispute.objects.count()} disputes were made."
        )

    def _make(self) -> None:
        places = {p.code: p for p in Place.objects.all()}
        unit = (
            Unit.objects.get(short_name=STATION) if Unit.objects.filter(short_name=STATION).exists() else None
        )
        unit = unit or Unit.objects.stations().order_by("code").first()
        station = ServiceStation.objects.get_or_create(
            name="孝源新居民服务站", defaults={"place": places[TOWNSHIP], "unit": unit, "is_demo": True}
        )[0]
        committee = Committee.objects.get_or_create(
            name="孝源街道人民调解委员会", defaults={"place": places[TOWNSHIP], "is_demo": True}
        )[0]
        teams = [
            Team.objects.create(
                name=name,
                origin=places[origin],
                dialects=list(dialects),
                station=station,
                founded_on=date(2021, 3, 1),
                is_demo=True,
            )
            for name, origin, dialects in TEAMS
        ]
        account = User.objects.filter(username="mediator", is_demo=True).first()
        start = today().replace(month=1, day=1)
        for number, (name, team, township) in enumerate(MEDIATORS):
            own = teams[team] if team is not None else None
            mediator = services.add_mediator(
                actor=None,
                name=name,
                origin=own.origin if own else places[LOCAL],
                place=places[township],
                phone=f"1390000{number:04d}",
                team=own,
                dialects=own.dialects if own else ["吴语"],
                born_on=date(1968, 5, 1) + timedelta(days=400 * number),
                user=account if number == 0 else None,
                is_demo=True,
            )
            if number % 3 == 0:
                services.appoint(
                    actor=None,
                    mediator=mediator,
                    committee=committee,
                    start=start,
                    end=start + timedelta(days=1096),
                )
