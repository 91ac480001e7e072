import json

import numpy as np
import pytest

from agro.weather.readers import open_meteo, template
from sample_data import climate, forecast, generator, hourly, make, weather

STATIONS = ("valley", "middle", "high")


def test_three_stations_stand_at_their_heights(daily):
    found = [daily[key].attrs["elevation"] for key in STATIONS]
    assert found == pytest.approx([200, 330, 640], abs=10)
    for dataset in daily.values():
        assert dataset.attrs["synthetic"] == 1
        assert "合成" in dataset.attrs["source"]
        assert dataset.time.values[[0, -1]].astype("datetime64[D]").tolist() == [
            weather.FIRST_DAY.item(),
            weather.LAST_DAY.item(),
        ]


@pytest.mark.parametrize("seed", [20260920, 1])
def test_25_years_keep_the_normals_of_wansheng_and_fuling(seed):
    found = weather.make_daily(seed)["middle"]
    rise = found.attrs["elevation"] - 325
    months = found.groupby("time.month").mean()
    lapse = {"tmax": climate.LAPSE_MAX, "tmin": climate.LAPSE_MIN, "tmean": climate.LAPSE_MAX}
    for name, normal in {"tmax": climate.TMAX, "tmean": climate.TMEAN, "tmin": climate.TMIN}.items():
        np.testing.assert_allclose(months[name] + lapse[name] * rise, normal, atol=0.5)
    length = np.array([31, 28.25, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    np.testing.assert_allclose(months.rain * length, climate.RAIN, rtol=0.15)


def test_days_are_possible_days(daily):
    for dataset in daily.values():
        assert bool((dataset.tmin < dataset.tmean).all())
        assert bool((dataset.tmean < dataset.tmax).all())
        assert bool(((dataset.rh > 25) & (dataset.rh <= 100)).all())
        assert bool(((dataset.rain >= 0) & (dataset.rain < 200)).all())
        outside, length = climate.sun(dataset.time.values)
        assert bool((dataset.radiation < 0.78 * outside).all())
        assert bool((dataset.sunshine <= length).all())


def test_stations_share_their_weather_but_differ_by_height(daily):
    valley, high = daily["valley"], daily["high"]
    assert np.corrcoef(valley.tmean, high.tmean)[0, 1] > 0.98
    assert np.mean((valley.rain > 0) == (high.rain > 0)) > 0.8
    assert not np.array_equal(valley.rain, high.rain)


def test_cold_air_lies_in_the_valley_on_clear_winter_nights(daily):
    valley, middle = daily["valley"], daily["middle"]
    winter = valley.time.dt.month.isin([12, 1])
    clear = winter & (middle.sunshine > 5)
    dull = winter & (middle.sunshine == 0)
    inversion = middle.tmin - valley.tmin
    assert float(inversion.where(clear).mean()) > float(inversion.where(dull).mean()) + 0.5
    assert float(inversion.where(clear).max()) > 0.5


def test_hours_keep_the_extremes_means_and_sums_of_their_days(daily, hours):
    for key in STATIONS:
        table = hours[key]
        days = daily[key].to_dataframe().loc[table.index[0].normalize() :]
        by_day = table.groupby(table.index.normalize())
        assert len(table) == 24 * len(days)
        np.testing.assert_allclose(by_day.temperature.min(), days.tmin, atol=0.051)
        np.testing.assert_allclose(by_day.temperature.max(), days.tmax, atol=0.051)
        np.testing.assert_allclose(by_day.temperature.mean(), days.tmean, atol=0.4)
        np.testing.assert_allclose(by_day.rain.sum(), days.rain, atol=1e-6)
        np.testing.assert_allclose(by_day.rh.mean(), days.rh, atol=0.5)
        np.testing.assert_allclose(by_day.ghi.sum() * 0.0036, days.radiation, atol=0.4)
        assert abs((by_day.wind.mean() - days.wind).mean()) < 0.03
        assert (table.gust >= table.wind).all()
        assert table.temperature.diff().abs().max() < 7


def test_the_sun_is_highest_when_it_should_be(hours):
    light = hours["middle"].ghi.groupby(hours["middle"].index.hour).mean()
    assert light.idxmax() in (12, 13)  # 109.4 degrees east: noon is at 12:42 by the clock
    assert light[[0, 1, 2, 3, 22, 23]].max() == 0


def test_rain_falls_more_by_night(hours):
    rain = hours["middle"].rain.groupby(hours["middle"].index.hour).sum()
    assert rain[[22, 23, 0, 1, 2, 3, 4, 5, 6, 7]].mean() > 1.2 * rain[[10, 11, 12, 13, 14, 15, 16, 17]].mean()


def test_forecasts_are_right_at_first_and_spread_later():
    early, late, spread = [], [], []
    for days in range(0, 45, 5):
        issued = weather.LAST_DAY + days
        members = forecast.make_forecast(issued=issued)["middle"]
        truth = weather.make_daily(end=issued + 15)["middle"].tmean.values[-15:] if days <= 45 else None
        error = np.abs(members.tmean.values - truth)
        early.append(error[:, :2].mean())
        late.append(error[:, 8:].mean())
        spread.append(members.tmean.std("member").values)
    assert np.mean(early) < 1.0
    assert np.mean(late) > 1.7 * np.mean(early)
    assert np.mean(spread, axis=0)[10:].mean() > 2 * np.mean(spread, axis=0)[:2].mean()


def test_the_forecast_goes_on_where_the_observations_end(daily):
    for key, members in forecast.make_forecast().items():
        assert dict(members.sizes) == {"member": 20, "time": 15}
        assert members.time.values[0].astype("datetime64[D]") == weather.LAST_DAY + 1
        assert members.attrs["issued"].startswith("2026-09-20")
        assert set(members.data_vars) == set(daily[key].data_vars)


def test_the_future_does_not_change_the_past():
    short, long = weather.make_daily(end="2026-09-01"), weather.make_daily(end="2026-11-01")
    for key in STATIONS:
        assert short[key].equals(long[key].sel(time=slice(None, "2026-09-01")))
    with pytest.raises(ValueError, match="end must lie between"):
        weather.make_daily(end="2027-09-01")


def test_the_same_seed_makes_the_same_numbers():
    first = [weather.make_daily(), hourly.make_hourly(), forecast.make_forecast()]
    for cached in (weather._truth, weather.background):
        cached.cache_clear()
    second = [weather.make_daily(), hourly.make_hourly(), forecast.make_forecast()]
    for one, other in zip(first, second, strict=True):
        for key in STATIONS:
            assert all(one[key][name].values.tobytes() == other[key][name].values.tobytes() for name in one[key])
    assert not weather.make_daily(1)["middle"].tmax.equals(first[0]["middle"].tmax)


def test_noise_of_more_days_begins_with_the_noise_of_fewer():
    few = generator.noise(5, 1, np.random.default_rng(1))
    many = generator.noise(9, 1, np.random.default_rng(1))
    assert all(np.array_equal(few[name], many[name][:5]) for name in few)


def test_files_can_be_read_by_the_platform_and_say_synthetic(tmp_path, daily):
    paths = make.make(tmp_path / "county")
    assert sum(path.stat().st_size for path in (tmp_path / "county").iterdir()) < 12e6
    assert "合成" in paths["readme"].read_text(encoding="utf-8")
    for path in [
        paths["stations"],
        paths["townships"],
        paths["county"],
        *paths["daily"],
        *paths["hourly"],
        *paths["forecast"],
    ]:
        assert "synthetic" in path.read_text(encoding="utf-8")
    readings = template.read(paths["daily"][0].read_text(encoding="utf-8"), "valley")[0]
    np.testing.assert_allclose(readings.table.tmax, daily["valley"].tmax)
    assert readings.elevation == daily["valley"].attrs["elevation"]
    hourly_table = template.read(paths["hourly"][0].read_text(encoding="utf-8"), "valley")[0]
    assert hourly_table.resolution == "hourly"
    answer = json.loads(paths["forecast"][1].read_text(encoding="utf-8"))
    block = open_meteo.block(answer, "daily", "forecast")
    assert len(block.members) == 20
    expected = forecast.make_forecast()["middle"]
    for name in ("tmax", "rain", "wind", "sunshine"):
        np.testing.assert_allclose(block.members[3].values[name], expected[name].values[3], atol=0.01)
