import math

import pytest

from anji_police import geo
from anji_police.errors import InvalidInput

pytestmark = pytest.mark.smoke


def test_gcj02_of_the_county_seat():
    lon, lat = geo.wgs84_to_gcj02(119.6803, 30.6387)
    assert (round(lon, 6), round(lat, 6)) == (119.685184, 30.636255)


def test_back_from_gcj02_is_right_to_a_centimetre():
    lon, lat = geo.gcj02_to_wgs84(*geo.wgs84_to_gcj02(119.61, 30.625))
    metres = math.hypot((lon - 119.61) * 95_700, (lat - 30.625) * 111_000)
    assert metres < 0.01


def test_outside_china_the_datums_are_the_same():
    assert geo.wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)


@pytest.mark.parametrize(("lon", "lat"), [("x", 30), (None, 30), (float("nan"), 30), (181, 30), (119, 91)])
def test_what_is_no_place_on_earth_is_refused(lon, lat):
    with pytest.raises(InvalidInput):
        geo.point(lon, lat)


def test_a_point_of_a_chinese_map_is_stored_as_wgs84():
    point = geo.point(119.685184, 30.636255, datum="gcj02")
    assert point.srid == 4326
    assert (round(point.x, 5), round(point.y, 5)) == (119.6803, 30.6387)
