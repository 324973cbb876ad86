"""`python -m tests.access.show APP [--write]`: what each role gets from each address of an app, now."""

import os
import sys

import pytest


def main() -> int:
    names = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(names) != 1:
        print(__doc__)
        return 2
    os.environ["ACCESS_APP"] = names[0]
    os.environ["ACCESS_WRITE"] = "1" if "--write" in sys.argv else "0"
    return pytest.main(["-q", "-s", "-p", "no:cacheprovider", "tests/access/printing.py"])


if __name__ == "__main__":
    sys.exit(main())
