import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.errors import InputError
from growth_model import DAILY, EVENTS, season
from growth_model.place import Weather
from growth_model.season_dataset import OUTPUT, labels

FIRST = "2022-11-01"
FIELDS = Weather._fields
COLUMNS = ["tmin", "tmax", "tmean", "radiation", "wind", "rain"]


def frame(climate, first_day=FIRST, days=450):
    values = climate(first_day, days)[0, 0][:, [FIELDS.index(name) for name in COLUMNS]]
    return pd.DataFrame(values, columns=COLUMNS, index=pd.date_range(first_day, periods=days))


def test_a_frame_of_daily_weather_is_enough(climate):
    year = season(frame(climate)[["tmin", "tmax"]], "纽荷尔", latitude=30.5)
    assert set(OUTPUT) < set(year)
    assert year.diameter.dims == ("site", "member", "time")
    assert year.tss.attrs["units"] == "degBrix"
    assert list(year.event.values) == list(EVENTS)
    bloom = pd.Timestamp(year.stage_date.sel(season=2023, event="65").item())
    assert pd.Timestamp("2023-04-08") <= bloom <= pd.Timestamp("2023-04-25")
    assert np.isnat(year.stage_date.sel(season=2024, event="65")).all()


def test_sites_and_members_of_a_dataset_keep_their_names(climate):
    one = xr.Dataset(
        {name: ("time", values) for name, values in frame(climate).items()}, {"time": frame(climate).index}
    )
    cool = one.assign({name: one[name] - 1 for name in ("tmin", "tmax", "tmean")})
    weather = xr.concat([one, cool], pd.Index(["low", "high"], name="site"))
    year = season(weather.assign_attrs(latitude=30.5), ["navel", "orah"], members=5)
    assert year.sizes["member"] == 5
    assert list(year.site.values) == ["low", "high"]
    assert year.diameter.sel(site="low", time="2023-08-01").std() > 1


def test_kelvin_is_put_right_at_the_door(climate):
    celsius = frame(climate)[["tmin", "tmax"]]
    kelvin = xr.Dataset(
        {name: ("time", values + 273.15, {"units": "K"}) for name, values in celsius.items()}, {"time": celsius.index}
    )
    warm, same = (season(weather, "navel", latitude=30.5) for weather in (kelvin, celsius))
    np.testing.assert_allclose(warm.diameter, same.diameter, rtol=1e-9)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda weather: weather.drop(columns="tmax"), "tmax"),
        (lambda weather: weather.drop(index=weather.index[40]), "do not follow"),
        (lambda weather: weather.iloc[200:], "needs 1 November"),
    ],
)
def test_weather_that_cannot_be_used_is_refused_in_two_languages(climate, spoil, message):
    with pytest.raises(InputError, match=message) as refusal:
        season(spoil(frame(climate)), "navel", latitude=30.5)
    assert refusal.value.zh != str(refusal.value)


def test_weather_without_a_place_is_refused(climate):
    with pytest.raises(InputError, match="latitude"):
        season(frame(climate), "navel")


def test_every_daily_value_has_a_unit_and_a_name_in_two_languages(climate):
    assert set(labels()) == {*DAILY, "bbch_bud", "bbch_fruit"}
    year = season(frame(climate), "navel", latitude=30.5, fields=(*DAILY, "bbch_bud"))
    assert all(year[name].attrs["units"] and year[name].attrs["zh"] for name in (*DAILY, "bbch_bud"))


def test_light_told_apart_from_radiation_moves_sugar(climate):
    bright = frame(climate).assign(light=1.2)
    assert season(bright, "navel", latitude=30.5).tss[0, 0, 420] > season(frame(climate), "navel", 30.5).tss[0, 0, 420]
