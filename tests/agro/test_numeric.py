import numba
import numpy as np
import pytest
import xarray as xr

from agro import numeric
from agro.numeric import equation, exp, kernel, log, maximum, minimum, power, where


@equation
def halved(x, share=0.5):
    return share * x


@equation
def curved(x, rate):
    return halved(exp(-rate * x)) + where(x > 1.0, log(x), 2.0 * (x - 1.0)) + power(x, 1.7) / (1.0 + x)


@kernel(fastmath=numeric.FAST)
def along(x, rate, out):
    for k in range(out.size):
        out[k] = curved(x[k], rate[k])


@kernel(fastmath=numeric.FAST)
def functions(x, out):
    for k in range(x.size):
        out[0, k] = exp(x[k])
        out[1, k] = log(exp(x[k]))
        out[2, k] = minimum(x[k], 0.5)
        out[3, k] = maximum(x[k], 0.5)


@pytest.mark.parametrize(("dtype", "close"), [(np.float32, 3e-7), (np.float64, 1e-15)])
def test_compiled_functions_agree_with_numpy(dtype, close):
    x = np.linspace(-60, 60, 40_001).astype(dtype)
    out = np.empty((4, x.size), dtype)
    functions(x, out)
    wide = x.astype(float)
    assert np.max(np.abs(out[0] / np.exp(wide) - 1)) < close * (1 + (dtype == np.float64))
    assert np.max(np.abs(out[1] - wide)) < close * 60
    np.testing.assert_array_equal(out[2], np.minimum(x, dtype(0.5)))
    np.testing.assert_array_equal(out[3], np.maximum(x, dtype(0.5)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_missing_value_stays_missing(dtype):
    out = np.empty((4, 3), dtype)
    functions(np.full(3, np.nan, dtype), out)
    assert np.isnan(out[[0, 2, 3]]).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_source_serves_both_precisions_and_plain_python(dtype):
    rng = np.random.default_rng(0)
    x, rate = rng.uniform(0.1, 5, 999).astype(dtype), rng.uniform(0.1, 2, 999).astype(dtype)
    out = np.empty(999, dtype)
    along(x, rate, out)
    np.testing.assert_allclose(
        out, curved(x.astype(float), rate.astype(float)), rtol=3e-6 if dtype == np.float32 else 1e-13
    )


def test_constants_follow_the_precision_of_the_arguments():
    x = np.ones(100, np.float32)
    along(x, x, np.empty_like(x))
    single = next(sig for sig in along.compiled.signatures if sig[0].dtype == numba.float32)
    # the optimised code is kept beside a compiled kernel, assembly is not: a kernel from the cache shows none
    loop = str(along.compiled.overloads[single].library._get_module_for_linking())
    assert " x float>" in loop
    assert "fpext" not in loop  # no number of single precision is made double


def test_equations_take_labelled_arrays():
    labelled = xr.DataArray([0.5, 2.0], dims="site", coords={"site": ["a", "b"]})
    found = curved(labelled, 0.3)
    assert list(found.site.values) == ["a", "b"]
    np.testing.assert_allclose(found.values, [curved(0.5, 0.3), curved(2.0, 0.3)])
