"""`citrus hindcast season` and the scores that `citrus run` makes again when somebody counted."""

from datetime import date, timedelta

import pytest

from agro.errors import InputError
from agro.farm import Count
from agro.store.ids import uuid7
from agro.store.rights import EVERYTHING
from app.cli import opening
from app.services.pests import skill
from tests.app import small

SEASON = ("hindcast", "season", "--from", 2023, "--to", 2023, "--every", 90, "--members", 2, "--organism", "red_mite")


def count(home, *days, total=400):
    platform = opening.existing(home)
    plot = platform.store.plots(EVERYTHING)["id"].iloc[0]
    platform.store.add_counts([Count(uuid7(), plot, "red_mite", day, "leaf", 100, None, total) for day in days])
    platform.store.close()


@pytest.fixture
def counted(small_home):
    """A platform where somebody counted mites every fortnight of 2023."""
    count(small_home, *(date(2023, 2, 20) + timedelta(days=14 * k) for k in range(20)))
    return small_home


def test_a_season_is_replayed_scored_and_told_as_one_object(citrus, counted):
    said = citrus(*SEASON, "--home", counted, "--json")
    told = said.json
    assert (said.code, told["command"], told["status"], told["date"]) == (0, "hindcast season", "done", "2023-11-12")
    # four days of issue, one organism, two plots, three horizons
    assert (told["counts"]["days"], told["counts"]["days_years"], told["counts"]["rows"]) == (4, 4, 24)
    rows = {(row["weather"], row["horizon"]): row for row in told["outputs"]["scores"] if row["district"] == ""}
    assert rows["real", 15]["n"] == 3  # of one plot; the last window of the year ends after the last count
    assert rows["real", 15]["brier"] is None  # no probability, so no score of one
    assert rows["real", 15]["state"] == "unknown"
    assert "farms" not in rows["real", 15]


def test_perfect_weather_stands_beside_the_forecast_and_says_what_it_measures(citrus, counted):
    citrus(*SEASON, "--home", counted)
    said = citrus(*SEASON, "--weather", "perfect", "--home", counted)
    assert said.code == 0
    assert said.out == ""
    assert "perfect" in said.err
    assert "检验模型" in said.err
    assert {"perfect", "real", "years"} <= set(skill.refresh(opening.operator(), opening.existing(counted))["weather"])


def test_without_counts_it_says_what_is_missing(citrus, small_home):
    said = citrus(*SEASON, "--home", small_home, "--json")
    assert (said.code, said.json["counts"]["scores"], said.json["outputs"]["scores"]) == (0, 0, [])
    assert "citrus" in said.json["warnings"][0]


@pytest.mark.parametrize(
    ("words", "part"),
    [(("--plots", "丙果园"), "甲果园"), (("--organism", "龙"), "龙"), (("--from", 2010, "--to", 2011), "2019-01-01")],
)
def test_a_farm_an_organism_or_a_year_that_is_not_there_is_refused(citrus, small_home, words, part):
    before = small.standing(small_home)
    said = citrus("hindcast", "season", *words, "--home", small_home, "--json")
    assert (said.code, said.json["status"]) == (2, "refused")
    assert part in said.error["zh"]
    assert small.standing(small_home) == before


def test_one_farm_may_be_replayed_alone(citrus, counted):
    said = citrus(*SEASON, "--plots", "甲果园", "--home", counted, "--json")
    assert said.json["counts"]["rows"] == 12


def test_a_run_scores_again_only_when_somebody_counted(citrus, small_home):
    run = ("run", "--members", 2, "--home", small_home)
    quiet = citrus(*run, "--json")
    assert (quiet.code, "scores" in quiet.json["counts"]) == (0, False)
    count(small_home, date(2024, 3, 20))
    first = citrus(*run)
    assert (first.code, "新的病虫调查" in first.err) == (0, True)
    assert "新的病虫调查" not in citrus(*run).err


def test_a_run_stays_done_when_scoring_fails(citrus, small_home, monkeypatch):
    def refuse(viewer, home):
        raise InputError("no index", zh="没有指数")

    count(small_home, date(2024, 3, 20))
    monkeypatch.setattr(skill, "refresh", refuse)
    said = citrus("run", "--members", 2, "--home", small_home, "--json")
    assert (said.code, said.json["status"]) == (0, "done")
    assert any("没有指数" in warning for warning in said.json["warnings"])
