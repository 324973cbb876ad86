from django.core.management.base import BaseCommand, CommandError

from anji_police.audit import services


class Command(BaseCommand):
    help = "Walk the chain over the trail and name the first row that was changed, deleted or cut off."

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor", metavar="NUMBER:HASH", help="a chain head noted earlier, as printed in a report"
        )
        parser.add_argument("--seal", action="store_true", help="seal what is not sealed yet before the walk")

    def handle(self, *, anchor, seal, **options):
        if seal:
            services.seal_trail(whole=True)
        pair = None
        if anchor:
            number, _colon, digest = anchor.partition(":")
            if not number.isdigit() or len(digest) != 64:
                raise CommandError("write the anchor as NUMBER:HASH, the hash with all its 64 characters")
            pair = (int(number), digest)
        try:
            count = services.verify_trail(anchor=pair)
        except services.Broken as broken:
            raise CommandError(f"The trail is broken: {broken}") from broken
        number, head = services.chain_head()
        self.stdout.write(f"The trail is whole: {count} links, head {number}:{head}")
