import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from growth_model import BalanceError, engine, load, names, perturbed, place_rows, run, water_use, works
from growth_model.state import STATE

FIRST = "2022-11-01"
DAYS = 800
CROPS = np.stack([perturbed(load(key), 3, seed=5) for key in names()])


def deeds(rng, days):
    """Return a year and more of deeds by chance, from neglect to overdoing it."""
    rows = works.nothing(days)
    for name, chance, most in (
        ("irrigation", 0.08, 60.0), ("nitrogen", 0.03, 250.0), ("phosphorus", 0.02, 90.0), ("potassium", 0.02, 180.0),
        ("thinning", 0.01, 0.7), ("pruning", 0.006, 0.5), ("shade", 0.15, 0.8), ("picking", 0.006, 1.0),
    ):  # fmt: skip
        at = rng.random(days) < chance
        rows[at, works.FIELDS.index(name)] = rng.uniform(0, most, at.sum())
    rows[rng.integers(0, days, 3), works.FIELDS.index("picking")] = [0.9995, 0.99999, 1.0]
    return rows


def orchards(rng, sites):
    return place_rows(
        slope=rng.uniform(0, 35, sites), aspect=rng.uniform(0, 360, sites), stones=rng.uniform(0, 0.6, sites),
        depth=rng.uniform(0.2, 1.2, sites), age=rng.uniform(1, 20, sites), rise=rng.uniform(-100, 500, sites),
        cold=rng.uniform(0, 1, sites), sky_view=rng.uniform(0.8, 1, sites), terrace=rng.uniform(0, 1, sites),
        acidity=rng.uniform(4.5, 8.2, sites), efficiency=rng.uniform(0.5, 1, sites),
    )  # fmt: skip


@settings(max_examples=6)
@given(seed=st.integers(0, 100_000), wetness=st.floats(0, 3), dtype=st.sampled_from([np.float64, np.float32]))
def test_water_carbon_and_nutrients_close_every_day_whatever_weather_and_people_do(chance, seed, wetness, dtype):
    rng = np.random.default_rng(seed)
    weather = chance(FIRST, DAYS, sites=len(CROPS), seed=seed, wetness=wetness)
    weather[..., :3] += rng.uniform(-4, 4, (len(CROPS), 1, 1, 1))
    done = np.stack([deeds(rng, DAYS) for _ in range(4)])
    plan = rng.integers(0, 4, (len(CROPS), 3))
    season = run(weather, orchards(rng, len(CROPS)), CROPS, FIRST, 30.5, works=done, plan=plan, dtype=dtype)
    for name, most in engine.TOLERANCE[dtype].items():  # the bars that the platform promises
        assert most == {"water": {np.float64: 1e-6, np.float32: 1e-3}[dtype]}.get(
            name, {np.float64: 1e-9, np.float32: 1e-5}[dtype]
        )
        assert np.abs(season.end.trees[..., STATE.index(f"audit.{name}")]).max() <= most
    assert np.isfinite(season["leaf_area"]).all()
    for name in ("leaf_area", "reserve", "fruit_number", "yield", "soil_nitrogen", "runoff", "percolation"):
        assert np.nanmin(season[name]) >= -1e-4, name


def test_sums_of_two_years_equal_what_the_soil_gained_and_lost(chance):
    weather = chance(FIRST, DAYS, sites=9)
    watered = np.stack([deeds(np.random.default_rng(3), DAYS)])
    season = run(
        weather, place_rows(), CROPS[:, :1], FIRST, 30.5, works=watered, dtype=np.float64,
        shown=("evapotranspiration", "runoff", "percolation", "root_depletion"),
    )  # fmt: skip
    rain = weather[:, :, :, 10].sum(axis=2)
    water = watered[0, :, 0].sum() * 0.65  # what a hose brings to the roots
    lost = sum(season[name].sum(axis=2) for name in ("evapotranspiration", "runoff", "percolation"))
    autumn = {"dtype": np.float64, "shown": ("root_available",), "window": (0, 1)}
    # a run starts with autumn soil that lacks a fifth of what it can hold
    start = 0.2 * run(weather, place_rows(), CROPS[:, :1], FIRST, 30.5, **autumn)["root_available"][..., 0]
    np.testing.assert_allclose(
        rain + water - lost, start - season["root_depletion"][..., -1], atol=1e-6
    )  # autumn soil lacks a fifth


def test_pruning_to_the_stump_and_picking_all_leave_a_tree_that_still_adds_up(chance):
    done = works.with_deeds(
        works.nothing(500), FIRST,
        [(date(2023, 7, 1), {"pruning": 1.0}), (date(2023, 11, 20), {"picking": 1.0})],
    )[None]  # fmt: skip
    season = run(chance(FIRST, 500, sites=9), place_rows(), CROPS, FIRST, 30.5, works=done, dtype=np.float64)
    assert season["leaf_area"][0, 0, 242] < 0.1
    assert np.isfinite(season["leaf_area"]).all()


def test_a_leak_is_named_with_its_site_day_and_amount(climate, plainly):
    whole = water_use.water_day

    def leaking(water, *others):
        today = whole(water, *others)
        return today._replace(water=today.water._replace(lower=today.water.lower + leak(others)))

    def leak(others):
        leaking.calls += 1
        return 0.25 if leaking.calls == 20 else 0.0

    leaking.calls = 0
    weather = climate(FIRST, 22)
    with plainly() as patched:
        patched.setattr(water_use, "water_day", leaking)
        with pytest.raises(BalanceError, match=r"site 0, member 0, on 2022-11-20: 0.25 mm \(at most 1e-06\)") as broken:
            run(weather, place_rows(), CROPS[:1, :1], FIRST, 30.5, dtype=np.float64)
    assert re.search("水|water.*收支不平衡", broken.value.zh)
    assert "2022-11-20" in broken.value.zh


def test_a_gap_that_an_earlier_run_found_is_refused_at_its_site(climate):
    weather = np.repeat(climate(FIRST, 41), 3, axis=0)
    end = run(weather[:, :, :21], place_rows(), CROPS[:3, :1], FIRST, 30.5, days=20, dtype=np.float64).end
    end.trees[2, 0, STATE.index("audit.carbon")] = 0.004
    end.trees[2, 0, STATE.index("audit.carbon_day")] = 11
    later = {"start": end, "dtype": np.float64}
    with pytest.raises(BalanceError, match=r"carbon does not add up at site 2, member 0, on 2022-11-12: 0.004 of all"):
        run(weather[:, :, 20:], place_rows(), CROPS[:3, :1], end.next_day, 30.5, **later)
    assert run(weather[:, :, 20:], place_rows(), CROPS[:3, :1], end.next_day, 30.5, check=False, **later)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_rain_that_nobody_knows_is_refused_not_passed_over(climate, dtype):
    weather = np.repeat(climate(FIRST, 60), 2, axis=0)
    weather[1, 0, 30, 10] = np.nan  # a day with temperatures and without rain
    with pytest.raises(BalanceError, match=r"water does not add up at site 1, member 0, on 2022-12-01: nan"):
        run(weather, place_rows(), CROPS[:2, :1], FIRST, 30.5, dtype=dtype)
