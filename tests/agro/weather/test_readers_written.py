import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from agro.weather import reading
from agro.weather.readers.written import template_csv, text_of


@pytest.mark.parametrize("resolution", ["daily", "hourly"])
def test_the_template_reads_as_it_is_given_out(resolution):
    (file,) = reading.parsed(template_csv(resolution), "template.csv")
    assert file.resolution == resolution
    assert file.questions == []
    assert file.dataset.sizes["time"] == 1
    assert file.dataset.rh.values[0] == 81
    assert not [finding for finding in file.findings if finding.level == "warning"]


numbers = st.one_of(st.just(np.nan), st.floats(-60, 600).filter(lambda x: x not in (-999, 9999)))


@given(
    values=hnp.arrays(float, (12, 3), elements=numbers),
    daily=st.booleans(),
    start=st.dates(pd.Timestamp("1951-01-01").date(), pd.Timestamp("2048-01-01").date()),
)
def test_a_written_table_reads_back_to_the_same_numbers(values, daily, start):
    time = pd.date_range(start, periods=12, freq="D" if daily else "h")
    names = ["tmin", "tmax", "rain"] if daily else ["temperature", "rh", "rain"]
    weather = xr.Dataset({name: ("time", values[:, i]) for i, name in enumerate(names)}, {"time": time.to_numpy()})
    weather.attrs = {"name": "Upper valley", "latitude": 30.123456789, "longitude": 108.0, "elevation": 350.5}
    (file,) = reading.parsed(text_of(weather), "again.csv")
    assert file.resolution == ("daily" if daily else "hourly")
    assert (file.name, file.latitude, file.elevation) == ("Upper valley", 30.123456789, 350.5)
    assert (file.dataset.time.values == weather.time.values).all()
    for name in names:
        np.testing.assert_array_equal(file.dataset[name].values, weather[name].values)
        assert ((file.dataset[f"{name}_flag"].values == 9) == np.isnan(weather[name].values)).all()
