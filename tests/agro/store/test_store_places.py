import pytest
from shapely.geometry import box

from agro.errors import ConflictError, InputError, MissingDataError, NotFoundError
from agro.farm import Boundary, Farm, Region, Station
from agro.store import EVERYTHING, Scope


def test_a_home_is_one_region_in_one_crs(store):
    with pytest.raises(MissingDataError, match="citrus init"):
        store.region()
    region = Region("r1", "样例县", "EPSG:32648", synthetic=True)
    store.save_region(region)
    store.save_region(region)
    assert store.region() == region
    with pytest.raises(ConflictError, match="needs another home"):
        store.save_region(Region("r1", "样例县", "EPSG:32649", synthetic=True))


def test_importing_the_same_boundaries_again_adds_none(store):
    def file(names):
        return [Boundary("", name, "township", box(108 + at, 30, 109 + at, 31)) for at, name in enumerate(names)]

    assert store.save_boundaries(file(["Hillside", "Valley"])) == (2, 0)
    assert store.save_boundaries(file(["Hillside", "Valley"])) == (0, 0)
    assert store.save_boundaries([Boundary("", "Valley", "township", box(109, 30, 110.5, 31))]) == (0, 1)
    assert store.save_boundaries([Boundary("", "Valley", "township", box(100, 20, 101, 21))]) == (
        1,
        0,
    )  # another one of that name
    told = store.boundaries("township")
    assert list(told["name"]) == ["Hillside", "Valley", "Valley"]
    assert told.crs == "EPSG:4326"
    assert store.boundaries("village").empty


def test_farms_have_owners_that_exist(store):
    owner = store.add_account("grower", None, "grower")
    assert store.save_farms([Farm("f1", "Upper Terrace", owner), Farm("f2", "River Bend")]) == (2, 0)
    assert store.save_farms([Farm("f2", "River Bend", owner)]) == (0, 1)
    assert store.farms(EVERYTHING) == [Farm("f2", "River Bend", owner), Farm("f1", "Upper Terrace", owner)]
    assert store.farms(Scope(farms=frozenset({"f1"}))) == [Farm("f1", "Upper Terrace", owner)]
    with pytest.raises(NotFoundError, match="no account 'nobody'"):
        store.save_farms([Farm("f3", "Ridge", "nobody")])
    with pytest.raises(InputError, match="id and a name"):
        store.save_farms([Farm("f3", " ")])


def test_a_station_is_found_by_id_and_name(store):
    station = Station("s1", "Valley floor", 108.5, 30.9, 180.0, source="invented", synthetic=True)
    assert store.save_station(station) == (1, 0)
    assert store.save_station(station) == (0, 0)
    assert store.stations() == [station] == [store.station("s1")] == [store.station("Valley floor")]
    with pytest.raises(NotFoundError, match="stored: Valley floor"):
        store.station("Ridge")
