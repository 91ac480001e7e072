"""One plot through time: what was seen, what was to be expected, and whose plots stand behind it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from agro.errors import InputError, MissingDataError, NotAllowedError, NotFoundError
from agro.farm import Role, Station, Treatment, Viewer
from agro.store import EVERYTHING, OPERATOR
from app.services import imports
from app.services.imagery import curves
from tests.app.services.imagery import ground_truth as truth
from tests.app.services.imagery.conftest import FALLEN, LAST


@pytest.fixture(scope="module")
def fallen(pictured):
    return curves.of_plot(truth.grower(pictured, "f1"), pictured, FALLEN, years=4)


def test_what_was_seen_is_the_plot_table_on_days_of_the_region(fallen, pictured):
    table = pictured.store.plot_pictures(EVERYTHING, plots=[FALLEN], indices=["ndvi"])
    assert np.allclose(fallen.seen["value"], table.sort_values("time")["median"], atol=1e-6)
    assert fallen.seen["time"].iloc[-1] == pd.Timestamp(LAST.date())
    assert fallen.seen["usable"].all()


def test_a_fallen_plot_lies_below_its_band_and_its_sisters_do_not_fall(fallen):
    last = fallen.expected.set_index("time").loc[pd.Timestamp(LAST.date())]
    now = fallen.seen["value"].iloc[-1]
    assert now < last["low"]
    assert last["value"] - now == pytest.approx(0.14, abs=0.03)
    assert fallen.sisters["value"].iloc[-1] - now == pytest.approx(0.14, abs=0.03)
    assert fallen.sisters["n"].min() >= curves.FAINT


def test_the_newest_part_of_the_smooth_curve_is_provisional(fallen):
    ends = fallen.smooth.set_index("time")["provisional"]
    assert ends.iloc[-1]
    assert not ends.iloc[-40]
    assert fallen.view[0]["zh"] == "最近一次看清是 3 天前"
    assert (fallen.days_since, fallen.synthetic, fallen.label) == (3, True, "NDVI")


def test_work_and_weather_stand_beside_the_curve(pictured_copy, small_files):
    imports.commit(OPERATOR, pictured_copy, "weather", small_files.weather)
    done = Treatment("", FALLEN, date(2024, 2, 3), "pruning", evidence="said")
    pictured_copy.store.add_treatments([done], by=OPERATOR)
    found = curves.of_plot(OPERATOR, pictured_copy, FALLEN, on=date(2024, 3, 31))
    assert found.events[["kind", "zh"]].to_numpy().tolist() == [["pruning", "修剪"]]
    assert set(found.weather) == {"time", "rain", "tmean"}
    assert found.weather["time"].max() == pd.Timestamp("2024-03-31")
    assert found.weather["rain"].max() == 12.0  # as small.write_weather draws it
    assert found.seen["time"].max() <= pd.Timestamp("2024-03-31")


def test_a_nearer_station_without_weather_leaves_the_place_to_the_next(pictured_copy, small_files):
    imports.commit(OPERATOR, pictured_copy, "weather", small_files.weather)
    near = pictured_copy.store.plot(FALLEN, EVERYTHING).geometry.centroid
    told = Station("empty", "空站", near.x, near.y, 300.0, "test")
    pictured_copy.store.save_station(told, by=OPERATOR)
    found = curves.of_plot(OPERATOR, pictured_copy, FALLEN, on=date(2024, 3, 31))
    assert found.weather["rain"].max() == 12.0


def test_work_of_other_plots_is_not_told(pictured_copy):
    done = [Treatment("", plot, date(2024, 2, 3), "pruning", evidence="said") for plot in ("p04", "p05")]
    pictured_copy.store.add_treatments(done, by=OPERATOR)
    assert curves.of_plot(OPERATOR, pictured_copy, FALLEN).events.empty


def test_a_plot_of_others_or_without_pictures_has_no_curve(pictured, bare):
    with pytest.raises(NotFoundError):
        curves.of_plot(truth.grower(pictured, "f2"), pictured, FALLEN)
    with pytest.raises(MissingDataError, match="no picture shows"):
        curves.of_plot(OPERATOR, bare, FALLEN)
    with pytest.raises(NotAllowedError):
        curves.of_plot(Viewer("x", "x", Role.OFFICIAL), pictured, FALLEN)
    with pytest.raises(NotFoundError, match="no index"):
        curves.of_plot(OPERATOR, pictured, FALLEN, "health")
    with pytest.raises(InputError, match="1 to 10 years"):
        curves.of_plot(OPERATOR, pictured, FALLEN, years=40)


def test_pictures_that_are_comparable_within_themselves_only_make_no_curve(pictured_copy, monkeypatch):
    read = pictured_copy.store.plot_pictures
    raw = lambda *told, **more: read(*told, **more).assign(sensor="four_band")  # noqa: E731
    monkeypatch.setattr(pictured_copy.store, "plot_pictures", raw)
    with pytest.raises(MissingDataError, match="not be compared between dates") as refused:
        curves.of_plot(OPERATOR, pictured_copy, FALLEN)
    assert "同一景内" in refused.value.zh


def test_a_researcher_finds_no_plot_by_its_name(pictured):
    with pytest.raises(NotFoundError):
        curves.of_plot(Viewer("r", "r", Role.RESEARCHER), pictured, FALLEN)
