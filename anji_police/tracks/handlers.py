from anji_police.jobs.registry import periodic
from anji_police.tracks import services


@periodic("tracks.purge", every="day", at="03:40")
def purge_tracks(period: str) -> None:
    """Delete positions whose time of keeping is over."""
    services.purge()
