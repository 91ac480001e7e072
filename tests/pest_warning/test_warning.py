"""All organisms of some plots: one table, whatever stands behind a row, and no file more than another TOML."""

import warnings
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro import parameters
from pest_warning import organism, outlook, warning
from pest_warning.setting import Spray
from tests.pest_warning import settings as made

KEYS = organism.keys()
SEASONS = {
    "January": date(2025, 1, 15),
    "March": date(2025, 3, 15),
    "June": date(2025, 6, 15),
    "December": date(2024, 12, 10),
}


@pytest.fixture(scope="module", params=SEASONS)
def season(request):
    """A setting of all organisms with sprays, counts and a find, and its outlook."""
    setting = noted(made.setting(on=SEASONS[request.param]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return setting, *warning.outlooks(setting)


def noted(setting):
    now = setting.now
    return replace(
        setting,
        sprays={1: [
            Spray(now - 3, ("FRAC M01",), ("scab", "canker")), Spray(now - 9, ("IRAC 6",), ("red_mite",)),
        ]},
        counts=made.counted(
            (2, "red_mite", now - 4, "leaf", 50, np.nan, 80.0), (0, "scab", now - 10, "shoot", 100, 7.0, np.nan),
            (0, "scab", now - 2, "shoot", 100, 5.0, np.nan), (2, "minax", now, "trap", 5, np.nan, 2.0),
        ),
        pressure={"canker": np.array([0.5, 0.5, 0.0]), "psyllid": np.array([0.0, 0.2, 0.0])},
        recorded=np.array([True, True, False]),
    )  # fmt: skip


def test_each_plot_has_a_row_for_each_organism_and_horizon_and_no_other(season):
    setting, table, courses = season
    assert list(table.columns) == list(outlook.COLUMNS)
    expected = {(plot, key, horizon) for plot in setting.plots for key in KEYS for horizon in organism.HORIZONS}
    found = list(zip(table["plot"], table["organism"], table["horizon"], strict=True))
    assert len(found) == len(expected)
    assert set(found) == expected
    assert set(courses) == set(KEYS)


def test_nothing_uncalibrated_shows_a_probability(season):
    _, table, _ = season
    for name in ("p", "p_lo", "p_hi"):
        assert table[name].isna().all()
    assert set(table["calibration"]) <= {"percentile", "none"}
    assert (table["calibration"] == "none").tolist() == table["percentile"].isna().tolist()
    assert not table["demoted"].any()


def test_levels_are_codes_shares_are_shares_and_percentiles_are_percent(season):
    _, table, _ = season
    assert table["level"].isin(range(5)).all()
    assert table["share"].between(0, 1).all()
    known = table["percentile"].dropna()
    assert known.between(0, 100).all()


def test_what_was_written_down_stands_beside_each_plot(season):
    _, table, _ = season
    by = table.set_index(["organism", "plot", "horizon"])
    assert by.loc[("scab", "b", 15), "protected"]
    assert not by.loc[("scab", "a", 15), "protected"]
    assert not by.loc[("melanose", "b", 15), "protected"]
    assert by.loc[("scab", "a", 30), "scouted"] == 2
    assert by.loc[("red_mite", "c", 90), "scouted"] == 4
    assert np.isnan(by.loc[("scab", "b", 15), "scouted"])
    assert table.groupby("plot")["recorded"].all().to_dict() == {"a": True, "b": True, "c": False}


def test_courses_hold_all_plots_and_the_whole_calendar(season):
    setting, _, courses = season
    for key, course in courses.items():
        if organism.load(key).engine == "timing":
            assert all(dates.shape == (3, 3) for dates in course.values())
            continue
        assert course["past"].shape == (3, setting.now + 1)
        assert course["future"].shape == (3, 3, outlook.AHEAD)
        assert course["usual"].shape == (3, setting.whole)
        low, middle, high = (course["future"][:, k] for k in range(3))
        assert ((low <= middle + 1e-12) & (middle <= high + 1e-12)).all()


def same(found, expected):
    pd.testing.assert_frame_equal(found.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False)


@pytest.mark.parametrize("parts", [[[0], [1], [2]], [[0, 1], [2]], [[2, 0], [1]]])
def test_plots_are_told_the_same_in_any_chunks(season, parts):
    setting, whole, courses = season
    tables, found = zip(*(warning.outlooks(setting.some(np.array(part))) for part in parts), strict=True)
    order = ["organism", "horizon", "plot"]
    same(pd.concat(tables).sort_values(order), whole.sort_values(order))
    plots = np.argsort(np.concatenate(parts))
    for key, course in courses.items():
        for name, values in course.items():
            np.testing.assert_array_equal(np.concatenate([each[key][name] for each in found])[plots], values)


@given(st.lists(st.integers(0, 2), min_size=1, max_size=8))
@settings(max_examples=5)
def test_plots_that_nothing_tells_apart_are_computed_once_and_told_as_if_alone(rows):
    plain = noted(made.setting())
    plots = np.array(rows)
    many = replace(
        plain, plots=np.array([f"p{k}" for k in range(len(plots))]), site=plain.site[plots],
        elevation=plain.elevation[plots], cultivar=plain.cultivar[plots], recorded=plain.recorded[plots],
        counts=plain.counts[:0], sprays={},
        pressure={key: values[plots] for key, values in plain.pressure.items()},
    )  # fmt: skip
    bare = replace(plain, counts=plain.counts[:0], sprays={})
    for key in ("canker", "red_mite", "minax", "psyllid", "leafminer"):
        one = organism.load(key)
        assert len(warning.alike(one, many)[0]) <= len(set(rows))
        table, _ = warning.outlooks(many, (one,))
        alone, _ = warning.outlooks(bare, (one,))
        for horizon in organism.HORIZONS:
            expected = alone[alone["horizon"] == horizon].iloc[plots].assign(plot=many.plots)
            same(table[table["horizon"] == horizon], expected)


def test_a_plot_with_a_spray_or_a_count_stands_for_itself():
    setting = made.setting(("scab",), on=date(2025, 6, 15))
    twins = replace(setting, cultivar=np.array(["navel"] * 3), site=np.zeros(3, int))
    scab = organism.load("scab")
    assert warning.alike(scab, twins)[1].tolist() == [0, 0, 0]
    sprayed = replace(twins, sprays={1: [Spray(100, ("FRAC M01",), ("scab",))]})
    assert warning.alike(scab, sprayed)[1].tolist() == [0, 1, 0]
    assert warning.alike(organism.load("melanose"), sprayed)[1].tolist() == [0, 0, 0]
    seen = replace(twins, counts=made.counted((2, "scab", 100, "shoot", 50, 1.0, np.nan)))
    assert warning.alike(scab, seen)[1].tolist() == [0, 0, 1]


def test_all_cores_tell_what_one_tells():
    setting = noted(made.setting(("red_mite", "leafminer")))
    some = tuple(organism.load(key) for key in ("red_mite", "leafminer"))
    same(warning.outlooks(replace(setting, parallel=True), some)[0], warning.outlooks(setting, some)[0])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of organisms of one's own, with all that are shipped in it."""
    for path in organism.FOLDER.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(organism, "FOLDER", tmp_path)
    caches = (organism.keys, organism.load, organism._names)
    for each in caches:
        each.cache_clear()
    yield tmp_path
    for each in caches:
        each.cache_clear()


@pytest.mark.parametrize("like", ["scab", "canker", "rust_mite", "leafminer", "whitefly", "psyllid"])
def test_one_more_organism_is_one_more_file(folder, like):
    text = (folder / f"{like}.toml").read_text(encoding="utf-8")
    lines, section = [], ""
    for line in text.splitlines():
        name = line.split(" = ")[0]
        if line.startswith("["):
            section = line
        if section == "[name]" and name in ("zh", "en", "latin"):
            line = f'{name} = "newcomer {name}"'
        elif section == "[name]" and name == "words":
            line = "words = []"
        elif section == "[eppo]" and name == "code":
            line = 'code = "NEWCOM"'
        lines.append(line)
    (folder / "newcomer.toml").write_text("\n".join(lines), encoding="utf-8")
    assert len(organism.catalogue()) == 18
    assert organism.named("newcomer zh") == "newcomer"
    setting = made.setting(("newcomer", like))
    table, courses = warning.outlooks(setting, (organism.load("newcomer"), organism.load(like)))
    new, old = (table[table["organism"] == key].drop(columns="organism") for key in ("newcomer", like))
    drawn = [name for name in table.columns if name.startswith(("parameters_", "share", "level", "state_"))]
    same(new.drop(columns=drawn), old.drop(columns=drawn))  # the same numbers; its draws are its own
    assert set(courses) == {"newcomer", like}
    whole, _ = warning.outlooks(made.setting())
    assert set(whole["organism"]) == set(organism.keys())
    assert "newcomer" in set(whole["organism"])


def test_the_weakest_evidence_of_the_decisive_numbers_is_told(folder):
    assert warning.weakest(organism.load("canker")) == "judgement"
    text = (folder / "canker.toml").read_text(encoding="utf-8")
    for kind in ("judgement", "recalled"):
        text = text.replace(f'evidence = "{kind}"', 'evidence = "computed"')
    (folder / "surer.toml").write_text(text, encoding="utf-8")
    assert warning.weakest(organism.read(folder / "surer.toml")) == "computed"
    assert parameters.EVIDENCE.index("computed") < parameters.EVIDENCE.index("judgement")
