import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from agro.errors import InputError
from agro.store import packing


@st.composite
def datasets(draw):
    sites, members, days = draw(st.tuples(*[st.integers(1, 4)] * 3))
    values = arrays.arrays("float32", (sites, members, days), elements=st.floats(-50, 50, width=32) | st.just(np.nan))
    return xr.Dataset(
        {
            "diameter": (("site", "member", "time"), draw(values), {"units": "mm"}),
            "stage": (("time", "site"), draw(arrays.arrays("int8", (days, sites)))),
            "bloom": (("site",), pd.date_range("2026-04-01", periods=sites).to_numpy("datetime64[ns]")),
            "late": (("site",), draw(arrays.arrays(bool, sites))),
            "height": 420.5,
        },
        {
            "site": [f"南坡-{number}" for number in range(sites)],
            "time": pd.date_range("2026-03-01", periods=days).to_numpy("datetime64[ns]"),
            "cultivar": ("site", np.array(["navel"] * sites, dtype=object)),
        },
        {"issued": "2026-03-01T00:00+00:00", "synthetic": np.int64(1)},
    )


@given(dataset=datasets())
@settings(max_examples=30)
def test_a_dataset_comes_back_from_its_file_as_it_went(tmp_path_factory, dataset):
    path = tmp_path_factory.mktemp("packed") / "sites.parquet"
    packing.write(path, dataset)
    told = packing.read(path)
    xr.testing.assert_identical(told, dataset)
    assert {name: told[name].dtype for name in told.variables} == {
        name: dataset[name].dtype for name in dataset.variables
    }


def test_one_site_is_read_alone(tmp_path):
    values = np.arange(24.0).reshape(4, 3, 2)
    dataset = xr.Dataset(
        {"tss": (("site", "member", "time"), values)}, {"site": ["a", "b", "c", "d"], "member": [0, 1, 2]}
    )
    packing.write(tmp_path / "sites.parquet", dataset)
    told = packing.read(tmp_path / "sites.parquet", {"site": ["b", "d"]})
    xr.testing.assert_identical(told, dataset.sel(site=["b", "d"]))


def test_a_foreign_table_and_an_empty_dataset_are_refused(tmp_path):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "foreign.parquet")
    with pytest.raises(InputError, match="no Dataset of ours"):
        packing.read(tmp_path / "foreign.parquet")
    with pytest.raises(ValueError, match="without rows"):
        packing.packed(xr.Dataset({"tmin": ("time", [])}))
