"""A hint says what another module knows, with its number, and never why the trees are weak."""

from datetime import date

import pandas as pd
import pytest

from agro.store import EVERYTHING, OPERATOR
from app.services import daily_run, imports, limiting
from app.services.imagery import hints, monitor
from app.services.platform import open_platform
from pest_warning import organism
from pest_warning.advice import ladder

ON = date(2024, 3, 31)


@pytest.fixture
def plots(bare):
    return bare.store.plots(EVERYTHING, ids=["p01", "p02"])


def limits(**shares):
    usual = {"limit_water": 1.0, "limit_nitrogen": 1.0, "limit_phosphorus": 1.0, "limit_potassium": 1.0}
    return lambda home, ids, on, days: pd.DataFrame([usual | shares], index=["p01"])


def test_a_want_of_water_is_a_possibility_with_its_share(bare, plots, monkeypatch):
    monkeypatch.setattr(hints, "limits", limits(limit_water=0.55, limit_nitrogen=0.84))
    found, failed = hints.of_plots(bare, plots, ON)
    assert failed == []
    assert [one["key"] for one in found["p01"]] == ["dry", "nitrogen"]
    assert found["p01"][0]["zh"] == "可能缺水：生长模型近 30 天水分只让生长达到 55 %"
    assert found["p01"][0]["value"] == 0.55
    assert all(one["zh"].startswith("可能") and one["en"].startswith("possibly") for one in found["p01"])
    assert found["p02"] == []


def test_what_held_little_back_is_no_hint(bare, plots, monkeypatch):
    monkeypatch.setattr(hints, "limits", limits(limit_water=0.95, limit_potassium=0.9))
    assert hints.of_plots(bare, plots, ON)[0]["p01"] == []


def test_a_module_that_cannot_be_asked_is_named_with_its_reason_and_the_others_speak(bare, plots, monkeypatch):
    def broken(*told, **more):
        raise imports.InputError("station 7 has two values of one day", zh="站点 7 同一天有两个值")

    monkeypatch.setattr(hints.preparation, "prepare", broken)
    ground = pd.DataFrame({"sky_view": [0.6, 0.95], "winter_beam": [0.4, 1.1]})
    monkeypatch.setattr(hints.ground, "places", lambda terrain, latitude: ground)
    found, failed = hints.of_plots(bare, plots, ON)
    assert [one["key"] for one in found["p01"]] == ["shaded"]
    assert [(one.level, one.zh) for one in failed] == [("warning", "生长模型没能给出线索：站点 7 同一天有两个值")]
    assert failed[0].en == "no hints of the growth model: station 7 has two values of one day"


def test_the_shares_are_those_of_the_growth_model(small_home):
    home = open_platform(small_home)
    plot = home.store.plots(EVERYTHING).iloc[0]
    told = hints.limits(home, [plot["id"]], ON, 30).iloc[0]
    past = limiting.limiting(OPERATOR, home, plot["id"], ON, members=hints.MEMBERS).past.factors
    for factor in ("water", "nitrogen", "phosphorus", "potassium"):
        low, high = past.loc[factor, "p10"], past.loc[factor, "p90"]
        assert low - 0.01 <= told[f"limit_{factor}"] <= high + 0.01, factor


def test_without_weather_the_growth_model_has_no_hint(bare, plots):
    assert hints.limits(bare, ["p01"], ON, 30).empty


def test_a_shaded_plot_is_told_with_sky_and_winter_sun(bare, plots, monkeypatch):
    ground = pd.DataFrame({"sky_view": [0.6, 0.95], "winter_beam": [0.4, 1.1]})
    monkeypatch.setattr(hints.ground, "places", lambda terrain, latitude: ground)
    told = dict(hints._shade(bare, plots, ON))
    assert list(told) == ["p01"]
    assert told["p01"]["zh"] == "可能光照少：地形只露出 60 % 的天空，冬至直射光为平地的 40 %"


def test_the_worst_pest_is_told_and_organisms_of_law_are_not(bare, plots):
    law = next(one.key for one in organism.catalogue() if ladder.quarantine(one) is not None)
    rows = [("p01", law, 4), ("p01", "melanose", 3), ("p01", "red_mite", 4), ("p02", "melanose", 2)]
    known = {one.key for one in organism.catalogue()}
    rows = [(plot, key if key in known else organism.catalogue()[0].key, level) for plot, key, level in rows]
    run = bare.store.start_run(ON)
    table = pd.DataFrame(rows, columns=["plot", "organism", "level"]).assign(horizon=15)
    bare.store.save_pests(run, ON, table)
    bare.store.finish_run(run)
    told = dict(hints._pests(bare, plots, ON))
    assert list(told) == ["p01"]
    assert told["p01"]["value"] == 4
    assert organism.load(law).name.zh not in told["p01"]["zh"]
    assert "3月31日" in told["p01"]["zh"]


def test_a_run_without_pictures_says_so_and_is_finished(small_home):
    home = open_platform(small_home)
    report = daily_run.run(OPERATOR, home, members=2)
    assert any("没有卫星影像" in one.zh for one in report.findings)
    assert (report.counts["scenes"], home.store.latest_run().state) == (0, "finished")


def test_a_run_stands_when_the_pictures_cannot_be_judged(small_home, monkeypatch):
    def broken(*told, **more):
        raise imports.InputError("the scene is broken", zh="影像损坏")

    monkeypatch.setattr(monitor, "run", broken)
    home = open_platform(small_home)
    report = daily_run.run(OPERATOR, home, members=2)
    assert any("影像损坏" in one.zh for one in report.findings)
    assert home.store.latest_run().state == "finished"
