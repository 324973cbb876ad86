from pathlib import Path

from django.core.management.base import BaseCommand

from anji_police.accounts.credentials import Spec, make, write
from anji_police.accounts.roles import Role

SPECS = (
    Spec("officer", "李明", Role.OFFICER, "孝源派出所", police_number="051201"),
    Spec("officer2", "沈佳", Role.OFFICER, "梅溪派出所", police_number="051307"),
    Spec("chief", "王建国", Role.STATION_CHIEF, "孝源派出所", police_number="050816"),
    Spec("duty", "陈磊", Role.DUTY_DESK, "指挥中心", police_number="050932"),
    Spec("leader", "何志强", Role.LEADERSHIP, "安吉县公安局", police_number="050103"),
    Spec("system", "方晓东", Role.SYSTEM_ADMIN, "安吉县公安局", police_number="051110"),
    Spec("security", "周敏", Role.SECURITY_ADMIN, "安吉县公安局", police_number="051111"),
    Spec("auditor", "吴静", Role.AUDIT_ADMIN, "安吉县公安局", police_number="051112"),
    Spec("mediator", "金水根", Role.MEDIATOR),
    Spec("volunteer", "张阿龙", Role.VOLUNTEER),
    Spec("warden", "潘永福", Role.WARDEN),
    Spec("village", "施美琴", Role.VILLAGE_COMMITTEE, village="尚书干村委会"),
    Spec("department", "许文彬", Role.PARTNER_DEPARTMENT),
    Spec("enterprise", "郑海燕", Role.ENTERPRISE_CONTACT),
)


class Command(BaseCommand):
    help = "Makes one demonstration account for each role. Accounts that exist are left alone."

    def add_arguments(self, parser):
        parser.add_argument(
            "--credentials", type=Path, required=True, help="file for names and passwords (mode 600)"
        )

    def handle(self, *args, credentials: Path, **options):
        lines = []
        for spec in SPECS:
            demo = Spec(**{**spec.__dict__, "is_demo": True})
            password = make(demo, must_change=False)
            if password is not None:
                lines.append(f"{spec.username:<12}{password}   {spec.name}，{spec.role.label}")
        if lines:
            write(credentials, lines)
        self.stdout.write(f"{len(lines)} accounts made; their passwords are in {credentials}")
