"""Counting trees on drawn orchards: monitoring.md 10.3, case T10.1, at a higher bar than there."""

from dataclasses import replace

import numpy as np
import pytest

from tests.remote_sensing.trees import orchards
from tests.remote_sensing.trees.flights import drawn, flown, places, plot, scored, surveyed

SEPARATE = ["separate", "touching", "grassy", "small in grass"]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("case", SEPARATE)
def test_separate_crowns_are_found_with_an_f1_of_097(case, seed):
    truth, seen = drawn(case, seed), surveyed(case, seed)
    assert scored(places(seen.trees), truth.trees)[2] >= 0.97
    assert bool(seen.plots["countable"][0])


@pytest.mark.parametrize(("case", "cover"), [("separate", 0.41), ("small in grass", 0.11)])
def test_what_is_drawn_has_the_cover_that_the_text_tells(case, cover):
    assert drawn(case, 1).cover == pytest.approx(cover, abs=0.03)


def test_green_ground_is_as_wide_as_the_text_tells():
    assert surveyed("small in grass", 1).plots["green_cover"][0] == pytest.approx(0.39, abs=0.06)


@pytest.mark.parametrize("seed", [1, 2])
def test_closed_crowns_are_not_counted_from_colour(seed):
    line = surveyed("closed", seed).plots.iloc[0]
    assert not line["countable"]
    assert np.isnan(line["n_found"])
    assert "closed canopy, not countable from colour" in line["note_en"]
    assert "郁闭" in line["note_zh"]
    assert not len(surveyed("closed", seed).trees)


def test_crowns_that_must_have_closed_by_the_record_are_not_counted():
    truth = drawn("touching", 1)
    line = flown(truth, plot(crown=4.4)).plots.iloc[0]
    assert "closed" in line["warnings"]


@pytest.mark.parametrize("case", ["touching", "small in grass"])
def test_diameter_and_spacing_are_estimated_where_nobody_knows_them(case):
    truth = drawn(case, 2)
    seen = flown(truth, plot(tree_spacing=None, row_spacing=None))
    line = seen.plots.iloc[0]
    assert scored(places(seen.trees), truth.trees)[2] >= 0.97
    assert line["diameter"] == pytest.approx(truth.about.diameter, rel=0.2)
    assert line["spacing"] == pytest.approx(3.5, rel=0.05)
    assert line["rows"] == pytest.approx(4.0, rel=0.15)
    assert np.isnan(line["n_expected"])


def test_trees_are_not_found_on_bare_ground():
    bare = orchards.draw(replace(orchards.CASES["separate"], gaps=1.0, grass=0.0, size=30.0))
    assert bare.cover == 0
    seen = flown(bare, plot(size=30.0))
    assert len(seen.trees) < 0.1 * 30 * 30 / 14


def test_pale_trees_are_found_like_green_ones():
    missed = total = 0
    for seed in (1, 2, 3):
        truth = drawn("grassy", seed)
        away = np.hypot(*(places(surveyed("grassy", seed).trees)[:, None] - truth.trees[None, truth.weak]).T)
        missed += int((away.min(axis=1) > 1.2).sum())
        total += int(truth.weak.sum())
    assert total >= 20
    assert missed <= 0.05 * total
