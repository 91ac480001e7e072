"""The diary page: three taps, the same as last time, what is left in words, and what no record means."""

import re
from datetime import date, timedelta

import pandas as pd
import pytest

from agro.errors import InputError, NotAllowedError
from agro.farm import Finding, Role, Treatment, Viewer
from app import session
from app.answers import records
from app.services.pests.diary import Entry, PlotDiary
from pest_warning.advice.respray import Respray
from pest_warning.organism import Words

pytestmark = pytest.mark.filterwarnings("ignore")
SINCE = date(2026, 1, 1)


def row(**more):
    usual = {
        "id": "t1", "plot": "p1", "name": "屋后坡", "date": pd.Timestamp("2026-09-03"), "kind": "spray", "product": "",
        "groups": ("FRAC M03",), "targets": ("melanose",), "dose": "600 倍", "equipment": "drone", "share": 1.0,
        "evidence": "flight_log", "note": "", "again": False,
    }  # fmt: skip
    return pd.Series(usual | more)


def diary():
    due = Respray("covered", date(2026, 10, 1), Words("", ""), 43.0, 0)
    return PlotDiary(SINCE, date(2026, 9, 20), (
        Entry(row(), "half", due),
        Entry(row(id="t2", date=pd.Timestamp("2026-07-01"), kind="flush_removal", groups=(), targets=(), dose="")),
    ))  # fmt: skip


BEFORE = Treatment("t1", "p1", date(2026, 9, 3), "spray", "", ("FRAC M03",), ("melanose",))


def answers(services, **more):
    return services.full | {
        "diary.of_plot": lambda plot: diary(),
        "diary.writable": services.full["farms.plots"],
        "diary.suggested": lambda month: ("FRAC M01", "FRAC M03"),
        "diary.last": lambda plots: BEFORE if plots else None,
    } | more  # fmt: skip


def tap(at, start, *values):
    group = next(one for one in at.get("button_group") if str(one.key).startswith(start))
    return group.set_value(list(values)).run()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_page_says_what_was_last_done_and_what_is_left(open_page, seen, services, language):
    at = open_page("diary", language, answers(services))
    assert not at.exception
    parts = {
        "zh": (
            "最近一次是 9月3日，代森锰锌、丙森锌类，防黑点病",
            "估计还剩一半左右",
            "最迟 10月1日 补",
            "飞行日志",
            "抹梢",
        ),
        "en": (
            "the last one on 3 Sep, dithiocarbamates against melanose",
            "about half of its protection",
            "flight log",
        ),
    }[language]
    for part in parts:
        assert part in seen(at)


def test_no_entry_never_reads_as_not_sprayed(open_page, seen, services):
    at = open_page("diary", "zh", answers(services, **{"diary.of_plot": lambda plot: PlotDiary(SINCE, None, ())}))
    assert "没有记录（不等于没有打药）" in seen(at)
    assert not at.selectbox(key="picked_plot").disabled


def test_three_taps_hand_plot_deed_and_target_to_the_service(open_page, monkeypatch, services):
    told = []
    monkeypatch.setattr(records, "write", lambda **more: told.append(more))
    at = open_page("diary", "zh", answers(services))
    at = tap(at, "diary_what", "FRAC M01")
    at = tap(at, "diary_against", "canker")
    at.button(key="diary_save").click().run()
    assert len(told) == 1
    assert (told[0]["plots"], told[0]["whats"], told[0]["targets"]) == (["p1"], ["FRAC M01"], ["canker"])
    assert (told[0]["date"], told[0]["evidence"], told[0]["share"]) == (services.day(0), "said", 1.0)


def test_a_deed_can_be_noted_for_several_plots_at_once(open_page, monkeypatch, services):
    told = []
    monkeypatch.setattr(records, "again", lambda **more: told.append(more))
    at = tap(open_page("diary", "zh", answers(services)), "diary_where", "p1", "p2")
    at.button(key="diary_same").click().run()
    assert told == [{"like": "t1", "plots": ["p1", "p2"], "date": services.day(0)}]


