"""What deeds change on one plot: against sums by hand, and what every grower knows."""

from dataclasses import replace
from datetime import date
from statistics import NormalDist

import numpy as np
import pytest

from agro.errors import InputError, NotFoundError
from agro.farm import Role, Viewer
from agro.store.rights import EVERYTHING
from app.services import plot_season, what_if
from app.services.platform import open_platform
from app.services.what_if import Deed
from app.services.what_if.deeds import table, works_of
from growth_model.place import Weather

ON = date(2022, 6, 20)
RAIN = Weather._fields.index("rain")
MEMBERS = 8
SUMMER = (date(2022, 7, 1), date(2022, 8, 20))


@pytest.fixture
def home(small_home):
    return open_platform(small_home)


@pytest.fixture
def plot(home):
    return home.store.plot(home.store.plots(EVERYTHING)["id"].iloc[0], EVERYTHING)


@pytest.fixture
def known(home, plot):
    return plot_season.inputs(home, plot.id, ON, MEMBERS)


def with_rain(known, daily: float):
    """Return the inputs with the same rain on every day from June on."""
    weather = known.weather.copy()
    weather[:, :, known.observed - 20 :, RAIN] = daily
    return replace(known, weather=weather)


def test_thinning_makes_fewer_and_larger_fruit(plot, known):
    found = what_if.compared(plot, known, [Deed("thin", date(2022, 7, 1), None, {"share": 40.0})])
    assert found.effects["number"].less == MEMBERS
    assert found.effects["number"].done[1] < found.effects["number"].without[1]
    assert found.effects["diameter"].difference[1] >= 0
    assert found.effects["diameter"].less == 0
    assert found.water.sum() == 0


def test_watering_a_dry_plot_makes_larger_fruit(plot, known):
    found = what_if.compared(plot, with_rain(known, 0.0), [Deed("irrigate", *SUMMER)])
    assert found.effects["diameter"].more == MEMBERS
    assert found.effects["yield"].difference[1] > 0
    assert (found.water == 20.0 * found.times).all()
    assert "Water used" in "\n".join(what_if.sentences(found, "en"))


def test_a_moist_plot_asks_for_no_water_and_that_is_said(plot, known):
    found = what_if.compared(plot, with_rain(known, 12.0), [Deed("irrigate", *SUMMER)])
    assert found.water.sum() == 0
    said = "\n".join(what_if.sentences(found, "en"))
    assert "hardly anything changes" in said
    assert f"no watering is called for in {MEMBERS} of {MEMBERS} cases" in said
    assert all(effect.difference == (0.0, 0.0, 0.0) for effect in found.effects.values() if effect.cases)


def test_water_poured_on_a_moist_plot_runs_away_and_that_is_said(plot, known):
    found = what_if.compared(
        plot, with_rain(known, 12.0), [Deed("irrigate", *SUMMER, {"short": 1.0, "every": 10.0, "depth": 30.0})]
    )
    assert found.water == pytest.approx(np.full(MEMBERS, 180.0))  # 1, 11, 21, 31 July, 10, 20 August
    assert abs(found.effects["diameter"].difference[1]) < 0.1
    said = "\n".join(what_if.sentences(found, "en"))
    assert "6 times, 120 m3 per mu (180 mm; 180 to 180 mm)" in said  # 0.18 m on 666.7 m2
    assert "most of this water runs off or drains away" in said


def test_a_bag_of_fertiliser_is_told_in_kilograms_a_mu():
    deed = Deed("fertilise", ON, None, {"nitrogen": 4.0, "phosphorus": 2.0, "potassium": 3.0})
    ((day, amounts),) = works_of(deed)
    assert day == ON
    assert amounts["nitrogen"] == pytest.approx(60.0)
    assert amounts["phosphorus"] == pytest.approx(2 * 15 * 61.95 / 141.94, rel=1e-3)  # P in P2O5
    assert amounts["potassium"] == pytest.approx(3 * 15 * 78.20 / 94.20, rel=1e-3)  # K in K2O
    assert "N 4, P₂O₅ 2, K₂O 3 kg per mu" in what_if.told(deed, "en")
    assert "N 4、P₂O₅ 2、K₂O 3 公斤/亩" in what_if.told(deed, "zh")


