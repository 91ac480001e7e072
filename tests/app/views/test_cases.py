"""Suspected trees and the plan against huanglongbing on the page, and records of protection in the import."""

import re
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from agro.errors import NotAllowedError
from agro.farm import Preview, Role, Step, Viewer
from app import session
from app.answers import records
from app.components import case_map, imports
from app.services.pests.cases import Plan
from pest_warning.advice import huanglongbing
from pest_warning.organism import Words

pytestmark = pytest.mark.filterwarnings("ignore")
ON = date(2026, 9, 20)


def trees():
    usual = {
        "id": "s1", "plot": "p1", "name": "屋后坡", "farm": "f1", "farm_name": "示例果园", "organism": "huanglongbing",
        "tree": "T12", "date": pd.Timestamp("2026-09-01"), "longitude": 109.4005, "latitude": 30.9005, "exact": True,
        "state": "sampled", "since": pd.Timestamp("2026-09-03"), "embargo": True, "seedlings": "",
        "steps": (Step("suspected", date(2026, 9, 1), note="斑驳"), Step("sampled", date(2026, 9, 3))),
        "next": ("confirmed", "refuted"),
    }  # fmt: skip
    done = usual | {
        "id": "s2", "tree": "T1", "state": "replanted", "embargo": False, "seedlings": "网室苗", "exact": False,
        "next": (),
        "steps": (*usual["steps"], Step("confirmed", date(2026, 9, 5)), Step("removed", date(2026, 9, 6)),
                  Step("replanted", date(2026, 9, 7))),
    }  # fmt: skip
    return pd.DataFrame([usual, done])


def plan():
    steps = huanglongbing.plan(
        [huanglongbing.Flush(date(2026, 9, 16)), huanglongbing.Flush(date(2026, 6, 1), (date(2026, 6, 2),))],
        [huanglongbing.Sample("T12", date(2026, 9, 1), date(2026, 9, 1), None, date(2026, 9, 3))],
        ON,
        [huanglongbing.Plants("甲苗圃", date(2026, 3, 1))],
    )
    return Plan(steps, (), ON, huanglongbing.legal_note())


def answers(services, **more):
    return services.full | {
        "cases.table": trees,
        "cases.plan": lambda plot: plan(),
        "cases.plants": lambda plot: trees().iloc[0:0].assign(product="", evidence=""),
        "cases.organisms": lambda: {"huanglongbing": Words("黄龙病", "HLB"), "canker": Words("溃疡病", "canker")},
        "diary.writable": services.full["farms.plots"],
    } | more  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_page_tells_law_plan_trees_and_embargo(open_page, seen, services, language):
    at = open_page("cases", language, answers(services))
    assert not at.exception
    parts = {
        "zh": ("只由主管部门发布", "第一步 无病苗木", "2026 年秋梢", "1 株还没有处理完", "保密期", "网室苗", "斑驳"),
        "en": ("only authorities publish", "First: clean plants", "autumn flush of 2026", "under embargo", "网室苗"),
    }[language]
    for part in parts:
        assert part in seen(at)


def test_a_step_without_a_record_never_reads_as_not_done(open_page, seen, services):
    text = seen(open_page("cases", "zh", answers(services)))
    assert "到期，没有记录（不等于没做）" in text
    assert "没有做" not in text


def test_no_product_is_sold_against_huanglongbing(open_page, seen, services):
    assert "此病无药可治" in seen(open_page("cases", "zh", answers(services)))


def test_trees_that_nobody_told_leave_no_count_and_no_gap(open_page, seen, services):
    at = open_page("cases", "zh", answers(services, **{"cases.table": lambda: trees().iloc[1:]}))
    text = seen(at)
    assert "您能看到 1 株" in text
    assert "T12" not in re.sub(r"citrus-line.*?</div>", "", text, flags=re.S)
    assert "株在保密期" not in text


def test_a_step_hands_tree_state_and_day_to_the_service(open_page, monkeypatch, services):
    told = []
    monkeypatch.setattr(records, "step", lambda *given, **more: told.append((given, more)))
    at = open_page("cases", "zh", answers(services))
    at.radio(key="cases_step_s1_sampled").set_value("refuted").run()
    at.button(key="cases_step_save_s1").click().run()
    assert told == [(("s1", "refuted"), {"date": ON, "note": ""})]


def test_a_release_warns_that_it_cannot_be_undone(open_page, seen, services):
    released = trees().assign(next=[("released",), ()])
    at = open_page("cases", "zh", answers(services, **{"cases.table": lambda: released}))
    assert "解除后不能收回" in seen(at)


