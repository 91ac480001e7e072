"""The risk map: levels in words, a draft until the station issues it, sums for officials."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from agro.errors import NotAllowedError
from agro.farm import Role, Viewer
from agro.store.releases import Release
from app import session
from app.answers import warnings
from app.components import risk_map
from app.services.pests.release import Gate
from app.services.pests.townships import Townships
from pest_warning import organism

pytestmark = pytest.mark.filterwarnings("ignore")


def county(services, levels=(4, 1)):
    table = services.county().assign(
        level=list(levels), percentile_low=[40.0, None], percentile_high=[90.0, None], organism="red_mite",
        horizon=15, event="threshold", date_p10=services.day(2), date_p50=services.day(4), date_p90=services.day(9),
        recorded=False, lead_days=4.0,
    )  # fmt: skip
    return table.assign(issued=pd.Timestamp(services.day(0)))


def gate(services, state="draft", may=(), private=False):
    found = None
    if state != "draft":
        moment = datetime(2026, 9, 21, tzinfo=UTC)
        found = Release("r", services.day(0), "", state, "2026-9" if state == "issued" else "", "a", moment)
    return Gate(services.day(0), private, state, found, tuple(may))


def sums(services):
    rows = [
        {"township": name, "growers": n, "plots": 20, "area_mu": 120.0, "complete": 1.0, "warned_mu": warned,
         "calm_mu": calm}
        for name, n, warned, calm in (("青岩县（合成）", 14, 30.0, 90.0), ("青岩镇", 6, float("nan"), float("nan")))
    ]  # fmt: skip
    return Townships(services.day(0), pd.DataFrame(rows), 3)


@pytest.fixture
def full(services):
    return {
        **services.full,
        "pest_outlooks.dates": lambda: [services.day(0)],
        "pest_outlooks.organisms": lambda on: [organism.load("red_mite"), organism.load("minax")],
        "pest_outlooks.county": lambda key, horizon, on: county(services),
        "townships.townships": lambda key, horizon, on: sums(services),
        "release.gate": lambda on: gate(services),
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", ("草稿，未发布", "2 块地里 1 块高、0 块中", "不在发生期：眼下没有可受害的组织", "算不了：缺气象资料")),
     ("en", ("Draft, not issued", "of 2 plots 1 at high", "no meaning: nothing", "cannot compute"))],
)  # fmt: skip
def test_the_map_says_its_levels_in_words_and_that_it_is_a_draft(open_page, seen, full, language, said):
    at = open_page("pest_map", language, full)
    assert not at.exception
    text = seen(at)
    for part in said:
        assert part in text
    kinds = ["answer" if "citrus-answer" in str(element.proto) else element.type for element in at.main]
    assert kinds.index("answer") < kinds.index("deck_gl_json_chart")


def test_each_level_has_a_colour_and_a_plot_without_weather_is_not_low(services, platform):
    platform({})
    shown = risk_map.coloured(county(services))
    assert shown.colours == [risk_map.COLOURS[4], risk_map.COLOURS[1]]
    assert len(set(risk_map.COLOURS.values())) == 5
    assert "40" in shown.texts[0]
    assert "90" in shown.texts[0]
    assert shown.texts[1] in ("算不了", "cannot compute")


def test_what_the_station_issued_carries_its_number_and_no_draft(open_page, seen, services, full):
    text = seen(open_page("pest_map", "zh", full | {"release.gate": lambda on: gate(services, "issued")}))
    assert "已发布，编号 2026-9" in text
    assert "不得对外发布" not in text


def test_own_plots_need_no_release(open_page, seen, services, full):
    text = seen(open_page("pest_map", "zh", full | {"release.gate": lambda on: gate(services, private=True)}))
    assert "不得对外发布" not in text


def test_an_agronomist_signs_from_the_page(open_page, services, full, monkeypatch):
    signed = []
    monkeypatch.setattr(warnings, "sign", lambda on: signed.append(on))
    at = open_page("pest_map", "zh", full | {"release.gate": lambda on: gate(services, may=("signed",))})
    at.button(key="release_sign").click().run()
    assert signed == [services.day(0)]


def test_the_station_issues_with_a_number_from_the_page(open_page, services, full, monkeypatch):
    told = []
    monkeypatch.setattr(warnings, "issue", lambda on, number: told.append((on, number)))
    at = open_page("pest_map", "zh", full | {"release.gate": lambda on: gate(services, "signed", ("draft", "issued"))})
    at.text_input(key="release_number").set_value("2026-9")
    at.button(key="release_issue").click().run()
    assert told == [(services.day(0), "2026-9")]


def test_the_station_takes_a_bulletin_back_from_the_page(open_page, services, full, monkeypatch):
    told = []
    monkeypatch.setattr(warnings, "withdraw", lambda on: told.append(on))
    at = open_page("pest_map", "en", full | {"release.gate": lambda on: gate(services, "issued", ("withdrawn",))})
    at.button(key="release_withdraw").click().run()
    assert told == [services.day(0)]


def test_who_may_do_nothing_sees_no_buttons(open_page, full):
    at = open_page("pest_map", "zh", full)
    assert not [button for button in at.button if str(button.key).startswith("release")]


def test_officials_see_sums_and_no_map(open_page, seen, full, monkeypatch):
    monkeypatch.setattr(session, "viewer", lambda: Viewer("o", "官", Role.OFFICIAL))
    at = open_page("region", "zh", full)
    monkeypatch.setattr(session, "viewer", lambda: Viewer("o", "官", Role.OFFICIAL))
    at = at.switch_page("views/pest_map.py").run()
    assert not at.exception
    text = seen(at)
    assert "30 亩（25 %）" in text
    assert "–" in text
    assert "3 个乡镇" in text
    assert not at.get("deck_gl_json_chart")


def test_the_organism_and_the_horizon_can_be_chosen(open_page, full):
    asked = []
    services = full | {
        "pest_outlooks.county": lambda *given: asked.append(given) or full["pest_outlooks.county"](*given)
    }
    at = open_page("pest_map", "zh", services)
    at.selectbox(key="pest_organism").set_value("minax").run()
    at.button_group(key="pest_horizon").set_value(90).run()
    assert asked[-1][:2] == ("minax", 90)


def test_without_a_run_the_page_says_what_to_do_next(open_page, seen, full):
    at = open_page("pest_map", "zh", full | {"pest_outlooks.dates": list})
    assert not at.exception
    assert "还没有算过病虫预报" in seen(at)


def test_without_plots_the_page_says_what_to_do_next(open_page, seen, services, full):
    empty = county(services).iloc[0:0]
    at = open_page("pest_map", "zh", full | {"pest_outlooks.county": lambda *given: empty})
    assert not at.exception
    assert at.info


def test_a_refusal_is_said_in_the_visitors_language(open_page, seen, full):
    def refuse(*given):
        raise NotAllowedError("not yours", zh="实蝇的区域风险只给植保站看")

    at = open_page("pest_map", "zh", full | {"pest_outlooks.county": refuse})
    assert not at.exception
    assert "实蝇的区域风险只给植保站看" in seen(at)
