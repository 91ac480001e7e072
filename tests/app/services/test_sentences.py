"""What is said of a plot, from a row made by hand."""

from types import SimpleNamespace

import pandas as pd
import pytest

from app.services.outlooks.sentences import about

ISSUED = pd.Timestamp("2026-09-20")


def row(**changes):
    spread = {"p10": 60.0, "p50": 65.0, "p90": 70.0}
    values = {f"{name}_{p}": v for name in ("diameter", "diameter30", "tss", "tss30") for p, v in spread.items()}
    ripe = {"ripe_p10": pd.Timestamp("2026-10-25"), "ripe_p50": pd.Timestamp("2026-11-11"), "ripe_p90": pd.NaT}
    bloom = {f"bloom_{p}": pd.Timestamp("2026-04-13") for p in spread}
    delay = {"delay_p10": 4.0, "delay_p50": 12.0, "delay_p90": 25.0}
    base = {"id": "p1", "name": "东坡1号", "cultivar": "navel", "issued": ISSUED, "fruit_bbch": 74, "bud_bbch": 65}
    return SimpleNamespace(**base | values | ripe | bloom | delay | changes)


def test_every_number_has_its_range_and_its_source():
    said = about(row(), "zh")
    assert "果径 65（60–70） 毫米" in said.text
    assert "比河谷平地晚约 12 天（4 至 25 天）" in said.text
    assert "未校准" in said.source


@pytest.mark.parametrize(
    ("ripe", "zh", "tone"),
    [
        ({"ripe_p90": pd.Timestamp("2026-12-01")}, "约 11月11日（10月25日 至 12月1日）", "good"),
        ({}, "最早 10月25日，少数情形本季达不到", "good"),
        ({"ripe_p50": pd.NaT}, "最早 10月25日，多数情形本季达不到", "watch"),
        ({"ripe_p50": pd.Timestamp("2026-09-15")}, "先尝果再定", "act"),
    ],
)
def test_picking_is_said_as_far_as_the_season_brings_it_about(ripe, zh, tone):
    said = about(row(**ripe), "zh")
    assert zh in said.text
    assert said.tone == tone


def test_a_small_delay_is_not_worth_a_word():
    assert "河谷" not in about(row(delay_p50=2.0), "zh").text
    assert "earlier than the valley" in about(row(delay_p10=-12.0, delay_p50=-8.0, delay_p90=-5.0), "en").text


def test_a_plot_without_a_cultivar_speaks_of_the_assumed_one():
    assert "脐橙" in about(row(cultivar=float("nan")), "zh").text


def test_before_bloom_the_buds_are_spoken_of():
    early = row(issued=pd.Timestamp("2026-03-10"), fruit_bbch=-1, bud_bbch=7, diameter_p50=float("nan"))
    said = about(early, "zh")
    assert "萌芽" in said.text
    assert "盛花预计 4月13日 至 4月13日" in said.text
