import io
import json

import pytest
import shapely
from django.contrib.gis.geos import Polygon
from django.core.management import CommandError, call_command
from django.db.models import Q

from anji_police.geo import wgs84_to_gcj02
from anji_police.places import reference, services
from anji_police.places.areas import to_shapely
from anji_police.places.management.commands.load_reference import loaders
from anji_police.places.models import Jurisdiction, Place, Unit

pytestmark = pytest.mark.usefixtures("county")


def townships():
    return list(Place.objects.townships())


def test_divisions_of_the_county_and_the_country():
    assert (len(townships()), Place.objects.villages().count()) == (15, 218)
    assert Place.objects.filter(level="province").count() == 31
    assert Place.objects.get(code="330523004204").parent.name == "孝源街道"
    assert Place.objects.get(code="330523").parent.parent.name == "浙江省"
    assert not Place.objects.filter(~Q(level="province"), parent=None).exists()


def test_every_seat_lies_in_its_own_area():
    for place in townships():
        assert place.area_source == "derived"
        assert services.place_at(place.seat) == place


def test_derived_areas_cover_the_county_without_overlap():
    county = to_shapely(Place.objects.get(code="330523").area)
    areas = [to_shapely(place.area) for place in townships()]
    union = shapely.union_all(areas)
    # Square degrees: 1e-9 is about ten square metres.
    assert union.symmetric_difference(county).area < 1e-9
    assert sum(area.area for area in areas) - union.area < 1e-9


def test_loading_again_changes_nothing():
    before = list(Place.objects.order_by("pk").values_list("pk", "name", "area_source"))
    out = io.StringIO()
    reference.load(out)
    assert out.getvalue().startswith(
        "places: 0 divisions, 0 outlines, 0 seats and 0 derived areas written; 0 units added"
    )
    assert list(Place.objects.order_by("pk").values_list("pk", "name", "area_source")) == before


def test_a_wrong_name_is_put_right_but_a_renamed_unit_stays():
    Place.objects.filter(code="330523004").update(name="孝源乡")
    Unit.objects.filter(code="330523540000").update(name="新名")
    reference.load(io.StringIO())
    assert Place.objects.get(code="330523004").name == "孝源街道"
    assert Unit.objects.get(code="330523540000").name == "新名"


def test_units_form_a_tree_below_the_bureau():
    bureau = services.bureau()
    assert (bureau.name, bureau.path) == ("安吉县公安局", f"/{bureau.pk}/")
    assert Unit.objects.stations().count() == 15
    squad = Unit.objects.get(short_name="晓墅中队")
    assert squad.parent.short_name == "交警大队"
    assert squad.path == f"{squad.parent.path}{squad.pk}/"
    assert set(Unit.objects.under(bureau)) == set(Unit.objects.all())
    assert Jurisdiction.objects.count() == 15


def square(lon: float, lat: float, half: float = 0.01) -> list:
    return [
        [lon - half, lat - half],
        [lon + half, lat - half],
        [lon + half, lat + half],
        [lon - half, lat + half],
        [lon - half, lat - half],
    ]


def collection(tmp_path, code: str, ring: list):
    file = tmp_path / "official.geojson"
    feature = {
        "type": "Feature",
        "properties": {"code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    return str(file)


def test_an_official_area_replaces_the_derived_one_and_is_never_overwritten(tmp_path):
    call_command(
        "import_township_areas",
        collection(tmp_path, "330523004", square(119.61, 30.625)),
        stdout=io.StringIO(),
    )
    reference.load(io.StringIO())
    official = Place.objects.get(code="330523004")
    assert official.area_source == "official"
    assert official.area.equals(Polygon(square(119.61, 30.625)))
    others = [to_shapely(p.area) for p in townships() if p != official]
    assert max(area.intersection(to_shapely(official.area)).area for area in others) < 1e-12


def test_an_official_area_in_gcj02_is_stored_as_wgs84(tmp_path):
    ring = [list(wgs84_to_gcj02(*corner)) for corner in square(119.61, 30.625)]
    call_command(
        "import_township_areas", collection(tmp_path, "330523004", ring), datum="gcj02", stdout=io.StringIO()
    )
    area = Place.objects.get(code="330523004").area
    assert area[0].equals_exact(Polygon(square(119.61, 30.625), srid=4326), 1e-6)


def test_a_file_with_an_unknown_code_or_a_broken_shape_imports_nothing(tmp_path):
    bow_tie = [[119.6, 30.6], [119.7, 30.7], [119.7, 30.6], [119.6, 30.7], [119.6, 30.6]]
    for code, ring in (("330523999", square(119.61, 30.625)), ("330523004", bow_tie)):
        with pytest.raises(CommandError, match="nothing was imported"):
            call_command("import_township_areas", collection(tmp_path, code, ring))
    assert not Place.objects.filter(area_source="official").exists()


def test_load_reference_runs_the_apps_in_order():
    labels = [label for label, _load in loaders()]
    assert labels[0] == "places"
    assert "workflow" in labels
    call_command("load_reference", stdout=io.StringIO())
