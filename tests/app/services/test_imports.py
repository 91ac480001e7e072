"""Files in: what is stored, what stays as it was, and whose farms an import may fill."""

from datetime import date

import numpy as np
import pytest

from agro.errors import ConflictError, InputError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import EVERYTHING, OPERATOR, Scope
from app.services import accounts, imports
from app.services.platform import open_platform
from tests.app import small

NEW = {"name": "新地", "farm": "丙果园", "at": (109.3370, 30.9060)}


@pytest.fixture
def home(small_home):
    platform = open_platform(small_home)
    yield platform
    platform.store.close()


@pytest.fixture
def brought(home, tmp_path):
    """Give a function that imports plots for a viewer."""

    def bring(*plots, viewer=OPERATOR, **answers):
        return imports.commit(viewer, home, "plots", small.write_plots(tmp_path / "more.geojson", *plots), **answers)

    return bring


def plot(home, name, scope=EVERYTHING):
    return home.store.plot(name, scope)


def person(home, name, role, *farms, grants=()):
    """Return a viewer with an account of that role, who owns the farms of these names."""
    account = accounts.add(OPERATOR, home, name, role, None)
    for farm in farms:
        accounts.own(OPERATOR, home, account, farm)
    owned = tuple(farm.id for farm in home.store.farms(EVERYTHING) if farm.owner == account)
    shared = tuple(("write", farm_id(home, farm)) for farm in grants)
    return Viewer(account, name, role, owned, shared)


def farm_id(home, name):
    return next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == name)


def test_an_identical_import_changes_nothing(home, small_home, small_files):
    before = small.standing(small_home)
    for kind, same in (("plots", {"same": 2, "added": 0, "changed": 0}), ("weather", {"added": 0, "filled": 0})):
        counts = imports.commit(OPERATOR, home, kind, getattr(small_files, kind)).counts
        assert same.items() <= counts.items()
    assert small.standing(small_home) == before


def test_what_a_file_leaves_open_stays_as_it_was_told_before(home, brought):
    known = plot(home, "河边地")
    report = brought({"name": "河边地", "farm": "甲果园", "at": (109.3351, 30.9050), "株行距": "4x3"})
    now = plot(home, "河边地")
    assert report.counts["changed"] == 1
    assert (now.id, now.cultivar, now.planted) == (known.id, "navel", 2010)
    assert now.spacing == (4.0, 3.0)
    assert now.elevation is not None
    assert not now.geometry.equals(known.geometry)


def test_a_pin_never_takes_the_place_of_a_drawn_outline(home, tmp_path):
    known = plot(home, "河边地")
    path = tmp_path / "pins.csv"
    path.write_text(
        "name,farm,lon,lat,mu,品种\n河边地,甲果园,109.3356,30.9056,9,砂糖橘乙\n新桩,甲果园,109.338,30.906,3,\n", "utf-8"
    )
    imports.commit(OPERATOR, home, "plots", path)
    now, pinned = plot(home, "河边地"), plot(home, "新桩")
    assert now.geometry.equals(known.geometry)
    assert (now.area, now.cultivar) == (known.area, "navel")
    assert pinned.assumed == ("geometry",)
    assert pinned.area == pytest.approx(2000, rel=1e-3)


def test_ages_count_from_the_last_observed_year_not_from_the_clock(home, brought):
    brought(NEW | {"树龄": 10})
    assert plot(home, "新地").planted == 2014


def test_plots_that_fit_the_elevation_model_only_after_the_shift_are_asked_about_and_moved(home, tmp_path):
    from agro.vectors import gcj02

    east, north = gcj02.from_wgs84(109.3425, 30.9060)
    path = small.write_plots(tmp_path / "a.geojson", NEW | {"at": (float(east), float(north))})
    assert imports.preview(OPERATOR, home, "plots", path).questions == ["gcj02"]
    with pytest.raises(InputError, match="--gcj02"):
        imports.commit(OPERATOR, home, "plots", path)
    imports.commit(OPERATOR, home, "plots", path, shift_gcj02=True)
    west, south, *_ = plot(home, "新地").geometry.bounds
    assert (west, south) == pytest.approx((109.3425, 30.9060), abs=2e-5)


def test_plots_outside_the_elevation_model_are_named(brought):
    report = brought(NEW | {"at": (110.1, 31.2)})
    assert report.counts["outside_dem"] == 1
    assert any("新地" in found.zh and found.level == "warning" for found in report.findings)


def test_boundaries_place_plots_in_their_townships_once(home, small_files):
    assert imports.commit(OPERATOR, home, "boundaries", small_files.boundaries).counts["plots_placed"] == 2
    assert plot(home, "河边地").township == "甲镇"
    assert imports.commit(OPERATOR, home, "boundaries", small_files.boundaries).counts == {
        "outlines": 1, "added": 0, "changed": 0, "plots_placed": 0,
    }  # fmt: skip


def test_gaps_come_in_flagged_and_are_not_filled(home, tmp_path):
    path = small.write_weather(tmp_path / "gaps.csv", "2024-04-01", "2024-04-20")
    lines = path.read_text("utf-8").splitlines()
    del lines[-10]  # a day that is not there
    lines[-3] = lines[-3].split(",")[0] + "," * lines[-3].count(",")  # a day without values
    path.write_text("\n".join(lines), "utf-8")
    report = imports.commit(OPERATOR, home, "weather", path)
    assert report.counts["added"] == 20
    (station,) = home.store.stations()
    stored = home.store.weather(station.id, "daily", date(2024, 4, 1))
    assert int(np.isnan(stored["tmin"]).sum()) == 2
    assert (stored["tmin_flag"].to_numpy()[np.isnan(stored["tmin"])] == 9).all()


