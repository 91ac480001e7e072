"""What is said beside a count, and what a user's check makes of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Polygon, box

from agro.errors import InputError
from remote_sensing.trees import plant_mask, plot_windows, quality_line
from tests.remote_sensing.trees.flights import drawn, flown, plot, surveyed

SHOWN = pd.DataFrame({"window": [1, 2, 3, 4], "n_found": [6, 5, 4, 9]})


def test_a_check_of_windows_gives_precision_recall_and_f1():
    answers = pd.DataFrame({"window": [1, 2, 3], "wrong": [1, 0, 0], "missed": [0, 2, 0]})
    check = quality_line.from_check(SHOWN, answers)
    assert check.precision == pytest.approx(14 / 15)  # of 6 + 5 + 4 marks one is wrong; window 4 was not answered
    assert check.recall == pytest.approx(14 / 16)
    assert check.f1 == pytest.approx(28 / 31)
    assert check.low <= check.f1 <= check.high
    assert (check.windows, check.trees) == (3, 16)


def test_a_check_without_trees_says_nothing():
    empty = pd.DataFrame({"window": [1], "n_found": [0]})
    check = quality_line.from_check(empty, pd.DataFrame({"window": [1], "wrong": [0], "missed": [0]}))
    assert np.isnan(check.f1)


def test_more_wrong_marks_than_marks_are_refused():
    with pytest.raises(InputError, match="more wrong"):
        quality_line.from_check(SHOWN, pd.DataFrame({"window": [3], "wrong": [5], "missed": [0]}))


def test_windows_lie_in_the_plot_and_are_the_same_each_time():
    corner = Polygon([(0, 0), (100, 0), (0, 100)])
    squares = quality_line.windows(corner, n=50, seed=3)
    assert len(squares) == 50
    assert all(corner.intersection(one).area > 0.6 * 100 for one in squares.geometry)
    assert squares.equals(quality_line.windows(corner, n=50, seed=3))


def test_a_line_tells_found_and_expected_cover_and_what_is_unsure():
    line = surveyed("grassy", 1).plots.iloc[0]
    assert line["n_expected"] == pytest.approx(60 * 60 / (3.5 * 4.0))
    assert line["n_found"] == len(surveyed("grassy", 1).trees)
    assert 0 <= line["unsure"] < 0.1
    truth = drawn("grassy", 1)
    assert line["grass"] == pytest.approx(0.4 * (1 - truth.cover), abs=0.08)


def test_what_the_picture_does_not_show_is_not_counted():
    truth = drawn("separate", 1)
    dark = replace(truth, rgb=truth.rgb.copy())
    dark.rgb[:, :, 700:] = 0
    line = flown(dark).plots.iloc[0]
    assert line["empty"] == pytest.approx(500 / 1200, abs=0.01)
    assert not line["countable"]
    assert "no_picture" in line["warnings"]


def test_a_plot_that_leaves_the_picture_is_empty_there():
    assert flown(drawn("separate", 1), plot(size=80.0)).plots["empty"][0] == pytest.approx(1 - 60**2 / 80**2, abs=0.01)


def test_a_seam_and_blown_highlights_are_told():
    truth = drawn("separate", 1)
    spoilt = replace(truth, rgb=truth.rgb.copy())
    spoilt.rgb[:, :, 610:] = np.minimum(spoilt.rgb[:, :, 610:] * 1.3, 255).astype(np.uint8)
    spoilt.rgb[:, :200, :300] = 255
    warnings = flown(spoilt).plots["warnings"][0].split()
    assert {"seam", "blown"} <= set(warnings)
    for seed in (1, 2, 3):
        assert not {"seam", "blown", "low_sun"} & set(surveyed("separate", seed).plots["warnings"][0].split())


def test_shadow_is_dark_ground_and_no_crown():
    rgb = np.full((3, 10, 10), 120.0)
    rgb[:, :5, :5] = 30
    rgb[:, 8:, 8:] = np.array([30, 60, 20])[:, None, None]
    one = plant_mask.looks(rgb)
    np.testing.assert_array_equal(plant_mask.shadow(one, 0.05), rgb[0] == 30 * (rgb[1] == 30))


def test_far_too_few_trees_are_told():
    assert quality_line.count_warnings(40, 100.0, 0.0) == ["few"]
    assert quality_line.count_warnings(140, 100.0, 0.3) == ["many", "unsure"]
    assert quality_line.count_warnings(95, 100.0, 0.0) == []
    assert quality_line.count_warnings(5, float("nan"), 0.0) == []


def test_every_warning_speaks_both_languages():
    for english, chinese in quality_line.TOLD.values():
        assert english.isascii()
        assert not chinese.isascii()


def test_no_plot_in_the_picture_is_an_error():
    with pytest.raises(InputError, match="none of the plots"):
        flown(drawn("separate", 1), plot(left=600_000.0))


def test_a_window_of_a_plot_knows_what_lies_outside(tmp_path):
    class Picture:
        cell = 0.05
        bounds = (0, 0, 60, 60)

    view = plot_windows.PlotView(Picture(), box(10, 10, 20, 20), 3.0)
    assert view.cell == pytest.approx(0.1)
    assert view.wide.bounds == (8, 8, 22, 22)