def test_what_was_noted_is_said_and_can_be_taken_back(open_page, seen, monkeypatch, services):
    gone = []
    monkeypatch.setattr(records, "again", lambda **more: ([BEFORE], [Finding("warning", "odd", "少见")]))
    monkeypatch.setattr(records, "remove", lambda one: gone.append(one) or True)
    at = open_page("diary", "zh", answers(services))
    at = at.button(key="diary_same").click().run()
    assert "已记下：代森锰锌、丙森锌类，防黑点病（砂皮病）；屋后坡" in seen(at)
    assert "少见" in seen(at)
    at = at.button(key="diary_undo").click().run()
    assert gone == ["t1"]
    assert "已删掉" in seen(at)


def test_what_was_noted_before_cannot_be_taken_back_by_the_receipt(open_page, monkeypatch, services):
    monkeypatch.setattr(records, "again", lambda **more: ([BEFORE], [Finding("info", "noted already", "已经有了")]))
    at = open_page("diary", "zh", answers(services)).button(key="diary_same").click().run()
    assert not [one for one in at.button if one.key == "diary_undo"]


def test_nothing_chosen_cannot_be_saved(open_page, services):
    assert open_page("diary", "zh", answers(services)).button(key="diary_save").disabled


def test_a_refusal_keeps_what_was_tapped(open_page, seen, monkeypatch, services):
    def refuse(viewer, home, **told):
        raise InputError("in the future", zh="日期在将来")

    monkeypatch.setattr(records.diary, "write", refuse)
    at = tap(open_page("diary", "zh", answers(services)), "diary_what", "FRAC M01")
    at = at.button(key="diary_save").click().run()
    assert "日期在将来" in seen(at)
    assert not at.button(key="diary_save").disabled


def test_a_contractor_writes_and_reads_nothing(open_page, seen, monkeypatch, services):
    monkeypatch.setattr(session, "may", lambda action: action in ("protection.write", "outlook.read"))
    at = open_page("diary", "zh", answers(services, **{"diary.last": lambda plots: None}))
    assert "看不到以前的记录" in seen(at)
    assert "代森锰锌、丙森锌类，防" not in seen(at)
    assert at.button(key="diary_save")


def test_who_may_not_write_sees_no_form(open_page, seen, services):
    at = open_page("diary", "zh", answers(services, **{"diary.writable": services.empty["farms.plots"]}))
    assert "您只能看，不能记" in seen(at)
    assert not [one for one in at.button if one.key == "diary_save"]


def test_a_record_that_was_a_mistake_can_be_removed(open_page, monkeypatch, services):
    gone = []
    monkeypatch.setattr(records, "remove", lambda one: gone.append(one) or True)
    at = open_page("diary", "zh", answers(services))
    at.selectbox(key="diary_wrong").select("t2").run()
    at.button(key="diary_remove").click().run()
    assert gone == ["t2"]


def test_a_long_past_due_day_is_said_as_past(open_page, seen, services):
    due = Respray("covered", services.day(0) - timedelta(days=3), Words("", ""), 43.0, 0)
    old = PlotDiary(SINCE, date(2026, 9, 20), (Entry(row(), "none", due),))
    at = open_page("diary", "zh", answers(services, **{"diary.of_plot": lambda plot: old}))
    assert "9月17日 起就该补了" in seen(at)


def test_a_failing_service_is_said(open_page, seen, services):
    def refuse(*arguments):
        raise NotAllowedError("not yours", zh="无权查看")

    at = open_page("diary", "zh", answers(services, **{"diary.of_plot": refuse}))
    assert not at.exception
    assert "无权查看" in seen(at)


def test_an_empty_platform_says_what_to_do(open_page, services):
    at = open_page("diary", "zh", answers(services) | {"farms.plots": services.empty["farms.plots"]}, full=False)
    assert not at.exception
    assert at.info


def test_no_english_leaks_into_the_chinese_page(open_page, seen, services):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", seen(open_page("diary", "zh", answers(services))), flags=re.S)
    assert not set(re.findall(r"[A-Za-z]{4,}", text)) - {"English", "FRAC", "material", "replay", "said", "drone"}


def test_suppliers_and_officials_have_no_diary(open_page, monkeypatch):
    for role in (Role.SUPPLIER, Role.OFFICIAL, Role.PACKING_HOUSE):
        assert not session.rights.allowed(Viewer("x", "某人", role), "protection.write")