def test_nitrogen_before_heavy_rain_is_leached(plot, known):
    found = what_if.compared(
        plot, with_rain(known, 12.0), [Deed("fertilise", date(2022, 7, 1), None, {"nitrogen": 10.0})]
    )
    assert found.effects["leached"].more == MEMBERS
    assert found.effects["leached"].difference[2] <= 150.0  # kg/ha, all that was given


def test_a_net_takes_sunburn(plot, known):
    hot = known.weather.copy()
    summer = slice(known.observed + 10, known.observed + 60)
    for name, more in (("tmax", 9.0), ("radiation", 6.0)):
        hot[:, :, summer, Weather._fields.index(name)] += more
    found = what_if.compared(plot, replace(known, weather=hot), [Deed("shade", *SUMMER, {"share": 60.0})])
    assert found.effects["sunburn"].more == 0
    assert found.effects["sunburn"].difference[1] < 0
    assert "cooler air and saved water are not counted" in "\n".join(what_if.sentences(found, "en"))


def test_the_share_of_large_fruit_is_the_tail_of_a_normal_distribution(plot, known):
    found = what_if.compared(plot, known, [Deed("fertilise", date(2022, 7, 1))])
    assert found.bounds == pytest.approx((64.4, 75.6))  # 8 % around 70 mm, the usual size of Valencia
    size, large, small = (found.effects[name].without[1] for name in ("diameter", "large", "small"))
    tree = NormalDist(size, 0.066 * size)
    assert large == pytest.approx(1 - tree.cdf(75.6), abs=0.03)
    assert small == pytest.approx(tree.cdf(64.4), abs=0.03)


def test_what_is_said_counts_cases_and_promises_no_money(plot, known):
    found = what_if.compared(plot, known, [Deed("thin", date(2022, 7, 1), None, {"share": 40.0})])
    english, chinese = ("\n".join(what_if.sentences(found, language)) for language in ("en", "zh"))
    assert f"fewer in {MEMBERS} of {MEMBERS} cases" in english
    assert f"{MEMBERS}/{MEMBERS} 个情形里变少" in chinese
    assert "costs and income are not counted" in english
    assert not any(word in english.lower() for word in ("profit", "probability", "yuan", "%;"))
    assert "亩" in chinese


@pytest.mark.parametrize(
    ("deed", "english", "chinese"),
    [
        (Deed("thin", ON, None, {"share": 120.0}), "must lie in 1 to 80, got 120", "应在 1 至 80 之间，现为 120"),
        (Deed("irrigate", *SUMMER, {"depth": float("nan")}), "must lie in 2 to 60", "应在 2 至 60 之间"),
        (Deed("irrigate", SUMMER[1], SUMMER[0]), "comes before the first", "早于开始日期"),
        (Deed("shade", date(2031, 7, 1), date(2031, 7, 9)), "lies outside", "不在可计算的"),
        (Deed("shade", ON, date(2024, 7, 9)), "more than 400 days", "超过 400 天"),
        (Deed("spray", ON), "no deed 'spray'", "没有“spray”这项农事"),
        (Deed("thin", ON, None, {"money": 1.0}), "no amount 'money'", "没有“money”这个数量"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(plot, known, deed, english, chinese):
    with pytest.raises(InputError) as refused:
        what_if.compared(plot, known, [deed])
    assert english in refused.value.message("en")
    assert chinese in refused.value.message("zh")


def test_nothing_chosen_is_refused(plot, known):
    with pytest.raises(InputError, match="at least one"):
        what_if.compared(plot, known, [])


def test_another_growers_plot_does_not_exist(home, plot):
    stranger = Viewer("b", "乙", Role.GROWER, farms=("elsewhere",))
    for ask in (
        lambda: what_if.what_if(stranger, home, plot.id, [Deed("thin", ON)], ON, MEMBERS),
        lambda: what_if.suggested(stranger, home, plot.id, ON, MEMBERS),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_water_is_proposed_for_the_dry_spell_ahead(plot, known):
    dry = with_rain(known, 0.0)
    season = plot_season.computed(plot, dry)
    from app.services.what_if.suggested import of

    deeds, first = of(season)
    assert first == ["irrigate"]
    assert [deed.kind for deed in deeds] == list(table()["deed"])
    assert ON < deeds[0].first <= date(2022, 9, 20)
    assert all(deed.first > ON for deed in deeds)
    for deed in deeds:
        assert what_if.compared(plot, dry, [deed]).harvest > deed.first
