"""What can be done in the background. A field registers its work in its `handlers.py`."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from anji_police.periods import SHANGHAI


@dataclass(frozen=True)
class Handler:
    kind: str
    run: Callable
    long: bool
    lease_seconds: int


@dataclass(frozen=True)
class Periodic:
    name: str
    every: str
    at: str
    run: Callable[[str], None]

    def latest_due(self, now: datetime) -> datetime:
        """The last moment at or before `now` at which this was to run, in Asia/Shanghai."""
        local = now.astimezone(SHANGHAI)
        if self.every == "minute":
            return local.replace(second=0, microsecond=0)
        if self.every == "hour":
            moment = local.replace(minute=int(self.at or 0), second=0, microsecond=0)
            return moment if moment <= local else moment - timedelta(hours=1)
        if self.every == "day":
            moment = datetime.combine(local.date(), time.fromisoformat(self.at), tzinfo=SHANGHAI)
            return moment if moment <= local else moment - timedelta(days=1)
        day, clock = self.at.split("T")
        moment = self._in_month(local.year, local.month, int(day), clock)
        if moment > local:
            last = local.replace(day=1) - timedelta(days=1)
            moment = self._in_month(last.year, last.month, int(day), clock)
        return moment

    @staticmethod
    def _in_month(year: int, month: int, day: int, clock: str) -> datetime:
        day = min(day, calendar.monthrange(year, month)[1])
        return datetime.combine(
            datetime(year, month, day, tzinfo=SHANGHAI).date(), time.fromisoformat(clock), tzinfo=SHANGHAI
        )


_handlers: dict[str, Handler] = {}
_periodics: dict[str, Periodic] = {}


def handler(kind: str, *, long: bool = False, lease_seconds: int = 120):
    """Register the worker of `kind`; a kind taken twice fails at start-up.

    Short: `run(job)` inside the transaction that marks the job done, so its effect in the database happens exactly once.
    Long: `run(job, progress)` outside a transaction; it returns None or a callable that is run in the final transaction.
    """

    def register(run):
        if kind in _handlers:
            raise ValueError(f"job kind {kind} is handled twice")
        _handlers[kind] = Handler(kind, run, long, lease_seconds)
        return run

    return register


def periodic(name: str, *, every: str, at: str = ""):
    """Register work that is due once a minute, hour (at="MM"), day (at="HH:MM") or month (at="DDTHH:MM").

    `run(period)` gets the due moment as YYYY-MM-DDTHH:MM in Asia/Shanghai and runs once for it, whatever number of beats
    there are and however late they come; of several missed moments only the last is made up for.
    """
    if every not in {"minute", "hour", "day", "month"}:
        raise ValueError(f"{name}: every is minute, hour, day or month")

    def register(run):
        if name in _periodics:
            raise ValueError(f"periodic job {name} is registered twice")
        _periodics[name] = Periodic(name, every, at, run)
        _handlers[name] = Handler(name, lambda job: run(job.payload["period"]), False, 120)
        return run

    return register


def handler_of(kind: str) -> Handler | None:
    return _handlers.get(kind)


def periodics() -> list[Periodic]:
    return list(_periodics.values())


def kinds() -> list[str]:
    return sorted(_handlers)
