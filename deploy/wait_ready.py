"""Waits until the pages and the worker answer, 90 seconds at most. Exit status 1 when they don't."""

import os
import sys
import time
import urllib.error
import urllib.request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anji_police.settings")
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from anji_police.celery import app


def address() -> str:
    bind = os.environ["BIND"].strip("[]")
    bind = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104
    return f"http://{f'[{bind}]' if ':' in bind else bind}:{os.environ['PORT']}/readyz"


def web_is_ready() -> bool:
    # The answer goes to a plain connection of this machine, also behind the bureau's proxy.
    request = urllib.request.Request(  # noqa: S310  our own address
        address(), headers={"Host": "localhost", "X-Forwarded-Proto": "https"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def worker_is_ready() -> bool:
    try:
        return bool(app.control.ping(timeout=1.0))
    except Exception:
        return False


def main() -> int:
    waiting = {"web": web_is_ready, "worker": worker_is_ready}
    end = time.monotonic() + 90
    while waiting and time.monotonic() < end:
        waiting = {name: ready for name, ready in waiting.items() if not ready()}
        if waiting:
            time.sleep(0.2)
    if waiting:
        print(f"no answer from: {', '.join(waiting)}", file=sys.stderr)
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main())
