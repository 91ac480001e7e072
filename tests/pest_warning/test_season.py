import numpy as np
import pandas as pd
import pytest

import pest_warning
from agro.errors import InputError
from pest_warning import organism

INFECTING = [one.key for one in organism.of_engine("infection")]


def hours(days=4, temperature=24.0, rh=70.0, rain=0.0):
    index = pd.date_range("2024-06-01", periods=24 * days, freq="h")
    return pd.DataFrame({"temperature": temperature, "rh": rh, "rain": rain, "wind": 1.0}, index=index)


def test_a_dry_week_infects_nothing():
    assert (pest_warning.season(hours())[INFECTING] == 0).all().all()


def test_four_days_of_warm_rain_are_almost_four_whole_melanose_infections():
    # 24 C: 10.449 h needed; the gate of 1 mm opens in the second hour, 95 more give a dose of 9.092; a whole one is 2.4
    season = pest_warning.season(hours(days=4, rain=0.5, rh=95.0))
    assert season["wet_hours"].tolist() == [24, 24, 24, 24]
    assert season["melanose"].sum() == pytest.approx(9.092 / 2.4, abs=2e-3)


def test_an_hour_that_is_missing_makes_its_day_unknown_and_no_other():
    table = hours(rain=0.5, rh=95.0)
    gap = table.drop(table.index[30])
    season = pest_warning.season(gap)
    assert season["melanose"].isna().tolist() == [False, True, False, False]
    assert season["wet_hours"].isna().tolist() == [False, True, False, False]


def test_mites_grow_by_their_published_curve():
    # 1.602e-4 x 25 x 15 x sqrt(10)
    assert pest_warning.season(hours(temperature=25.0))["red_mite"].iloc[0] == pytest.approx(0.18999, abs=1e-4)


def test_a_table_without_humidity_is_refused_by_name():
    with pytest.raises(InputError, match="hours lack rh"):
        pest_warning.season(hours().drop(columns="rh"))


def test_one_organism_can_be_asked_alone():
    assert list(pest_warning.season(hours(), ["scab"]).columns) == ["wet_hours", "rain", "tmean", "rh", "scab"]


def test_days_stand_on_their_own_index():
    season = pest_warning.season(hours(days=3))
    assert list(season.index.strftime("%m-%d")) == ["06-01", "06-02", "06-03"]
    assert np.isfinite(season.to_numpy()).all()
