import re

import numba
import numpy as np
import pytest

from growth_model import block, load, names, perturbed, place_rows, run
from growth_model.place import Weather

FIRST = "2022-11-01"
BARS = {"diameter": 0.1, "hanging_diameter": 0.1, "tss": 0.05, "hanging_tss": 0.05, "ta": 0.02, "hanging_ta": 0.02}
"""mm, degBrix, g dL-1: how far single precision may be from double."""


@pytest.mark.parametrize(("seed", "wetness"), [(1, 1.0), (2, 0.35)])
def test_single_precision_agrees_with_double_for_all_groups_over_two_seasons(chance, tended, seed, wetness):
    rows = np.stack([perturbed(load(key), 8, seed) for key in names()])
    chances = [chance(FIRST, 900, sites=len(rows), seed=100 * seed + k, wetness=wetness) for k in range(8)]
    weather, works = np.concatenate(chances, axis=1), tended(900)
    single, double = (
        run(weather, place_rows(), rows, FIRST, 30.5, works=works, dtype=dtype) for dtype in (np.float32, np.float64)
    )
    np.testing.assert_allclose(single.dates, double.dates, atol=0.5, rtol=0, equal_nan=True)
    for name, bar in BARS.items():
        np.testing.assert_allclose(single[name], double[name], atol=bar, rtol=0, equal_nan=True, err_msg=name)
    assert np.isfinite(double["tss"]).sum() > 20_000


def loop_in_single_precision():
    """Return the optimised code of the engine's loop in float32; kept with a compiled kernel, also one from a cache."""
    day = np.zeros((1, 1, 2, len(Weather._fields)), np.float32)
    run(day, place_rows(), load("navel").row[None, None], FIRST, 30.5, check=False)
    kernel = block.serial.compiled
    signature = next(one for one in kernel.signatures if one[1].dtype == numba.float32)
    return str(kernel.overloads[signature].library._get_module_for_linking())


def test_the_loop_computes_eight_or_more_places_a_step_and_never_in_double_precision():
    loop = loop_in_single_precision()
    widths = {int(width) for width in re.findall(r"<(\d+) x float>", loop)}
    assert max(widths) >= 4
    assert loop.count("x float>") > 1000
    assert "fpext" not in loop  # no number of single precision is ever made double
    assert not re.findall(r"fadd.*double|fmul.*double|fdiv.*double", loop)
