"""The order of picking of the viewer's plots, against dates put down by hand."""

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from agro.errors import MissingDataError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store.rights import EVERYTHING, OPERATOR
from app.services import harvest, plot_states
from app.services.platform import open_platform
from app.services.plot_states import PlotState

TODAY = date(2026, 12, 1)


def state(ripe: str, end: str, fades: str | None = None) -> PlotState:
    """Return a plot whose ten members ripen on ten days from `ripe` on and all end on `end`."""
    days = pd.Timestamp(ripe) + pd.to_timedelta(range(10), unit="D")
    flat = pd.Series([pd.Timestamp(fades) if fades else pd.NaT] * 10)
    return PlotState(TODAY, (), 2026, pd.DataFrame({"ripe": days, "end": pd.Timestamp(end), "fades": flat}))


def plots(*rows: tuple) -> gpd.GeoDataFrame:
    columns = ["id", "name", "cultivar", "farm_name", "township", "elevation", "aspect", "slope", "area"]
    table = pd.DataFrame(rows, columns=columns)
    return gpd.GeoDataFrame(table, geometry=[box(0, 0, 1, 1)] * len(rows), crs="EPSG:4326")


STATES = {
    "low": state("2026-11-01", "2027-01-31", "2027-01-10"),
    "middle": state("2026-11-11", "2027-01-31"),
    "high": state("2026-12-21", "2027-01-31"),
    "tarocco": state("2026-11-05", "2026-12-20"),
}
PLOTS = plots(
    ("low", "河边", "navel", "甲", "镇", 210.0, 180.0, 10.0, 2000.0),
    ("middle", "半坡", "navel", "甲", "镇", 250.0, 350.0, 12.0, 2000.0),
    ("high", "山顶", "navel", "乙", "镇", 480.0, None, 1.0, 2000.0),
    ("tarocco", "血橙", "tarocco", "乙", "镇", 230.0, 90.0, 5.0, 2000.0),
)


@pytest.fixture
def ranked():
    return harvest.ranked(STATES, PLOTS, TODAY)


def test_what_is_ripe_and_ends_first_is_picked_first(ranked):
    # the 8th of ten members is ripe on the 8th day; tarocco ends on 20 December, the navels on 31 January
    order, _ = ranked
    assert list(order.index) == ["tarocco", "low", "middle", "high"]
    assert list(order["status"]) == ["open", "open", "open", "later"]
    assert order.loc["low", "opens"] == pd.Timestamp("2026-11-08")
    assert order.loc["high", "opens"] == pd.Timestamp("2026-12-28")
    assert order.loc["low", "closes"] == pd.Timestamp("2027-01-31")
    assert order.loc["tarocco", "days_left"] == 19
    assert order.loc["low", "fades_p50"] == pd.Timestamp("2027-01-10")
    assert pd.isna(order.loc["middle", "fades_p50"])


def test_parts_of_the_farm_ripen_by_height_side_and_farm(ranked):
    _, parts = ranked
    navel = {by: table[table["cultivar"] == "navel"].set_index(by) for by, table in parts.items()}
    # two equal plots at 200 to 300 m open on the 8th and 18th: half of the area has come by the 8th
    assert navel["band"].loc[200.0, "opens"] == pd.Timestamp("2026-11-08")
    assert navel["band"].loc[200.0, "opens_last"] == pd.Timestamp("2026-11-18")
    assert navel["band"].loc[400.0, "days_after_first"] == 50
    assert set(navel["side"].index) == {"south", "north", "flat"}
    assert navel["farm_name"].loc["甲", "plots"] == 2
    assert navel["farm_name"].loc["甲", "area"] == 4000.0


def test_a_gentle_plot_faces_no_side_and_an_unknown_one_is_said_to_be_unknown():
    assert [harvest.side(*pair) for pair in ((359.0, 9.0), (100.0, 1.9), (None, 9.0), (100.0, float("nan")))] == [
        "north",
        "flat",
        "unknown",
        "unknown",
    ]


def test_the_published_limit_or_the_end_of_the_season_closes_a_window():
    assert plot_states._limit("navel", 2026) == pd.Timestamp("2027-01-31")  # Tang 2006
    assert plot_states._limit("satsuma", 2026) is None
    assert plot_states._season_end("satsuma", 2026) == pd.Timestamp("2026-12-31")
    assert plot_states._season_end("ponkan", 2026) == pd.Timestamp("2027-02-28")


@pytest.fixture
def home(small_home):
    plot_states._kept.cache_clear()
    platform = open_platform(small_home)
    yield platform
    plot_states._kept.cache_clear()
    platform.store.close()


def issue(home, day: date) -> None:
    run = home.store.start_run(day, members=10, by=OPERATOR)
    home.store.finish_run(run, counts={}, warnings=[], by=OPERATOR)


def test_a_plan_is_made_of_own_plots_only(home):
    issue(home, date(2023, 9, 20))
    farm = next(farm.id for farm in home.store.farms(EVERYTHING) if farm.name == "甲果园")
    told = harvest.plan(Viewer("a1", "果农", Role.GROWER, farms=(farm,)), home)
    assert list(told.order["name"]) == ["河边地"]
    assert told.order["crop_year"].tolist() == [2023]
    assert told.order["members"].tolist() == [plot_states.MEMBERS]
    assert told.order["ripe_p10"].iloc[0] > pd.Timestamp("2023-09-20")
    assert set(told.parts) == set(harvest.PARTS)


def test_in_may_the_valencia_that_hangs_is_the_crop_that_is_picked_next(home):
    issue(home, date(2023, 5, 20))
    years = harvest.plan(OPERATOR, home).order.set_index("name")["crop_year"]
    assert years.to_dict() == {"屋后坡": 2022, "河边地": 2023}


def test_who_may_not_see_plots_gets_no_plan(home):
    issue(home, date(2023, 9, 20))
    with pytest.raises(NotAllowedError):
        harvest.plan(Viewer("a2", "主管", Role.OFFICIAL), home)


def test_before_a_run_and_without_plots_there_is_no_plan(home):
    with pytest.raises(MissingDataError):
        harvest.plan(OPERATOR, home)
    assert harvest.plan(Viewer("a3", "新人", Role.GROWER), home).order.empty


def test_a_region_of_many_plots_is_cut_to_those_that_ripen_first(monkeypatch):
    many = plots(*((f"p{n}", f"n{n}", "navel", "甲", "镇", 200.0, 0.0, 5.0, 100.0) for n in range(130)))
    ripe = pd.DataFrame(
        {
            "plot": [f"p{n}" for n in range(130)],
            "ripe_p50": [pd.Timestamp("2026-12-31") - pd.Timedelta(days=n) for n in range(129)] + [None],
        }
    )
    store = SimpleNamespace(plots=lambda scope: many, outlook_summary=lambda scope, on: ripe)
    chosen, total = harvest.advice.chosen(OPERATOR, SimpleNamespace(store=store))
    assert (len(chosen), total) == (100, 130)
    assert list(chosen["id"][:2]) == ["p128", "p127"]
    assert "p129" not in set(chosen["id"])
