import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from agro import parameters
from agro.errors import InputError, MissingDataError
from agro.numeric import FAST, kernel
from agro.weather import leaf_balance, wetness

NAN = np.nan
LEAF = parameters.load(wetness.FILE, "leaf", leaf_balance.Leaf)
humid = st.one_of(st.floats(20, 100), st.just(NAN))
rainfall = st.one_of(st.floats(0, 5), st.just(NAN))


def hours(**values):
    return {name: np.asarray(array, float) for name, array in values.items()}


def test_an_hour_is_wet_when_it_rains_or_the_air_is_moist():
    rain, rh = np.array([0.0, 0.1, 0.0, 0.05]), np.array([89.9, 50.0, 90.0, 70.0])
    assert wetness.wet_by_humidity(rain, rh, 90.0).tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("rain", "rh", "expected"), [(NAN, 95.0, 1), (1.0, NAN, 1), (NAN, 50.0, NAN), (0.0, NAN, NAN), (NAN, NAN, NAN)]
)
def test_what_is_missing_is_never_taken_for_dry(rain, rh, expected):
    assert wetness.wet_by_humidity(rain, rh, 90.0) == pytest.approx(expected, nan_ok=True)


def test_decision_tree_agrees_with_the_published_constants(table):  # pests T18
    for r in table("pest_wetness_tree"):
        depression = wetness.dew_point_depression(r["temperature"], r["rh"])
        index = getattr(wetness, f"{r['branch']}_index")(r["temperature"], r["rh"], r["wind"], depression)
        assert index == pytest.approx(r["index"], abs=0.04 if r["branch"] == "windy" else 0.001)
        assert wetness.wet_by_cart(r["temperature"], r["rh"], r["wind"]) == r["wet"]


def test_a_large_dew_point_depression_is_dry_in_the_decision_tree():  # pests T19
    assert wetness.dew_point_depression(28.0, 80.0) == pytest.approx(3.77, abs=0.005)
    assert wetness.wet_by_cart(28.0, 80.0, 1.0) == 0


def test_the_decision_tree_wants_moist_air_in_wind():
    assert wetness.wet_by_cart(20.0, 87.0, 1.0) == 1
    assert wetness.wet_by_cart(20.0, 87.0, 3.0) == 0


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_the_decision_tree_does_not_guess(missing):
    for air in ([20.0, 95.0, 1.0], [30.0, 20.0, 1.0]):
        air[missing] = NAN
        assert np.isnan(wetness.wet_by_cart(*air))


def test_wind_falls_with_the_logarithm_of_height():
    assert wetness.wind_at_crop(3.2, 2.0) == pytest.approx(3.2 * 0.748, abs=0.003)  # FAO-56, table of annex 2, 10 m
    assert wetness.wind_at_crop(3.0, 10.0) == pytest.approx(3.0)


def test_leaves_stay_as_they_were_between_both_limits_of_the_depression():
    depression = [[3.0, 2.0, 3.0, 3.8, 3.9, 3.0, 1.0, NAN, 3.0, 5.0]]
    expected = [[NAN, 1, 1, 1, 0, 0, 1, NAN, NAN, 0]]
    assert wetness.hysteresis(depression, 2.0, 3.8) == pytest.approx(np.array(expected), nan_ok=True)


@given(st.lists(st.floats(0, 8), min_size=1, max_size=30))
def test_a_lower_limit_for_drying_never_makes_more_hours_wet(depression):
    lasting, brief = (wetness.hysteresis(depression, 2.0, limit) for limit in (3.8, 2.5))
    assert (brief[np.isfinite(brief)] <= np.nan_to_num(lasting, nan=1.0)[np.isfinite(brief)]).all()


def test_dew_on_a_leaf_agrees_with_a_sum_by_hand():
    # 20 degC, 95 %, 0.5 m/s, clear night: e = 2.221 kPa, sky 0.8577, loss of 57.8 W m-2, resistance 56.5 s m-1,
    # drying 2.50: (0.1447 * -57.8 + 2.50) / 0.2107 = -27.8 W m-2
    assert leaf_balance.water_lost(20.0, 95.0, 0.5, 0.0, 1.0, LEAF) == pytest.approx(-0.0409, abs=2e-4)


