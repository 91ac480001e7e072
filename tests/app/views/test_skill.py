"""The page that says how good the warnings were: full, empty, failing, and for whom."""

import numpy as np
import pandas as pd
import pytest

from agro.errors import MissingDataError, NotAllowedError
from app import session
from app.answers import skill as answers
from app.services.pests import skill
from pest_warning.skill import Contingency, Gauge, Prices, reliability_diagram, return_per_hectare, scores, verdict

pytestmark = pytest.mark.filterwarnings("ignore")
KEYS = ["organism", "horizon", "district"]


def pairs(weather="issued", years=8, knows=True, p=True, synthetic=False, organism="red_mite", **columns):
    """Return pairs of one organism: said is right in nine of ten, or drawn from a hat."""
    n = 30 * years
    rng = np.random.default_rng(3)
    observed = rng.random(n) < 0.4
    said = np.where(rng.random(n) < 0.9, observed, ~observed) if knows else rng.random(n) < 0.4
    year = 2016 + np.arange(n) % years
    issued = pd.to_datetime([f"{one}-06-01" for one in year])
    probability = np.where(said, 0.85, 0.08) if p else np.nan
    return pd.DataFrame({
        "organism": organism, "horizon": 15, "district": "甲镇", "year": year, "plot": "a", "issued": issued,
        "target_start": issued, "target_end": issued, "p": probability, "index": said.astype(float), "said": said,
        "observed": observed, "density_p10": 0.5, "density_p50": 1.0, "density_p90": 3.0, "value": 1.0 + observed,
        "climatology": 0.4, "persistence": 0.4, "treated": False, "synthetic": synthetic, "weather": weather,
    }).assign(**columns)  # fmt: skip


def scored(frame, weather):
    table = scores(frame, n=50)
    table = table.drop(columns="verdict").merge(verdict(table), on=KEYS)
    said, came = frame["said"], frame["observed"]
    cells = {"hits": said & came, "misses": ~said & came, "false_alarms": said & ~came,
             "correct_negatives": ~said & ~came}  # fmt: skip
    sums = {name: int(one.sum()) for name, one in cells.items()}
    return table.assign(**sums, n_density=table["n"], n_persistence=table["n_p"], weather=weather)


def told(frame, **more):
    parts = [scored(frame, "real"), scored(frame, frame["weather"].iloc[0])]
    diagram = pd.DataFrame()
    if frame["p"].notna().any():
        diagram = reliability_diagram(frame["p"], frame["observed"], frame["year"])
        diagram = diagram.assign(organism=frame["organism"].iloc[0], horizon=15, weather="real")
    unscored = [("scab", "no_counts", 0), ("leafminer", "no_pairs", 3), ("psyllid", "secret", 0)]
    return skill.Told(
        at="2026-09-20T08:00:00+00:00", scores=pd.concat(parts, ignore_index=True), reliability=diagram,
        unscored=pd.DataFrame(unscored, columns=["organism", "why", "counts"]), **more,
    )  # fmt: skip


def worth(key, horizon, spray, loss):
    cells = Contingency(*(np.array(one, float) for one in ([10, 9], [1, 1], [2, 3], [17, 17])))
    return return_per_hectare(cells, Prices(spray=spray, loss=loss))


@pytest.fixture
def page(open_page, monkeypatch):
    """Give a function that opens the page with what is told."""

    def opened(found, language="zh", money=worth):
        monkeypatch.setattr(answers, "told", lambda: found)
        monkeypatch.setattr(answers, "worth", money)
        return open_page("skill", language)

    return opened


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh", ("15 天预警：命中", "比往年同期频率好", "报了，没有来", "推算值", "170", "0/200", "打药",
                "没有调查记录，说不出准不准", "疮痂病", "检疫对象")),
        ("en", ("Citrus red mite", "hits", "better than the usual frequency", "warned, and it did not come",
                "Simulated", "170", "0 of 200", "Quarantine organisms")),
    ],
)  # fmt: skip
def test_a_full_page_says_first_how_often_it_was_right(page, seen, language, parts):
    frame = pairs()
    at = page(told(frame), language)
    assert not at.exception
    text = seen(at)
    for part in parts:
        assert part.casefold() in text.casefold(), part
    hits = int((frame["said"] & frame["observed"]).sum())
    assert f"命中 {hits} 次" in text or f"{hits} hits" in text


def test_each_score_stands_with_its_interval_and_its_n(page):
    frame = pairs()
    tables = [one.value for one in page(told(frame), "en").dataframe]
    table = next(one for one in tables if "CSI" in one.columns)
    assert set(table["Township"]) == {"all", "甲镇"}
    hits, alarms = (int((frame["said"] & which).sum()) for which in (frame["observed"], ~frame["observed"]))
    far = table["False alarm ratio, FAR"].iloc[0]
    assert far.startswith(f"{alarms / (hits + alarms):.2f} (0.")
    assert far.endswith(f"n={hits + alarms}")
    assert table["Brier score"].iloc[0].endswith("n=240")
    assert "resolution" in table["Parts of Brier"].iloc[0]
    assert table["Weighted interval score (for CRPS)"].iloc[0].endswith("a unit looked at")
    assert table["Against the usual frequency"].iloc[0].endswith("n=240")


