"""A real hill catchment with orchards, Changting in Fujian, from files to the outlook of each plot.

Nobody recorded bloom or ripeness here, so nothing below says that the outlook is right; it says that the chain holds
on files that were not made for it, and that its numbers lie where they must.
"""

import datetime
import re

import numpy as np
import pandas as pd
import pytest
import rasterio
import rasterio.mask

from agro.store.rights import OPERATOR
from agro.terrain import read_dem, slope_aspect
from app.services import ground, station_weather, weather
from app.services.platform import existing_platform
from tests.real.commands import in_process
from tests.real.conftest import CULTIVAR, DAY, MEMBERS, outlook_of, weather_files
from tests.real.orchard import hillside_plots, orchard_cells

pytestmark = pytest.mark.real_data


def day_of_year(dates) -> np.ndarray:
    return pd.to_datetime(dates).dt.day_of_year.to_numpy()


@pytest.fixture(scope="module")
def platform(hill):
    return existing_platform(hill.home)


@pytest.fixture(scope="module")
def station(platform) -> str:
    return platform.store.stations()[0].id


# The plots and the ground below them


def test_a_tenth_of_the_catchment_is_orchard_and_nearly_all_of_it_becomes_plots(hill):
    orchard, known = orchard_cells(hill.data / "dem" / "youwuzhen_landuse30m.tif")
    assert orchard.sum() / known == pytest.approx(0.105, abs=0.0005)
    assert 0.95 < hill.outlook["area_ha"].sum() / (orchard.sum() * 0.09) <= 1.0


def test_every_traced_plot_comes_in_and_none_lies_outside(hill):
    counts = hill.answers["plots"].report["counts"]
    assert (counts["added"], counts["changed"], counts["outside_dem"]) == (len(hill.traced), 0, 0)
    assert hill.answers["run"].report["counts"]["plots"] == len(hill.traced) == len(hill.outlook) > 30
    assert set(hill.outlook["name"]) == set(hill.traced["name"])


def test_a_plot_keeps_its_area_on_the_way_through_degrees(hill):
    traced = hill.traced.set_index("name").area / 10_000
    found = hill.outlook.set_index("name")["area_ha"]
    assert (found / traced.reindex(found.index)).between(0.99, 1.01).all()


def test_plots_stand_on_their_own_cells_of_the_elevation_model(hill):
    outlines = hill.traced.set_index("name").geometry
    with rasterio.open(hill.data / "dem" / "youwuzhen_dem30m.tif") as dem:
        cells = [rasterio.mask.mask(dem, [outlines[name]], crop=True, filled=False)[0] for name in hill.outlook["name"]]
    # 2 m: a shift by one cell or by the datum of the old grid would show as 5 m and more on these slopes
    np.testing.assert_allclose(hill.outlook["elevation"], [float(np.ma.mean(one)) for one in cells], atol=2.0)
    assert hill.outlook["elevation"].between(278, 550).all()


def test_the_hill_is_as_steep_as_gdaldem_says(hill, platform):
    model = read_dem(hill.data / "dem" / "youwuzhen_dem30m.tif")
    slope, _ = slope_aspect(model.to_numpy().astype(float), 30.0, 30.0)
    assert (np.nanmean(slope), np.nanmax(slope)) == pytest.approx((10.29479, 33.24852), abs=1e-4)  # GDAL, Horn
    stored = ground.terrain(platform)["slope"]
    assert (float(stored.mean()), float(stored.max())) == pytest.approx((10.29, 33.25), abs=0.3)  # moved to UTM


# The weather


def test_the_station_stands_where_its_own_list_says(platform):
    (found,) = platform.store.stations()
    assert (found.name, found.latitude, found.elevation) == ("58911", 25.75, 265.0)
    assert found.longitude == pytest.approx(116.3333, abs=1e-4)


def test_years_before_the_rain_gauge_stay_without_rain(hill, platform, station):
    daily = weather.series(OPERATOR, platform, station, datetime.date(2010, 1, 1), datetime.date(2017, 12, 31))
    before = daily.sel(time=slice("2010", "2011"))
    assert before["rain"].isnull().all()
    assert set(before["rain_flag"].to_numpy()) == {9}
    yearly = daily["rain"].sel(time=slice("2012", None)).groupby("time.year").sum().to_numpy()
    assert yearly == pytest.approx([2168, 1433, 1254, 1417, 2468, 1519], abs=0.6)


