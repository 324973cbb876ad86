#!/usr/bin/env python
"""Django's command line. Commands that change the schema need the owner role: PORTAL_DB_ROLE=owner."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anji_police.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
