import gzip
import json

import pytest
import shapely
from django.urls import reverse

pytestmark = pytest.mark.usefixtures("county")


def test_the_map_base_shows_county_neighbours_and_townships_to_anybody(client):
    response = client.get(reverse("places:base-geojson"))
    assert response["Content-Type"].startswith("application/geo+json")
    features = json.loads(response.content)["features"]
    kinds = [feature["properties"]["kind"] for feature in features]
    assert (kinds.count("county"), kinds.count("neighbour"), kinds.count("township")) == (1, 8, 15)
    shapes = {f["id"]: shapely.geometry.shape(f["geometry"]) for f in features}
    assert all(shape.is_valid and not shape.is_empty for shape in shapes.values())
    inner = [f["id"] for f in features if f["properties"]["kind"] == "township"]
    # Simplified borders are still common borders: no gaps and no overlaps to speak of (square degrees).
    union = shapely.union_all([shapes[code] for code in inner])
    assert union.symmetric_difference(shapes["330523"]).area < 1e-6
    assert sum(shapes[code].area for code in inner) - union.area < 1e-6
    assert len(response.content) < 150_000


def test_coordinates_have_five_decimals(client):
    response = client.get(reverse("places:base-geojson"))
    first = json.loads(response.content)["features"][0]["geometry"]["coordinates"][0][0]
    while isinstance(first[0], list):
        first = first[0]
    assert all(round(value, 5) == value for value in first)


def test_it_travels_compressed_and_once(client):
    response = client.get(reverse("places:base-geojson"), headers={"accept-encoding": "gzip"})
    assert json.loads(gzip.decompress(response.content))["type"] == "FeatureCollection"
    assert "Accept-Encoding" in response["Vary"]
    assert response["Cache-Control"] == "public, max-age=600"
    again = client.get(reverse("places:base-geojson"), headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    assert client.post(reverse("places:base-geojson")).status_code == 405


def test_a_second_request_asks_the_database_nothing_about_places(client, django_assert_max_num_queries):
    client.get(reverse("places:base-geojson"))
    with django_assert_max_num_queries(0):
        client.get(reverse("places:base-geojson"))