def test_resistance_of_a_citrus_leaf_in_a_light_wind():
    assert leaf_balance.boundary_resistance(1.0, LEAF) == pytest.approx(40, abs=0.1)


@given(st.floats(0, 35), st.floats(30, 100), st.floats(0, 5), st.floats(0, 0.9), st.floats(0, 10))
def test_nights_bring_less_dew_than_a_black_plate_could_lose(temperature, rh, wind, cloudy, drier):
    lost = leaf_balance.water_lost(temperature, rh, wind, 0.0, 1.0 - cloudy, LEAF)
    assert lost > -0.1  # mm h-1; 0.8 mm is the most that a night has
    assert leaf_balance.water_lost(temperature, max(rh - drier, 1.0), wind, 0.0, 1.0 - cloudy, LEAF) >= lost - 0.01


def test_a_leaf_is_wet_from_rain_until_the_sun_has_dried_it():
    sun = [0.0, 0.0, 0.0, 800.0, 800.0, 800.0]
    wet = leaf_balance.wet_by_balance(25.0, 70.0, 1.0, np.array(sun), 1.0, [0, 0, 1, 0, 0, 0], LEAF)
    assert np.isnan(wet[0])  # was it wet before?
    assert wet[2:].tolist() == [1, 0, 0, 0]


def test_a_gap_ends_what_is_known_of_a_leaf():
    rh = np.array([99.0, 99.0, NAN, 99.0, 40.0, 40.0, 40.0])
    sun = np.array([0.0, 0.0, 0.0, 0.0, 500.0, 500.0, 500.0])
    wet = leaf_balance.wet_by_balance(15.0, rh, 0.2, sun, 1.0, np.zeros(7), LEAF)
    assert wet[:2].tolist() == [1, 1]
    assert np.isnan(wet[2])
    assert wet[-1] == 0


def test_clouds_of_the_night_are_those_of_the_evening():
    time = np.datetime64("2024-06-01T00", "ns") + np.arange(48) * np.timedelta64(1, "h")
    ghi = np.where(np.arange(48) < 24, 10.0, 950.0)  # a black day, then a bright one
    place = {"latitude": 30.0, "longitude": 110.0, "elevation": 300.0}
    share = leaf_balance.clouds(xr.Dataset({"ghi": ("time", ghi)}, {"time": time}, place))
    local = (np.arange(48) + 8) % 24
    assert share.values[:24][local[:24] >= 18] == pytest.approx(0.055)
    assert share.values[(np.arange(48) >= 28) & (local < 5)] == pytest.approx(1.0)
    with pytest.raises(InputError, match="place of the station") as caught:
        leaf_balance.clouds(xr.Dataset({"ghi": ("time", ghi)}, {"time": time}))
    assert "站点位置" in caught.value.zh


def test_the_fitted_threshold_is_that_of_the_sensor():
    rng = np.random.default_rng(3)
    rh, rain = rng.uniform(60, 100, 2000), np.where(rng.random(2000) < 0.1, 0.5, 0.0)
    sensed = ((rh >= 86.0) | (rain > 0)).astype(float)
    sensed[:100], rh[100:150] = NAN, NAN
    fitted = wetness.fitted_threshold(rh, rain, sensed)
    assert fitted == (86.0, 1.0, 1850)


def test_a_fit_counts_the_hours_that_agree():
    rh, rain, sensed = [80, 88, 92, 99, 70], [0, 0, 0, 0, 1], [0, 1, 1, 0, 1]
    assert wetness.fitted_threshold(rh, rain, sensed) == (88.0, 0.8, 5)  # 83 to 88 are equal; 88 is nearest to 90


def test_without_common_hours_there_is_no_threshold():
    with pytest.raises(MissingDataError, match="no hour") as caught:
        wetness.fitted_threshold([90.0, NAN], [NAN, 0.0], [1.0, 1.0])
    assert "传感器" in caught.value.zh