def test_a_release_goes_through_its_own_door(monkeypatch):
    doors = []
    monkeypatch.setattr(session, "attempt", lambda deed, *given, **more: doors.append((deed.__name__, given)))
    records.step("s1", "released", date=ON)
    records.step("s1", "sampled", date=ON)
    assert doors == [("release", ("s1",)), ("step", ("s1", "sampled"))]


def test_a_replanting_asks_where_its_seedlings_come_from(open_page, services):
    felled = trees().assign(next=[("replanted",), ()])
    at = open_page("cases", "zh", answers(services, **{"cases.table": lambda: felled}))
    assert at.text_input(key="cases_seedlings_s1")


def test_a_report_hands_plot_organism_and_day_to_the_service_and_says_what_not_to_do(
    open_page, seen, monkeypatch, services
):
    told = []
    monkeypatch.setattr(records, "suspect", lambda **more: told.append(more) or (None, []))
    at = open_page("cases", "zh", answers(services))
    at.text_input(key="cases_tree_0").set_value("T13").run()
    at = at.button(key="cases_report").click().run()
    assert told == [{"plot": "p1", "organism": "huanglongbing", "tree": "T13", "date": ON, "note": ""}]
    assert "不要把枝叶带出园" in seen(at)


def test_a_delivery_of_plants_is_noted_with_its_certificate(open_page, monkeypatch, services):
    told = []
    monkeypatch.setattr(records, "note_plants", lambda **more: told.append(more))
    at = open_page("cases", "zh", answers(services))
    at.text_input(key="cases_origin_p1").set_value("甲苗圃")
    next(one for one in at.button if one.label == "记下" and "cases_plants" in str(one.form_id)).click().run()
    assert told == [{"plot": "p1", "date": ON, "origin": "甲苗圃", "evidence": "photo"}]


def test_the_map_holds_only_what_was_told(services):
    made = {layer.id: layer for layer in case_map.layers(trees().iloc[1:], services.full["farms.plots"]())}
    spots = made["case_trees"].data
    assert [one["name"] for one in spots] == ["屋后坡 T1"]


def test_no_tree_never_reads_as_no_disease(open_page, seen, services):
    at = open_page("cases", "zh", answers(services, **{"cases.table": lambda: trees().iloc[0:0]}))
    assert not at.exception
    assert "没有记录，不等于没有病树" in seen(at)


def test_an_empty_platform_says_what_to_do(open_page, services):
    at = open_page("cases", "zh", answers(services) | {"farms.plots": services.empty["farms.plots"]}, full=False)
    assert not at.exception
    assert at.info


def test_a_failing_service_is_said(open_page, seen, services):
    def refuse(*arguments):
        raise NotAllowedError("not yours", zh="无权查看")

    at = open_page("cases", "zh", answers(services, **{"cases.table": refuse}))
    assert not at.exception
    assert "无权查看" in seen(at)


def test_no_english_leaks_into_the_chinese_page(open_page, seen, services):
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", seen(open_page("cases", "zh", answers(services))), flags=re.S)
    assert not set(re.findall(r"[A-Za-z]{4,}", text)) - {"English", "qPCR"}


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.SUPPLIER, Role.OFFICIAL, Role.RESEARCHER])
def test_the_page_is_closed_to_who_has_nothing_to_do_with_trees(role):
    assert not session.rights.allowed(Viewer("x", "某人", role), "sample.read")


@pytest.mark.parametrize("kind", imports.RECORDS)
def test_the_import_offers_records_with_their_templates(open_page, seen, services, kind):
    at = open_page("data", "zh", services.full)
    at.selectbox(key="import_kind").select(kind).run()
    assert not at.exception
    assert [one for one in at.get("download_button") if one.proto.id.endswith(f"template_{kind}")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_preview_of_records_speaks_in_words(monkeypatch, language):
    monkeypatch.setattr(session, "language", lambda: language)
    table = pd.DataFrame(
        {"row": [1], "name": ["屋后坡"], "date": [ON], "kind": ["spray"], "targets": ["melanose、red_mite"],
         "equipment": ["drone"], "evidence": ["flight_log"], "treated": [False]}
    )  # fmt: skip
    shown = imports._records(Preview("sprays", "a.csv", gpd.GeoDataFrame(table), []).table)
    expected = {
        "zh": ["喷药", "黑点病（砂皮病）、红蜘蛛（柑橘全爪螨）", "无人机", "飞行日志", "否（对照）"],
        "en": ["spray", "melanose, citrus red mite", "drone", "flight log", "no (control)"],
    }[language]
    assert shown.iloc[0].tolist()[3:] == expected
