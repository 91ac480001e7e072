"""Headings and cells as growers and offices write them."""

import datetime

import pandas as pd
import pytest
import shapely

from agro.errors import InputError
from agro.vectors import attributes
from agro.vectors.source import source

BOX = shapely.box(110.4, 31.0, 110.401, 31.001)


def understood(**cells):
    return attributes.understood(source("plots.csv", [cells], [BOX]), year=2026)[0].iloc[0]


def test_chinese_headings_are_understood():
    row = understood(**{"乡镇": "草堂镇", "地块名称": "坡上", "果园": "向家", "品种": "纽荷尔",
                        "树龄(年)": "12", "株行距（米）": "3米×4米", 
                        "土层厚度(cm)": "60", "面积（亩）": "3.5"})  # fmt: skip
    assert (row["name"], row["farm"], row["cultivar"], row["township"]) == ("坡上", "向家", "纽荷尔", "草堂镇")
    assert (row["planted"], row["spacing"], row["soil_depth"]) == (2014, (4.0, 3.0), 0.6)
    assert (row["stated_area"], row["stated_unit"]) == (3.5, "mu")


def test_english_headings_are_understood():
    row = understood(
        Plot_Name="North", Variety="navel", Planting_Year=2009.0, Row_Spacing="5 m", Tree_Spacing=3, area_ha=1.4
    )
    assert (row["name"], row["cultivar"], row["planted"], row["spacing"]) == ("North", "navel", 2009, (5.0, 3.0))
    assert (row["stated_area"], row["stated_unit"]) == (1.4, "ha")


@pytest.mark.parametrize(
    ("written", "year"),
    [("2012", 2012), ("2012年3月", 2012), ("2012-03-01", 2012), (2012.0, 2012), (datetime.date(2012, 3, 1), 2012),
     (pd.Timestamp("2012-03-01"), 2012), ("２０１２", 2012)],
)  # fmt: skip
def test_a_year_is_read_in_every_common_form(written, year):
    assert understood(planted=written)["planted"] == year


@pytest.mark.parametrize("written", ["", "-", "无", "未知", None, float("nan"), "NaN"])
def test_a_blank_is_unknown_not_zero(written):
    row = understood(name="A", planted=written, spacing=written, soil_depth=written, area_mu=written, cultivar=written)
    assert row[["planted", "spacing", "soil_depth", "stated_area", "cultivar"]].isna().all()


@pytest.mark.parametrize(
    ("column", "written"),
    [("planted", "abc"), ("planted", "1900"), ("planted", "2100"), ("planted", "12"), ("planted", "1e9"), 
     ("age", "old"), ("age", -3), ("spacing", "wide"), ("spacing", "0x4"), ("spacing", "4"), ("soil_depth", "deep"), 
     ("soil_depth", "inf"), ("area_mu", "five"), ("area_mu", "-2"), ("area", "1e400"), ("row_spacing", "99")],
)  # fmt: skip
def test_an_impossible_cell_names_its_row_column_and_content(column, written):
    with pytest.raises(InputError) as caught:
        understood(name="A", **{column: written})
    for message in (str(caught.value), caught.value.zh):
        assert "plots.csv" in message
        assert column in message
        assert str(written) in message
        assert "1" in message


def test_a_bare_area_takes_the_unit_that_fits_the_outlines():
    table = pd.DataFrame({"stated_area": [6.0, 15.0], "stated_unit": ["", ""]})
    assert attributes.stated_area(table, [4000.0, 10_100.0]) == pytest.approx([4000.0, 10_000.0])
    hectares = table.assign(stated_area=[0.4, 1.0])
    assert attributes.stated_area(hectares, [4000.0, 10_100.0]) == pytest.approx([4000.0, 10_000.0])
    assert attributes.stated_area(table, [float("nan")] * 2) == pytest.approx([4000.0, 10_000.0])
