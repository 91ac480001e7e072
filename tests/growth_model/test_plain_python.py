import numpy as np
import pytest

from growth_model import DAILY, load, place_rows, run

FIRST = "2022-11-01"
DAYS = 400


@pytest.fixture(scope="module")
def orchard(chance, tended):
    """A terraced slope in stony soil on which people do everything that can be done."""
    works = tended(DAYS, irrigation=12.0)
    for day, (name, amount) in {176: (4, 0.2), 179: (5, 0.15), 182: (6, 0.5), 340: (7, 0.4)}.items():
        works[0, day, name] = amount
    place = place_rows(slope=18.0, aspect=230.0, rise=120.0, sky_view=0.93, stones=0.3)
    horizons = np.random.default_rng(1).uniform(0, 20, (1, 32))
    return chance(FIRST, DAYS, sites=1, seed=4), place, works, horizons


# Full bloom is on day 170, ripening begins about day 330; plain Python takes a tenth of a second a day.
@pytest.mark.parametrize("window", [(0, 6), (160, 186), (325, 345)])
def test_plain_python_goes_on_from_a_compiled_evening_as_the_compiled_kernel_does(orchard, plainly, window):
    weather, place, works, horizons = orchard
    crop, (first, last) = load("valencia").row[None, None], window
    fixed = {"horizons": horizons, "dtype": np.float64, "shown": (*DAILY, "tree.sums.picked", "tree.buds.chill")}
    whole = run(weather, place, crop, FIRST, 30.5, works=works, days=last, **fixed)
    settings = fixed | {"works": np.ascontiguousarray(works[:, first:])}
    if first:
        before = run(weather, place, crop, FIRST, 30.5, works=works, days=first, **fixed)
        settings["start"] = before.end
    with plainly():
        plain = run(
            weather[:, :, first : last + 1], place, crop, np.datetime64(FIRST) + first, 30.5, days=last - first,
            **settings,
        )  # fmt: skip
    np.testing.assert_allclose(plain.dates, whole.dates[:, :, : plain.dates.shape[2]], rtol=1e-9, equal_nan=True)
    for name in plain.names:
        np.testing.assert_allclose(
            plain[name], whole[name][:, :, first:last], rtol=1e-8, atol=1e-9, equal_nan=True, err_msg=name
        )
