"""What pictures say, for programs: an id for every address of a picture, and the rights of the pages."""

import json

import pytest

from agro.store.rights import OPERATOR
from app.services.imagery import walks
from tests.app.api.test_pictures import people, pictured  # noqa: F401

PATHS = ["/v1/scenes", "/v1/areas", "/v1/trees", "/v1/gaps", "/v1/walks"]


def found(people, who, path, **query):  # noqa: F811
    answer = people[who].get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", PATHS)
def test_nobody_and_suppliers_are_refused(people, path):  # noqa: F811
    assert people["nobody"].get(path).status_code == 401
    assert people["supplier"].get(path).status_code == 403


def test_a_scene_of_the_list_is_a_picture(people):  # noqa: F811
    own, every = (found(people, who, "/v1/scenes") for who in ("grower", "station"))
    assert (len(own), len(every)) == (6, 7)  # the neighbour's flight is not among the grower's
    assert all(people["grower"].get(f"/pictures/{one['id']}/true_colour.png").status_code == 200 for one in own)
    assert [one["time"] for one in own] == sorted((one["time"] for one in own), reverse=True)
    assert {one["kind"] for one in found(people, "grower", "/v1/scenes", kind="drone")} == {"drone"}
    assert found(people, "grower", "/v1/scenes", start="2024-09-05", kind="satellite")[0]["sensor"] == "sentinel2_l2a"
    assert people["grower"].get("/v1/scenes", params={"kind": "balloon"}).status_code == 422


def test_areas_are_geojson_of_own_plots(people):  # noqa: F811
    def plots(who, **query):
        features = found(people, who, "/v1/areas", **query)["features"]
        assert all(one["geometry"]["type"] in ("Polygon", "MultiPolygon") for one in features)
        return sorted(one["properties"]["plot"] for one in features)

    assert plots("grower") == ["p03"]
    assert plots("grower", state="all") == ["p03", "p05"]
    assert plots("station") == ["p03", "p10"]
    assert people["grower"].get("/v1/areas", params={"plot": "p10"}).status_code == 404


def test_trees_and_gaps_are_of_the_newest_own_flight(people):  # noqa: F811
    trees = found(people, "grower", "/v1/trees")["features"]
    assert {one["properties"]["tree"] for one in trees} == {1, 2, 3, 4, 5, 7}
    assert {one["properties"]["plot"] for one in trees} == {"p01"}
    assert len(found(people, "station", "/v1/trees")["features"]) == 12
    (gap,) = found(people, "grower", "/v1/gaps")["features"]
    assert (gap["geometry"]["type"], gap["properties"]["n_missing"]) == ("Point", 2)


def test_a_walk_has_its_stops_and_others_do_not_see_it(people, pictured):  # noqa: F811
    walk = walks.begin(OPERATOR, pictured, "f2")
    (listed,) = found(people, "station", "/v1/walks")
    one = found(people, "station", f"/v1/walks/{walk.id}")
    assert listed["id"] == one["id"] == walk.id
    assert one["stops"] == json.loads(json.dumps([dict(stop) for stop in walk.stops]))
    assert (one["geometry"]["type"], one["done"]) == ("LineString", {})
    assert found(people, "grower", "/v1/walks") == []
    assert people["grower"].get(f"/v1/walks/{walk.id}").status_code == 404