def test_hours_of_a_sensor_win_and_its_gaps_are_filled():
    weather = hours(rain=[0, 0, 0, NAN], rh=[95, 95, 50, 50])
    found = wetness.wetness(weather, sensed=[0.1, NAN, 0.9, NAN])
    assert found == pytest.approx([0, 1, 1, NAN], nan_ok=True)


@pytest.mark.parametrize("method", wetness.METHODS)
def test_rain_wets_and_noon_dries_by_every_method(method):
    weather = hours(
        rain=[0, 2, 0, 0, 0], rh=[95, 80, 60, 40, 40], temperature=[18, 20, 28, 30, 30], wind=[1, 1, 2, 2, 2],
        ghi=[0, 0, 600, 800, 700], clouds=[1, 1, 1, 1, 1],
    )  # fmt: skip
    found = wetness.wetness(weather, method)
    assert found[1] == 1
    assert found[-1] == 0


@pytest.mark.parametrize("method", wetness.METHODS)
def test_every_method_leaves_unknown_what_it_was_not_told(method):
    weather = hours(
        rain=[0.0, 0.0], rh=[NAN, 50.0], temperature=[20.0, 20.0], wind=[1.0, 1.0], ghi=[0.0, 500.0], clouds=[1.0, 1.0]
    )
    assert np.isnan(wetness.wetness(weather, method)[0])
    weather["rh"], weather["rain"] = np.array([50.0, 50.0]), np.array([0.0, NAN])
    assert np.isnan(wetness.wetness(weather, method)[1])


def test_a_dataset_keeps_its_dims_and_places():
    time = np.datetime64("2024-06-01T00", "ns") + np.arange(24) * np.timedelta64(1, "h")
    rh = xr.DataArray(np.linspace(60, 100, 48).reshape(24, 2), dims=("time", "cell"), coords={"cell": ["a", "b"]})
    weather = xr.Dataset({"rh": rh, "rain": ("time", np.zeros(24))}, {"time": time})
    found = wetness.wetness(weather)
    assert found.dims == ("cell", "time")
    assert found.sel(cell="b").values.tolist() == [float(v >= 90) for v in rh.sel(cell="b").values]


def test_lacking_variables_and_unknown_methods_are_named():
    with pytest.raises(InputError, match=r"wetness by cart needs .* temperature, wind is missing") as caught:
        wetness.wetness(hours(rain=[0], rh=[90]), "cart")
    assert "缺少 temperature、wind" in caught.value.zh
    with pytest.raises(ValueError, match="humidity, depression, cart, balance"):
        wetness.wetness(hours(rain=[0], rh=[90]), "litmus")


@given(rainfall, humid, st.floats(0, 10), st.floats(83, 95))
def test_moister_air_is_never_drier_and_no_gap_is_dry(rain, rh, moister, threshold):
    wet, later = (wetness.wet_by_humidity(rain, air, threshold) for air in (rh, rh + moister))
    assert wet in (0, 1) or np.isnan(wet)
    assert not (wet == 1 and later != 1)
    assert not (wet == 0 and (np.isnan(rain) or np.isnan(rh)))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_kernel_says_the_same_as_the_equations(kind):
    rng = np.random.default_rng(4)
    rain, rh = rng.choice([0, 0.1, NAN], 500), rng.choice([60, 89.5, 90.0, 97, NAN], 500)
    temperature, wind = rng.uniform(0, 35, 500), rng.choice([0.5, 3.0, NAN], 500)
    arrays = [array.astype(kind) for array in (rain, rh, temperature, wind)]
    out = np.empty((2, 500), kind)
    _laid_in(*arrays, out)
    assert out[0] == pytest.approx(wetness.wet_by_humidity(rain.astype(kind), arrays[1], 90.0), nan_ok=True)
    assert out[1] == pytest.approx(wetness.wet_by_cart(*(a.astype(float) for a in arrays[2:0:-1]), wind), nan_ok=True)


@kernel(fastmath=FAST)
def _laid_in(rain, rh, temperature, wind, out):
    for i in range(rain.size):
        out[0, i] = wetness.wet_by_humidity(rain[i], rh[i], 90.0)
        out[1, i] = wetness.wet_by_cart(temperature[i], rh[i], wind[i])
