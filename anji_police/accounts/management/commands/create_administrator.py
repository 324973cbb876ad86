from pathlib import Path

from django.core.management.base import BaseCommand

from anji_police.accounts.credentials import Spec, make, write
from anji_police.accounts.roles import Role


class Command(BaseCommand):
    help = (
        "Makes the first system administrator of an empty bureau, who makes the other accounts and appoints the first "
        "security administrator. Does nothing when the account exists."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--credentials", type=Path, required=True, help="file for name and password (mode 600)"
        )
        parser.add_argument("--username", default="administrator")

    def handle(self, *args, credentials: Path, username: str, **options):
        password = make(Spec(username, "系统管理员", Role.SYSTEM_ADMIN, "安吉县公安局"), must_change=True)
        if password is None:
            self.stdout.write(f"{username} exists and was left alone")
            return
        write(credentials, [f"{username:<16}{password}   must be changed at the first sign-in"])
        self.stdout.write(f"{username} was made; the password is in {credentials}")
