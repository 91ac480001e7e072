import numpy as np
import pytest

from agro.terrain.slope_light import beam_ratio
from growth_model import EVENTS, load, place_rows, run

FIRST = "2022-11-01"
DAYS = 420
BLOOM, RATIO = EVENTS.index("65"), EVENTS.index("ratio_12")


def grow(weather, places, done, horizons=None):
    season = run(
        weather, places, load("navel").row[None, None], FIRST, 30.5, cell=[0], works=done, horizons=horizons,
        dtype=np.float64, shown=("assimilation", "et0", "diameter", "tmax"),
    )  # fmt: skip
    return season, season["assimilation"][:, 0].sum(axis=1)


def test_hills_on_the_horizon_take_light_and_all_around_more_than_in_the_north(climate, tended):
    horizons = np.zeros((4, 32))
    horizons[1, [0, 1, 2, 30, 31]] = 40  # north
    horizons[2, 12:21] = 40  # south
    horizons[3] = 40
    _, gain = grow(climate(FIRST, DAYS), place_rows(slope=np.zeros(4)), tended(DAYS, 10.0), horizons)
    assert gain[0] == pytest.approx(gain[1], rel=0.002)
    assert gain[0] > gain[2] > gain[3] > 0.5 * gain[0]


@pytest.mark.parametrize(("slope", "aspect"), [(15.0, 180.0), (15.0, 0.0), (20.0, 90.0)])
def test_a_place_that_stands_for_several_grows_as_the_exact_slope_does(climate, tended, slope, aspect):
    place = {"slope": slope, "aspect": aspect, "sky_view": (1 + np.cos(np.radians(slope))) / 2}
    for name, day in {"summer_beam": 172, "winter_beam": 355}.items():
        place[name] = np.ravel(beam_ratio(30.5, [slope], [aspect], np.zeros(32), day))[0]
    both = place_rows(**{name: [value] * 2 for name, value in place.items()}, stands_for_several=[False, True])
    season, gain = grow(climate(FIRST, DAYS), both, tended(DAYS, 10.0))
    assert gain[1] == pytest.approx(gain[0], rel=0.04)
    assert season.dates[1, 0, 0, BLOOM] == season.dates[0, 0, 0, BLOOM]
    assert season.dates[1, 0, 0, RATIO] == pytest.approx(season.dates[0, 0, 0, RATIO], abs=1.0)


def test_flat_ground_is_alike_whichever_way_it_faces_and_whether_it_stands_for_several(climate, tended):
    places = place_rows(aspect=[0.0, 137.0, 0.0], stands_for_several=[False, False, True])
    season, _ = grow(climate(FIRST, DAYS), places, tended(DAYS))
    np.testing.assert_allclose(season.daily[1], season.daily[0], rtol=1e-12)
    np.testing.assert_allclose(season.daily[2], season.daily[0], rtol=1e-12)


def test_higher_and_shadier_places_bloom_later(climate, tended):
    places = place_rows(rise=[0.0, 200.0, 0.0], winter_beam=[1.0, 1.0, 0.4], summer_beam=[1.0, 1.0, 0.9])
    season, _ = grow(climate(FIRST, DAYS), places, tended(DAYS))
    valley, high, shady = season.dates[:, 0, 0, BLOOM]
    assert high > valley + 3
    assert shady > valley
