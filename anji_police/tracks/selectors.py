"""What a track covered. Lengths and areas are those on the ellipsoid (geography), in metres."""

from django.db import connection

from anji_police.tracks.models import Track


def coverage(track: Track, geometry, reach_m: float) -> float | None:
    """The share (0 to 1) of `geometry` (line or polygon, SRID 4326) within `reach_m` metres of the track's line.

    None when the line was purged, or the geometry has neither length nor area.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH way AS (SELECT ST_Buffer(line::geography, %s)::geometry AS near FROM tracks_track WHERE id = %s AND line IS NOT NULL),
                 asked AS (SELECT ST_GeomFromEWKB(%s) AS shape)
            SELECT CASE WHEN ST_Dimension(shape) = 2
                THEN ST_Area(ST_Intersection(shape, near)::geography) / NULLIF(ST_Area(shape::geography), 0)
                ELSE ST_Length(ST_Intersection(shape, near)::geography) / NULLIF(ST_Length(shape::geography), 0) END
            FROM way, asked
            """,
            [reach_m, track.pk, bytes(geometry.ewkb)],
        )
        found = cursor.fetchone()
    return None if found is None or found[0] is None else min(1.0, float(found[0]))


def reached(track: Track, places: list, reach_m: float) -> list[bool]:
    """For each of `places` (Points, SRID 4326), whether a counted position lies within `reach_m` metres. All False after purging."""
    if not places:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT EXISTS (
                SELECT 1 FROM tracks_trackpoint p
                WHERE p.track_id = %s AND p.reason = '' AND ST_DWithin(p.place::geography, ST_GeomFromEWKB(w.shape)::geography, %s)
            ) FROM unnest(%s::bytea[]) WITH ORDINALITY AS w(shape, n) ORDER BY w.n
            """,
            [track.pk, reach_m, [bytes(place.ewkb) for place in places]],
        )
        return [row[0] for row in cursor.fetchall()]
