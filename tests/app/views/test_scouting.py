"""The scouting page: the organism's own protocol, counters, and what a count says before it is noted."""

import re
from datetime import date

import pandas as pd
import pytest

from agro.errors import NotAllowedError
from agro.farm import Finding
from app import session
from app.answers import records
from app.services.pests import scouting

pytestmark = pytest.mark.filterwarnings("ignore")


def counts():
    usual = {
        "id": "c1", "plot": "p1", "organism": "melanose", "date": pd.Timestamp("2026-08-20"), "method": "fruit",
        "n": 100, "infested": 12, "total": None, "days": None, "treated": None, "stage": "", "evidence": "measured",
        "note": "", "conflict": False,
    }  # fmt: skip
    rows = [
        usual | {"id": "c3", "infested": 40, "date": pd.Timestamp("2026-08-21"), "conflict": True},
        usual | {"id": "c4", "infested": 5, "date": pd.Timestamp("2026-08-21"), "conflict": True},
        usual,
        usual | {"id": "c2", "infested": 42, "treated": False},
    ]
    frame = pd.DataFrame(rows)
    frame["says"] = [scouting.says(None, None, "melanose", "fruit", 100, one["infested"]) for one in rows]
    return frame


def answers(services, **more):
    return services.full | {
        "scouting.of_plot": lambda plot, since: counts(),
        "scouting.protocols": lambda: scouting.protocols(None, None),
        "scouting.by_season": lambda key: scouting.by_season(None, None, key),
        "scouting.season_of": lambda plot, on: "autumn",
        "diary.writable": services.full["farms.plots"],
    } | more  # fmt: skip


def with_organism(at, key):
    at.selectbox(key="scouting_organism").select(key).run()
    return at


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_page_shows_the_protocol_and_what_counts_say(open_page, seen, services, language):
    at = with_organism(open_page("scouting", language, answers(services)), "melanose")
    assert not at.exception
    parts = {
        "zh": ("查 100 个果", "40%", "有 2 条调查说法不一", "没打药的对照"),
        "en": ("Look at 100 fruits", "40%", "2 counts contradict each other", "Untreated strip"),
    }[language]
    for part in parts:
        assert part in seen(at)


def test_the_protocol_is_that_of_the_chosen_organisms_file(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "red_mite")
    mite = scouting.protocols(None, None)["red_mite"]
    assert mite.scouting.zh in seen(at)
    assert mite.thresholds.zh in seen(at)
    assert at.number_input(key="scouting_n_red_mite_0").value == 50


def test_a_count_says_at_once_how_it_stands_to_the_threshold(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "red_mite")
    assert at.button(key="scouting_save").disabled
    at.number_input(key="scouting_total_red_mite_0").set_value(400).run()
    assert "整个范围都超过指标 3.0（秋季）" in seen(at)
    assert not at.button(key="scouting_save").disabled


def test_none_found_is_a_count_too(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "melanose")
    at.number_input(key="scouting_infested_melanose_0").set_value(0).run()
    assert "整个范围都低于指标 20%" in seen(at)
    assert not at.button(key="scouting_save").disabled


def test_more_infested_than_looked_at_is_said_and_the_page_goes_on(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "melanose")
    at.number_input(key="scouting_infested_melanose_0").set_value(200).run()
    assert "发生数 200 大于调查数 100" in seen(at)
    assert "查过的" in seen(at)


def test_tapping_counts_unit_by_unit(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "melanose")
    for name in ("clean", "found", "clean"):
        at.button(key=f"tally_{name}_melanose_0").click().run()
    assert at.number_input(key="scouting_n_melanose_0").value == 3
    assert at.number_input(key="scouting_infested_melanose_0").value == 1
    at.button(key="tally_anew_melanose_0").click().run()
    assert at.number_input(key="scouting_n_melanose_0").value == 0


