from datetime import date

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from agro.farm import Boundary, Farm, Observation, Region, Station
from agro.store import OPERATOR


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_every_write_of_a_viewer_leaves_a_row(store, make_plot):
    times = pd.date_range("2026-01-01", periods=2)
    grid = xr.DataArray(np.zeros((4, 4), "float32"), dims=("y", "x"), coords={"y": [3.0, 2, 1, 0], "x": [0.0, 1, 2, 3]})
    table = pd.DataFrame({"plot": ["p1"]})
    store.save_region(Region("r", "Sample", "EPSG:32648"), by=OPERATOR)
    store.save_boundaries([Boundary("b", "Sample", "county", make_plot("x").geometry)], by=OPERATOR)
    store.save_farms([Farm("f1", "Upper Terrace")], by=OPERATOR)
    store.save_plots([make_plot("North", id="p1")], by=OPERATOR)
    store.change_plot("p1", cultivar="navel", by=OPERATOR)
    store.save_station(Station("s1", "Valley floor", 108.5, 30.9, 180.0), by=OPERATOR)
    store.save_weather("s1", xr.Dataset({"tmin": ("time", [1.0, 2.0])}, {"time": times}), "daily", by=OPERATOR)
    members = xr.Dataset({"tmin": (("member", "time"), np.zeros((2, 2)))}, {"time": times}, {"issued": "2026-01-01"})
    store.save_forecast_weather("s1", members, by=OPERATOR)
    store.save_raster("dem", grid.rio.write_crs("EPSG:32648"), by=OPERATOR)
    run = store.start_run(date(2026, 1, 1), by=OPERATOR)
    store.save_outlook(run, date(2026, 1, 1), table, table, table, by=OPERATOR)
    store.finish_run(run, by=OPERATOR)
    store.add_observations([Observation("o1", "p1", "bloom_65", date(2026, 4, 12))], by=OPERATOR)
    store.remove_observation("o1", by=OPERATOR)
    account = store.add_account("Li Na", None, "grower", by=OPERATOR)
    store.grant(OPERATOR, "f1", account)
    store.save_setting("language", "zh", by=OPERATOR)
    store.remove_plot("p1", by=OPERATOR)
    trail = store.audit()
    expected = (
        "region.save boundary.save farm.save plot.save plot.change station.save weather.import forecast.import "
        "raster.save run.start outlook.save run.finished "
        "observation.add observation.remove account.add grant.give setting.save plot.remove"
    )
    assert " ".join(trail["action"][::-1]) == expected
    assert set(trail["role"]) == {"admin"}
    assert trail["counts"][11] == {"added": 2, "filled": 0, "same": 0, "conflicting": 0}


def test_the_platform_itself_and_what_failed_leave_none(orchard):
    assert orchard.audit().empty
    orchard.save_setting("kept", {"a": [1, None]})
    assert orchard.setting("kept") == {"a": [1, None]}
    assert orchard.setting("unknown", "none") == "none"

    def change_and_fail():
        with orchard:
            orchard.change_plot("p1", area=1.0, by=OPERATOR)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        change_and_fail()
    assert orchard.audit(account=OPERATOR.account).empty