def test_a_known_station_lends_its_place_to_a_file_without_one(home, tmp_path):
    path = small.write_weather(
        tmp_path / "w.csv", "2024-04-01", "2024-04-05", latitude=None, longitude=None, elevation=None
    )
    assert imports.preview(OPERATOR, home, "weather", path).questions == []
    assert imports.commit(OPERATOR, home, "weather", path).counts["added"] == 5
    assert home.store.stations()[0].elevation == 210


def test_the_place_of_a_new_station_is_asked_for(home, tmp_path):
    path = small.write_weather(tmp_path / "w.csv", "2024-04-01", "2024-04-05", station="山上", elevation=None)
    assert imports.preview(OPERATOR, home, "weather", path).questions == ["elevation"]
    with pytest.raises(InputError, match="山上: the file does not say the station's elevation"):
        imports.commit(OPERATOR, home, "weather", path)
    imports.commit(OPERATOR, home, "weather", path, elevation=640)
    assert {station.name for station in home.store.stations()} == {"谷底站", "山上"}


def test_a_file_cannot_take_over_another_station_by_its_id(home, tmp_path):
    (known,) = home.store.stations()
    path = small.write_weather(tmp_path / "w.csv", "2024-04-01", "2024-04-05", station="冒名站", id=known.id)
    imports.commit(OPERATOR, home, "weather", path)
    assert known in home.store.stations()


def test_a_grower_fills_own_farms_and_new_ones_become_the_growers(home, brought):
    grower = person(home, "果农", Role.GROWER, "甲果园")
    brought(NEW | {"farm": "甲果园"}, viewer=grower)
    report = brought(NEW | {"name": "坡上", "farm": "新果园", "at": (109.339, 30.906)}, viewer=grower)
    assert report.counts["farms"] == 1
    made = next(farm for farm in home.store.farms(EVERYTHING) if farm.name == "新果园")
    assert made.owner == grower.account


def test_a_growers_plots_without_a_farm_go_to_the_only_farm(home, brought):
    grower = person(home, "果农", Role.GROWER, "甲果园")
    brought({"name": "无名园的地", "at": (109.337, 30.906)}, viewer=grower)
    assert plot(home, "无名园的地").farm == farm_id(home, "甲果园")


def test_a_grower_never_touches_the_farm_of_another_with_the_same_name(home, brought):
    grower = person(home, "果农", Role.GROWER, "甲果园")
    theirs = plot(home, "屋后坡")
    brought({"name": "屋后坡", "farm": "乙果园", "at": (109.3401, 30.9070)}, viewer=grower)
    assert plot(home, "屋后坡", Scope(farms=frozenset([theirs.farm]))) == theirs
    mine = [farm for farm in home.store.farms(EVERYTHING) if farm.name == "乙果园" and farm.owner == grower.account]
    assert len(mine) == 1
    assert len(home.store.farms(EVERYTHING)) == 3
    with pytest.raises(ConflictError, match="several farms are called '乙果园'"):
        brought(NEW | {"farm": "乙果园"})


def test_a_helper_fills_farms_that_are_shared_for_changes_and_no_others(home, small_home, brought):
    helper = person(home, "帮手", Role.HELPER, grants=("甲果园",))
    brought(NEW | {"farm": "甲果园"}, viewer=helper)
    before = small.standing(small_home)
    for farm in ("乙果园", "丁果园"):
        with pytest.raises(NotAllowedError, match=f"'帮手' may not import plots into '{farm}'") as refused:
            brought(NEW | {"farm": farm}, viewer=helper)
        assert "甲果园" in refused.value.zh
    assert small.standing(small_home) == before


DENIED = {
    "plots": set(Role) - {Role.GROWER, Role.HELPER, Role.COOPERATIVE, Role.AGRONOMIST, Role.ADMIN},
    "dem": set(Role) - {Role.ADMIN},
    "boundaries": set(Role) - {Role.ADMIN},
    "weather": set(Role) - {Role.AGRONOMIST, Role.STATION, Role.ADMIN},
    "forecast": set(Role) - {Role.AGRONOMIST, Role.STATION, Role.ADMIN},
    "observations": set(Role) - {Role.GROWER, Role.WORKER, Role.HELPER, Role.COOPERATIVE, Role.AGRONOMIST, Role.ADMIN},
}


@pytest.mark.parametrize("kind", DENIED)
def test_who_has_no_right_to_import_is_denied_before_the_file_is_read(home, kind, tmp_path):
    for role in sorted(DENIED[kind]):
        viewer = Viewer("a", "某人", role, (farm_id(home, "甲果园"),))
        for deed in (imports.preview, imports.commit):
            with pytest.raises(NotAllowedError, match="may not"):
                deed(viewer, home, kind, tmp_path / "none.geojson")


def test_who_shares_no_farm_fills_none(home, small_home, brought):
    before = small.standing(small_home)
    for role in (Role.HELPER, Role.COOPERATIVE, Role.AGRONOMIST):
        with pytest.raises(NotAllowedError, match="may not import plots into '甲果园'"):
            brought(NEW | {"farm": "甲果园"}, viewer=Viewer("a", "某人", role, (farm_id(home, "甲果园"),)))
    assert small.standing(small_home) == before


def test_plots_of_an_invented_region_are_marked_as_invented(tmp_path, small_files):
    from app.services import regions

    home = open_platform(tmp_path / "invented")
    regions.create(OPERATOR, home, name="假县", crs="EPSG:32649", synthetic=True)
    imports.commit(OPERATOR, home, "plots", small_files.plots)
    assert home.store.plots(EVERYTHING)["synthetic"].all()
