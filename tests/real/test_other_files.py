"""Single real files, each in a platform of its own: what comes in, and what is said where it does not suffice."""

import json

import numpy as np
import pandas as pd
import pytest
import rasterio

from app.services import ground, station_weather
from app.services.platform import existing_platform
from tests.real.commands import in_process

pytestmark = pytest.mark.real_data
POWER = "POWER_Point_Daily_20220101_20220201_037d98N_023d73E_LST.csv"


@pytest.fixture
def home(tmp_path):
    """An empty platform."""
    assert in_process(tmp_path / "home", "init", "--name", "试验").code == 0
    return tmp_path / "home"


def refusal(answer) -> str:
    assert answer.code == 2
    return answer.said


def add_plot(home, longitude, latitude):
    """Bring in one plot of a hectare, from a file as a person would."""
    step = 0.001
    ring = [[longitude + dx, latitude + dy] for dx, dy in ((0, 0), (step, 0), (step, step), (0, step), (0, 0))]
    feature = {"type": "Feature", "properties": {"name": "A", "farm": "F", "cultivar": "navel"},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    file = home.parent / "plot.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    assert in_process(home, "import", "plots", file).code == 0


def daily_history(home):
    platform = existing_platform(home)
    return station_weather.history(platform, station_weather.stations(platform, platform.store.region().crs))


def test_a_typical_year_comes_in_as_one_and_one_year_is_no_history(home, real_data):
    (file,) = (real_data / "weather" / "tmy_epw").glob("*.epw")
    answer = in_process(home, "import", "weather", file)
    assert answer.report["counts"]["added"] == 8760
    assert any("a typical year" in warning for warning in answer.report["warnings"])
    assert "no plots yet" in refusal(in_process(home, "run"))
    add_plot(home, 8.0, 45.0)
    assert "holds no whole earlier year" in refusal(in_process(home, "run"))


def test_hours_of_a_typical_year_become_days_with_the_same_sunlight(home, real_data):
    (file,) = (real_data / "weather" / "tmy_epw").glob("*.epw")
    assert in_process(home, "import", "weather", file).code == 0
    hours = pd.read_csv(file, skiprows=8, header=None)
    in_file = hours[13].sum() * 3600 / 1e6  # Wh m-2 to MJ m-2
    days = daily_history(home)
    assert float(days["radiation"].sum()) == pytest.approx(in_file, rel=0.01)  # the day cut by another zone is open
    assert float(days["tmax"].max()) == pytest.approx(hours[6].max())
    assert float(days["tmin"].min()) == pytest.approx(hours[6].min())


def test_a_power_file_with_its_header_needs_no_answers(home, real_data):
    (file,) = (real_data / "weather" / "nasa_power").glob("*_20150115_*.csv")
    assert in_process(home, "import", "weather", file).report["counts"] == {
        "stations": 1, "added": 3, "filled": 0, "same": 0, "conflicting": 0
    }  # fmt: skip
    (station,) = existing_platform(home).store.stations()
    assert (station.latitude, station.longitude, station.elevation) == (-27.48, 151.81, 442.77)


def test_a_power_table_that_lost_its_header_asks_for_its_place(home, real_data):
    file = real_data / "weather" / "nasa_power" / POWER
    assert "give --latitude --longitude --elevation" in refusal(in_process(home, "import", "weather", file))
    place = ("--latitude", 37.98, "--longitude", 23.73, "--elevation", 140)
    assert in_process(home, "import", "weather", file, *place).report["counts"]["added"] == 32
    table = pd.read_csv(file)
    days = daily_history(home).isel(station=0)
    for name, column in {"tmin": "T2M_MIN", "radiation": "ALLSKY_SFC_SW_DWN", "rain": "PRECTOTCORR"}.items():
        np.testing.assert_allclose(days[name], table[column], atol=1e-6)
    add_plot(home, 23.73, 37.98)
    assert "holds no whole earlier year" in refusal(in_process(home, "run"))


def test_two_power_points_stay_two_stations(home, real_data):
    folder = real_data / "weather" / "nasa_power"
    for file in sorted(folder.glob("POWER_*.csv")):
        place = ("--latitude", 37.98, "--longitude", 23.73, "--elevation", 140) if file.name == POWER else ()
        assert in_process(home, "import", "weather", file, *place).code == 0
    assert sorted(station.latitude for station in existing_platform(home).store.stations()) == [-27.48, 37.98]


def test_an_elevation_model_in_degrees_is_moved_to_metres_before_use(home, real_data):
    assert in_process(home, "import", "dem", real_data / "dem" / "zion_srtm_wgs84.tif").code == 0
    platform = existing_platform(home)
    assert platform.store.region().crs == "EPSG:32612"  # Utah
    terrain = ground.terrain(platform)
    assert float(terrain["elevation"].min()) > 1000  # nothing wrapped round at 65535, no edge of zeros
    assert float(terrain["elevation"].max()) <= 2892
    steep = horn_slope_on_a_sphere(real_data / "dem" / "zion_srtm_wgs84.tif")
    # the new cells are as wide as the old ones and take their height from four of them: a degree or so less steep
    assert float(terrain["slope"].mean()) == pytest.approx(float(steep.mean()) - 0.75, abs=0.75)


def test_a_million_cells_of_lidar_come_in_with_their_banks(home, real_data):
    answer = in_process(home, "import", "dem", real_data / "dem" / "slovenia_lidar_1m.tif")
    assert answer.report["counts"]["rows"] * answer.report["counts"]["columns"] >= 1_000_000
    model = existing_platform(home).store.raster("dem").load()
    assert (float(model.min()), float(model.max())) == pytest.approx((254.97, 325.05), abs=0.5)
    assert float(model.isnull().mean()) < 0.05


def horn_slope_on_a_sphere(path) -> np.ndarray:
    """Return the slope [degrees] of inner cells, Horn's weights, metres per degree of a sphere."""
    with rasterio.open(path) as source:
        z, transform = source.read(1).astype(float), source.transform
    metre = np.radians(1) * 6_371_000
    latitude = np.radians(transform.f + transform.e * (np.arange(z.shape[0]) + 0.5))[1:-1, None]
    across = z[:, 2:] - z[:, :-2]
    along = z[2:] - z[:-2]
    east = (across[:-2] + 2 * across[1:-1] + across[2:]) / (8 * transform.a * metre * np.cos(latitude))
    south = (along[:, :-2] + 2 * along[:, 1:-1] + along[:, 2:]) / (8 * -transform.e * metre)
    return np.degrees(np.arctan(np.hypot(east, south)))