def test_sunshine_hours_become_a_plausible_sum_of_radiation(hill, platform):
    history = station_weather.history(platform, station_weather.stations(platform, platform.store.region().crs))
    yearly = history["radiation"].isel(station=0).groupby("time.year").sum()
    measured = pd.read_csv(weather_files(hill.data)[0], comment="#", parse_dates=["DATETIME"])
    hours = measured.groupby(measured["DATETIME"].dt.year)["SSD"].sum()
    # by hand from the year: 32.62 MJ m-2 d-1 outside the atmosphere at 25.75 N, 4380 possible hours, FAO-56 eq. 35
    np.testing.assert_allclose(yearly, (0.25 + 0.50 * hours / 4380) * 365.25 * 32.62, rtol=0.03)
    assert yearly.mean() == pytest.approx(4_750, abs=500)


def test_the_run_tells_what_it_draws_on(hill):
    answer = hill.answers["run"]
    assert "years like 2010–2015" in answer.said  # 450 days after 20 September 2016 were not over on the day of issue
    assert any("only 6 earlier years" in warning for warning in answer.report["warnings"])
    assert any("no weather forecast" in warning for warning in answer.report["warnings"])


# The outlook


def test_navels_bloom_in_spring_with_a_spread(hill):
    table = hill.outlook
    assert pd.to_datetime(table["bloom_p50"]).between("2017-03-20", "2017-04-20").all()
    width = day_of_year(table["bloom_p90"]) - day_of_year(table["bloom_p10"])
    assert ((width >= 3) & (width <= 30)).all()


def test_every_row_says_that_it_is_measured_and_uncalibrated(hill):
    table = hill.outlook
    assert not table["synthetic"].any()
    assert set(table["evidence"]) == {"none"}
    assert set(table["cultivar"]) == {CULTIVAR}
    assert (table["missing_days"] == 0).all()


def test_higher_on_the_hill_bloom_comes_later(hill, copied):
    plots = hillside_plots(hill.data / "dem" / "youwuzhen_dem30m.tif", CULTIVAR)
    plots.to_file(copied.parent / "hillside.gpkg")
    assert in_process(copied, "import", "plots", copied.parent / "hillside.gpkg").code == 0
    assert in_process(copied, "run", "--date", DAY, "--members", MEMBERS).code == 0
    table = outlook_of(copied).query("farm_name == 'hillside'")
    bloom = day_of_year(table["bloom_p50"])
    days_per_100_m = 100 * np.polyfit(table["elevation"], bloom, 1)[0]
    assert 1 < days_per_100_m < 5
    bands = pd.Series(bloom).groupby(table["elevation"].to_numpy() // 60).mean()
    assert len(bands) >= 4
    assert bands.is_monotonic_increasing
    orchard = 100 * np.polyfit(hill.outlook["elevation"], day_of_year(hill.outlook["bloom_p50"]), 1)[0]
    assert 0 < orchard < 5  # 50 m of relief and whole days: no more than the sign is sure


def test_a_second_run_of_the_day_changes_nothing(hill, copied):
    assert in_process(copied, "run", "--date", DAY, "--members", MEMBERS).code == 0
    pd.testing.assert_frame_equal(outlook_of(copied), hill.outlook)


def test_an_outlook_owes_nothing_to_the_days_after_it(hill, tmp_path):
    home, folder = tmp_path / "home", tmp_path / "youwuzhen"
    folder.mkdir()
    for file in sorted((hill.data / "weather" / "youwuzhen").glob("*_daily.csv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if max(re.findall(r"\d{4}-\d\d-\d\d", line), default="") <= DAY]
        (folder / file.name).write_text("\n".join(kept) + "\n", encoding="utf-8")
    for file in (hill.data / "weather" / "youwuzhen").glob("Sites_*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    for words in (
        ("init", "--name", "尤坞镇"),
        ("import", "dem", hill.data / "dem" / "youwuzhen_dem30m.tif"),
        ("import", "plots", hill.home.parent / "plots.gpkg"),
        ("import", "weather", folder / "meteo_daily.csv", "--rain", folder / "pcp_daily.csv"),
        ("run", "--date", DAY, "--members", MEMBERS),
    ):
        answer = in_process(home, *words)
        assert answer.code == 0, answer.said
    ours = ["id", "farm"]
    pd.testing.assert_frame_equal(outlook_of(home).drop(columns=ours), hill.outlook.drop(columns=ours))


def test_a_day_without_weather_is_refused_in_a_sentence(copied):
    answer = in_process(copied, "run", "--date", "2018-05-01")
    assert answer.code == 2
    assert "2018-05-01 is outside the observed weather, 2010-01-01 to 2017-12-31" in answer.said
