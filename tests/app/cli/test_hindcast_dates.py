"""`citrus hindcast dates`: a station's file in, dates of each year out, no platform needed."""

import numpy as np
import pandas as pd
import pytest

HEADER = "# 站名: 试验\n# 纬度: {latitude}\n# 经度: 110.2\n# 海拔: 300\n日期,最低气温,最高气温\n"


@pytest.fixture
def steady(tmp_path):
    """A file of years that keep one temperature each, with or without the place of the station."""

    def write(means: dict[int, float], latitude: float | None = 28.3):
        rows = [
            f"{day:%Y-%m-%d},{mean - 4},{mean + 4}"
            for year, mean in means.items()
            for day in pd.date_range(f"{year}-01-01", f"{year}-12-31")
        ]
        header = "日期,最低气温,最高气温\n" if latitude is None else HEADER.format(latitude=latitude)
        file = tmp_path / "station.csv"
        file.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
        return file

    return write


def rows(said, name, **which):
    """Return the rows of one table of the answer."""
    return [row for row in said.json["outputs"][name] if all(row[key] == value for key, value in which.items())]


def test_a_station_at_luxi_is_held_against_the_published_range_and_no_error_is_made_up(citrus, steady):
    # 10 degC count whole and reach 1000 on day 100; below 10 nothing counts
    said = citrus("hindcast", "dates", "--weather", steady({2012: 10.0, 2013: 7.9, 2014: 17.6}), "--json")
    assert (said.code, said.json["command"], said.json["date"]) == (0, "hindcast dates", "2014-12-31")
    (first,) = rows(said, "perfect_weather", event="first_adult", year=2012)
    assert (first["day"], first["low"], first["high"]) == ("2012-04-09", "2012-04-07", "2012-04-11")
    (never,) = rows(said, "perfect_weather", event="first_adult", year=2013)
    assert (never["day"], never["status"]) == (None, "not reached")
    (pair,) = rows(said, "compared", event="first_adult", year=2012)
    assert (pair["form"], pair["first"], pair["last"], pair["inside"]) == ("range", "2012-05-05", "2012-05-17", False)
    assert pair["error"] == -26  # 9 April to 5 May
    (score,) = rows(said, "scores", event="first_adult")
    assert (score["n"], score["mae"], score["inside"]) == (2, None, 0)
    assert any("没有逐年日期" in warning for warning in said.json["warnings"])
    assert any("未经校准" in warning for warning in said.json["warnings"])


def test_a_station_far_from_luxi_is_not_held_against_it(citrus, steady):
    said = citrus("hindcast", "dates", "--weather", steady({2012: 16.0}, latitude=25.0), "--json")
    assert said.json["counts"]["compared"] == 0
    assert rows(said, "compared") == rows(said, "scores") == []
    (warning,) = [warning for warning in said.json["warnings"] if "Luxi" in warning]
    assert "367 公里" in warning  # 3.3 degrees of latitude of 111.2 km


def test_dates_of_ones_own_traps_are_scored_wherever_they_lie(citrus, steady, tmp_path):
    traps = tmp_path / "traps.csv"
    traps.write_text("时期,日期\n成虫开始羽化出土,2012-03-01\n成虫开始羽化出土,2013-03-06\n", encoding="gb18030")
    weather = steady({2012: 16.0, 2013: 16.0}, latitude=25.0)  # 3 and 4 March
    said = citrus("hindcast", "dates", "--weather", weather, "--observed", traps, "--json")
    (score,) = rows(said, "scores")
    assert (score["form"], score["n"], score["bias"], score["mae"], score["within"]) == ("date", 2, 0, 2, 1)
    assert not any("Luxi" in warning for warning in said.json["warnings"])


def test_forecasts_are_issued_on_the_days_asked_for_from_earlier_years(citrus, steady):
    weather = steady({2001: 10.0, 2002: 20.0, 2003: 25.0, 2004: 16.0})
    said = citrus("hindcast", "dates", "--weather", weather, "--issue", "01-31", "--json")
    (forecast,) = rows(said, "real_forecast", event="first_adult")
    assert (forecast["issued"], forecast["members"], forecast["p50"]) == ("2004-01-31", 3, "2004-02-26")
    assert forecast["crps"] == pytest.approx(2.0)
    (skill,) = rows(said, "skill", event="first_adult")
    assert (skill["n"], skill["skill"], skill["low"]) == (1, pytest.approx(7 / 13), None)


def test_orchards_above_the_station_come_later(citrus, steady):
    weather = steady({2001: 16.0})
    below, above = (
        rows(citrus("hindcast", "dates", "--weather", weather, "--elevation", height, "--json"), "perfect_weather",
             event="first_adult")[0]["day"]
        for height in (300, 400)
    )  # fmt: skip
    # 15.55 degC for 59 days, then 15.5 of March: 1000 after 64.3 days, 66.03 with 1.7 d of the coefficient: day 67
    assert (below, above) == ("2001-03-04", "2001-03-08")


def test_a_station_of_unknown_place_is_said_to_be_one(citrus, steady):
    said = citrus("hindcast", "dates", "--weather", steady({2012: 16.0}, latitude=None), "--json")
    assert said.code == 0
    assert any("未写气象站海拔" in warning for warning in said.json["warnings"])
    assert any("本站位置不明" in warning for warning in said.json["warnings"])


def test_hours_become_days(citrus, tmp_path):
    hours = pd.date_range("2013-01-01", "2013-12-31 23:00", freq="h")
    wave = 16 + 4 * np.sin(2 * np.pi * hours.hour / 24)
    file = tmp_path / "hours.csv"
    pd.DataFrame({"时间": hours.strftime("%Y-%m-%d %H:%M"), "气温": wave}).to_csv(file, index=False)
    said = citrus("hindcast", "dates", "--weather", file, "--json")
    (first,) = rows(said, "perfect_weather", event="first_adult")
    assert first["day"] == "2013-03-04"


def test_people_see_the_tables_and_machines_nothing_else_on_stdout(citrus, steady):
    said = citrus("hindcast", "dates", "--organism", "大实蝇", "--weather", steady({2012: 16.0}))
    assert (said.code, said.out) == (0, "")
    assert "2012-03-03" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--organism", "phoenix"), "phoenix"),
        (("--organism", "whitefly"), "没有按积温推算的时期"),
        (("--issue", "02-29"), "每年都有"),
        (("--issue", "April"), "月日"),
        (("--observed", "nowhere.csv"), "无法打开"),
        (("--weather", "nowhere.csv"), "无法打开"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(citrus, steady, words, told):
    said = citrus("hindcast", "dates", "--weather", steady({2012: 16.0}), *words, "--json")
    assert (said.code, said.json["status"]) == (2, "refused")
    assert told in said.error["zh"]
    assert "Traceback" not in said.err


def test_weather_without_temperature_is_refused(citrus, tmp_path):
    file = tmp_path / "rain.csv"
    file.write_text("日期,降雨量\n2012-01-01,3\n2012-01-02,0\n", encoding="utf-8")
    said = citrus("hindcast", "dates", "--weather", file, "--json")
    assert (said.code, "平均气温" in said.error["zh"]) == (2, True)
