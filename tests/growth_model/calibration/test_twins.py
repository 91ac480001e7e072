"""Twins: orchards whose parameters are known, read with error through the engine itself, and found again."""

import numpy as np
import pytest
from scipy.stats import binom

from growth_model import cultivar as crops
from growth_model import place_rows
from growth_model.calibration import season, today
from growth_model.calibration.prior import Prior
from growth_model.calibration.season import Readings, Setting
from growth_model.crop import PARAMETERS
from growth_model.orchard import FIELDS
from growth_model.works import ordinary

FIRST = np.datetime64("2024-11-01")
DAYS = 455  # to 29 January
TWINS = 36
PLAN = [
    *[("bloom_65", "2025-04-15"), ("yield", "2025-12-15")],
    *[("diameter", f"2025-{day}") for day in ("06-25", "07-25", "08-28", "10-05")],
    *[(kind, f"2025-{day}") for kind in ("tss", "ta") for day in ("10-20", "11-15", "12-08")],
]
SD = {"bloom_65": 3.0, "diameter": 1.16, "tss": 0.3, "ta": 0.05}


@pytest.fixture(scope="module")
def setting(climate):
    weather = climate(FIRST, DAYS)
    return Setting(weather, place_rows(elevation=300.0), np.zeros((1, 32)), ordinary(FIRST, DAYS), FIRST, 30.5)


@pytest.fixture(scope="module")
def navel():
    return crops.load("navel")


def read(setting, crop, random=None, plan=PLAN):
    """Return what would be read of one tree, with errors where a source of chance is given, and the truth."""
    days = np.array([(np.datetime64(day) - FIRST).astype(int) for _, day in plan])
    asked = Readings(tuple(kind for kind, _ in plan), days, np.zeros(len(plan)), np.ones(len(plan)), FIRST)
    true = season.predicted(setting.run(crop), asked, setting.place)[0]
    sds = np.array([SD.get(kind, 0.15 * value) for (kind, _), value in zip(plan, true, strict=True)])
    told = true + (0.0 if random is None else sds * random.standard_normal(len(plan)))
    return Readings(asked.kinds, days, told, sds, FIRST), true


@pytest.fixture(scope="module")
def twins(setting, navel):
    """Scores of the truth and of the fit, and the truth of readings and what the fit says of them."""
    found = []
    names = season.informed(navel, [kind for kind, _ in PLAN])
    prior = Prior.of(navel, names)
    others = crops.perturbed(navel, 64, 999)
    for twin in range(TWINS):
        random = np.random.default_rng([41, twin])
        score = random.standard_normal(len(names))
        crop = others[twin + 1][None].copy()
        crop[0, [PARAMETERS.index(name) for name in names]] = prior.values(score[None])[0]
        readings, true = read(setting, crop, random)
        found.append((score, season.fit(setting, navel, readings, seed=twin), true))
    return found


def test_a_fit_finds_the_parameters_of_a_twin_in_eight_of_ten_cases(twins):
    inside = np.array(
        [
            (np.quantile(fit.scores, 0.1, axis=0) <= z) & (z <= np.quantile(fit.scores, 0.9, axis=0))
            for z, fit, _ in twins
        ]
    )
    # each parameter alone, in the 99.9 % band of its own binomial; all together within two errors that plots share
    low, high = binom.interval(0.999, TWINS, 0.8)
    assert ((inside.sum(axis=0) >= low) & (inside.sum(axis=0) <= high)).all(), inside.mean(axis=0)
    low, high = binom.interval(0.999, inside.size, 0.8)
    assert low <= inside.sum() <= high, inside.mean()


def test_readings_bring_the_model_to_the_truth(twins):
    off = np.array([[np.nanmedian(said, axis=0) - true for said in (fit.before, fit.after)] for _, fit, true in twins])
    size = np.sqrt(np.nanmean(off**2, axis=0))
    diameters = [k for k, (kind, _) in enumerate(PLAN) if kind == "diameter"]
    assert (size[1, diameters] < 0.6 * size[0, diameters]).all()
    assert (size[1] < 1.05 * size[0]).all()  # and no kind of reading pays for it


def test_what_a_bloom_does_not_tell_of_hardly_moves(setting, navel):
    readings, _ = read(setting, navel.row[None], plan=[("bloom_65", "2025-04-15")])
    found = season.fit(setting, navel, readings)
    assert found.names == ("bloom.requirement",)
    prior = Prior.of(navel, ("acid.rate", "sugar.limit", "fruit.growth"))
    columns = [PARAMETERS.index(name) for name in prior.names]
    before, after = (prior.scores(rows[:, columns]) for rows in (found.prior_rows, found.rows))
    np.testing.assert_allclose(after.mean(axis=0), before.mean(axis=0), atol=0.25)
    np.testing.assert_allclose(after.std(axis=0), before.std(axis=0), rtol=0.1)
    assert found.scores.std() < 0.85