def test_an_untreated_strip_decides_no_spray_and_is_noted_as_one(open_page, seen, monkeypatch, services):
    told = []
    monkeypatch.setattr(records, "note_count", lambda **more: told.append(more))
    at = with_organism(open_page("scouting", "zh", answers(services)), "melanose")
    at.number_input(key="scouting_infested_melanose_0").set_value(60).run()
    at.checkbox(key="scouting_strip_melanose_0").check().run()
    assert "没打药的对照，不按它决定打不打药" in seen(at)
    at.button(key="scouting_save").click().run()
    assert told[0]["treated"] is False
    assert (told[0]["plot"], told[0]["organism"], told[0]["n"], told[0]["infested"]) == ("p1", "melanose", 100, 60)


def test_contradictions_of_what_was_noted_are_said(open_page, seen, monkeypatch, services):
    finding = Finding("warning", "told differently", "调查说法不一；都已保留")
    monkeypatch.setattr(records, "note_count", lambda **more: (None, [finding]))
    at = with_organism(open_page("scouting", "zh", answers(services)), "melanose")
    at.number_input(key="scouting_infested_melanose_0").set_value(60).run()
    at = at.button(key="scouting_save").click().run()
    assert "都已保留" in seen(at)
    assert "已记下" in seen(at)


def test_what_is_under_quarantine_says_who_sees_it_and_to_report_it(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "psyllid")
    assert "只有您、农技员和植保站看得到" in seen(at)
    assert "发现一处就上报" in seen(at)
    at.number_input(key="scouting_infested_psyllid_0").set_value(1).run()
    assert "发现一处就要报" in seen(at)


def test_traps_ask_for_the_catch_and_the_days(open_page, seen, services):
    at = with_organism(open_page("scouting", "zh", answers(services)), "dorsalis")
    at.number_input(key="scouting_total_dorsalis_0").set_value(70).run()
    assert "每个诱集器每周约 14" in seen(at)


def test_no_counts_never_read_as_no_pest(open_page, seen, services):
    at = open_page("scouting", "zh", answers(services, **{"scouting.of_plot": lambda plot, since: counts().iloc[0:0]}))
    assert "没有查，不等于没有虫" in seen(at)


def test_an_empty_platform_says_what_to_do(open_page, services):
    at = open_page("scouting", "zh", answers(services) | {"farms.plots": services.empty["farms.plots"]}, full=False)
    assert not at.exception
    assert at.info


def test_a_failing_service_is_said(open_page, seen, services):
    def refuse(*arguments):
        raise NotAllowedError("not yours", zh="无权查看")

    at = open_page("scouting", "zh", answers(services, **{"scouting.of_plot": refuse}))
    assert not at.exception
    assert "无权查看" in seen(at)


def test_a_count_that_was_a_mistake_can_be_removed(open_page, monkeypatch, services):
    gone = []
    monkeypatch.setattr(records, "remove_count", lambda one: gone.append(one) or True)
    at = open_page("scouting", "zh", answers(services))
    at.selectbox(key="scouting_wrong").select("c1").run()
    at.button(key="scouting_remove").click().run()
    assert gone == ["c1"]


def test_who_may_only_write_is_told_no_counts(open_page, seen, monkeypatch, services):
    monkeypatch.setattr(session, "may", lambda action: action in ("protection.write", "outlook.read"))
    assert "看不到以前的记录" in seen(open_page("scouting", "zh", answers(services)))


def test_no_english_leaks_into_the_chinese_page(open_page, seen, services):
    page = seen(open_page("scouting", "zh", answers(services)))
    text = re.sub(r'<style>.*?</style>|<small lang="en">.*?</small>|<[^>]+>', " ", page, flags=re.S)
    assert not set(re.findall(r"[A-Za-z]{4,}", text)) - {"English"}


def test_counts_of_more_than_a_year_ago_are_not_asked_for(open_page, services):
    asked = []
    open_page(
        "scouting", "zh", answers(services, **{"scouting.of_plot": lambda plot, since: asked.append(since) or counts()})
    )
    assert asked == [date(2025, 8, 16)]