def test_one_year_gives_no_interval_and_no_probability_gives_no_brier(page, seen):
    at = page(told(pairs(years=1, p=False)))
    tables = [one.value for one in at.dataframe]
    table = next(one for one in tables if "临界成功指数 CSI" in one.columns)
    assert "无区间" in table["准确率"].iloc[0]
    assert table["Brier 评分"].iloc[0] == "–"
    text = seen(at)
    assert "还说不准" in text
    assert "还没有校准后的概率" in text


def test_a_demoted_model_says_which_level_is_shown_instead(page, seen):
    force = {"red_mite:15": {"state": "demoted", "since": "2026-01-01", "usual_now": 0.08, "usual_level": 2}}
    text = seen(page(told(pairs(knows=False), verdicts=force)))
    assert "不比往年同期频率好" in text
    assert "已降级" in text
    assert "约 8%，等级“低”" in text


def test_invented_data_and_replays_are_marked(page, seen):
    text = seen(page(told(pairs(weather="years", synthetic=True))))
    assert "240 次对照中有 240 次是编造的" in text
    assert "全是事后回放" in text
    assert "全是事后回放" not in seen(page(told(pairs(weather="issued"))))


def test_perfect_weather_is_said_to_measure_the_model_only(page):
    both = told(pairs())
    perfect = scored(pairs(weather="perfect", years=3), "perfect")
    whole = pd.concat([both.scores, perfect], ignore_index=True)
    tables = [one.value for one in page(skill.Told(scores=whole, unscored=both.unscored), "en").dataframe]
    table = next(one for one in tables if "Source" in one.columns)
    assert table["Source"].tolist() == ["issued on its day", "replay, perfect weather"]
    assert table["Measures"].tolist() == ["the forecast", "the model only"]


def test_the_users_own_prices_go_to_the_service(page):
    asked = []

    def money(*arguments):
        asked.append(arguments)
        return worth(*arguments)

    at = page(told(pairs()), money=money)
    at.number_input(key="skill_spray").set_value(45.0).run()
    assert asked[0] == ("red_mite", 15, 60.0, 300.0)
    assert asked[-1] == ("red_mite", 15, 45.0, 300.0)


def test_another_organism_can_be_chosen(page, seen):
    one, other = told(pairs()), told(pairs(organism="scab", years=2, p=False))
    whole = pd.concat([one.scores, other.scores], ignore_index=True)
    at = page(skill.Told(scores=whole, unscored=one.unscored.iloc[1:]))
    assert at.selectbox(key="skill_organism").value == "red_mite"
    at.selectbox(key="skill_organism").set_value("scab").run()
    assert "疮痂病 15 天预警" in seen(at)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_page_says_what_comes_first_and_keeps_the_empty_gauge(page, seen, language):
    at = page(skill.Told(unscored=told(pairs()).unscored), language)
    assert not at.exception
    text = seen(at)
    for part in {"zh": ("还没有评分", "citrus hindcast season", "170"), "en": ("No scores yet", "170")}[language]:
        assert part in text
    assert not at.dataframe


def test_too_few_growers_are_said_to_be_the_reason(page, seen):
    assert "不足五户" in seen(page(skill.Told(hidden=3)))


def test_money_that_cannot_be_told_leaves_the_rest_of_the_page(page, seen):
    at = page(told(pairs()), money=lambda *_: None)
    assert not at.exception
    assert "还没有可以算账的对照" in seen(at)
    assert "170" in seen(at)


@pytest.mark.parametrize("error", [MissingDataError("none", zh="还没有"), NotAllowedError("not yours", zh="无权查看")])
def test_a_failing_service_is_said_in_the_visitors_language(open_page, seen, services, monkeypatch, error):
    def refuse(*arguments):
        raise error

    monkeypatch.setattr(answers, "_stamp", lambda: "")
    at = open_page("skill", "zh", services.full | {"pest_skill.told": refuse})
    assert not at.exception
    assert error.zh in seen(at)


def test_who_may_not_score_is_not_told_how(page, seen, monkeypatch):
    monkeypatch.setattr(session, "may", lambda action: action != "run.start")
    assert "citrus hindcast" not in seen(page(skill.Told()))


def test_a_gauge_with_trials_is_filled(page, seen):
    gauge = Gauge(trials=50, correct=40.0, n_eff=20.0, clusters=5, base_rate=0.5)
    text = seen(page(told(pairs(), gauge=gauge), "en"))
    assert "50 of 200 trials, 40.0 right (80%)" in text