def test_a_bloom_told_from_memory_moves_less_than_one_that_was_watched(setting, navel):
    readings, _ = read(setting, navel.row[None], plan=[("bloom_65", "2025-04-15")])
    early = [
        season.fit(setting, navel, Readings(readings.kinds, readings.days, readings.values - 8, np.array([sd]), FIRST))
        for sd in (3.0, 6.0)
    ]
    watched, told = (fit.scores.mean() for fit in early)
    assert watched < told < -0.05


def test_contradicting_readings_count_with_twice_their_spread(table_of):
    rows = table_of([("diameter", "2025-07-01", 50.0, 1.0, False), ("diameter", "2025-07-01", 60.0, 1.0, True)])
    assert Readings.of(rows, FIRST, DAYS).sds.tolist() == [1.0, 2.0]


def test_readings_outside_the_run_or_without_a_value_are_passed_over(table_of):
    rows = table_of(
        [
            ("diameter", "2024-10-31", 50.0, 1.0, False),
            ("tss", "2025-11-01", np.nan, 0.3, False),
            ("harvest", "2025-11-20", 20.0, 3.0, False),
            ("bloom_65", "2025-04-10", np.nan, 3.0, False),
        ]
    )
    found = Readings.of(rows, FIRST, DAYS)
    assert found.kinds == ("bloom_65",)
    assert found.values.tolist() == [160.5]  # noon of the 161st day since 1 November


def test_winter_fruit_belongs_to_the_bloom_before():
    days = np.array([(np.datetime64(day) - FIRST).astype(int) for day in ("2025-06-01", "2026-01-20", "2026-04-12")])
    three = Readings(("diameter", "tss", "bloom_65"), days, days + 0.5, np.ones(3), FIRST)
    assert three.years().tolist() == [2025, 2025, 2026]


def test_soil_is_as_wet_as_its_field_capacity_less_what_is_missing():
    place = place_rows(field_capacity=0.30, wilting_point=0.12, stones=0.0, depth=0.6)
    assert season.water_content(0.0, place) == pytest.approx(0.30)
    assert season.water_content(60.0, place) == pytest.approx(0.20)  # 60 mm of 600 mm of soil


@pytest.fixture(scope="module")
def one_reading(setting, navel):
    """A diameter read four deviations above what the members said on 25 July, and the seasons without and with it."""
    rows = crops.perturbed(navel, 60, 3)
    day = int((np.datetime64("2025-07-25") - FIRST).astype(int))
    plain = setting.run(rows)
    said = plain["diameter"][0, :, day]
    value = float(said.mean() + said.std())
    reading = Readings(("diameter",), np.array([day]), np.array([value]), np.array([1.2]), FIRST)
    after, moved = today.updated(setting, rows, reading)
    return plain, after, moved, value, day


def test_a_reading_moves_the_forecast_of_the_same_day(one_reading):
    plain, after, moved, value, day = one_reading
    then = day + 30
    assert abs(moved[0].after.mean() - value) < 0.2 * abs(moved[0].before.mean() - value)
    assert np.nanmedian(after["diameter"][0, :, then]) > np.nanmedian(plain["diameter"][0, :, then]) + 1.0


def test_a_reading_makes_the_forecast_surer(one_reading):
    plain, after, moved, _, day = one_reading
    assert moved[0].after.std() < 0.5 * moved[0].before.std()
    assert np.nanstd(after["diameter"][0, :, day + 30]) < np.nanstd(plain["diameter"][0, :, day + 30])


def test_days_before_a_reading_stay_as_they_were(one_reading):
    plain, after, _, _, day = one_reading
    np.testing.assert_array_equal(after["diameter"][0, :, :day], plain["diameter"][0, :, :day])
    np.testing.assert_array_equal(after["tss"][0, :, :day], plain["tss"][0, :, :day])


def test_wet_soil_that_was_read_fills_the_layers_and_never_beyond(setting, navel):
    rows = crops.perturbed(navel, 60, 3)
    day = 280
    dry = setting.run(rows)["root_depletion"][0, :, day]
    wet = float(season.water_content(max(dry.mean() - 40.0, -20.0), setting.place))
    reading = Readings(("soil_moisture",), np.array([day]), np.array([wet]), np.array([0.01]), FIRST)
    after, moved = today.updated(setting, rows, reading)
    assert abs(moved[0].after.mean() - wet) < abs(moved[0].before.mean() - wet)
    upper = after.end.trees[0, :, today.STATE.index("water.upper")]
    assert (upper >= 0).all()
    assert (upper <= setting.place[0, FIELDS.index("soil.upper")] + 1e-3).all()


def test_sugar_is_not_put_right_before_there_is_any(setting, navel):
    rows = crops.perturbed(navel, 20, 3)
    reading = Readings(("tss",), np.array([200]), np.array([9.0]), np.array([0.3]), FIRST)
    _, moved = today.updated(setting, rows, reading)
    assert np.isnan(moved[0].before).all()
    assert np.isnan(moved[0].after).all()


@pytest.fixture(scope="module")
def table_of():
    """Give a maker of tables as the store tells observations."""
    import pandas as pd

    def made(rows):
        table = pd.DataFrame(rows, columns=["kind", "date", "value", "sd", "conflict"])
        return table.assign(date=pd.to_datetime(table["date"]))

    return made
