"""The page that holds the model beside what was seen."""

from datetime import timedelta

import pandas as pd
import pytest

from agro.errors import MissingDataError, NotAllowedError
from agro.farm import Role, Viewer
from app import session

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_full_page_says_what_the_readings_changed(open_page, seen, language):
    at = open_page("fit", language)
    assert not at.exception
    text = seen(at)
    parts = {
        "zh": ("未校准", "合成观测", "模型单独推算", "5.2", "0.9 毫米", "12 块地的观测没有参加校准"),
        "en": (
            "uncalibrated",
            "Synthetic readings",
            "the model alone says",
            "5.2",
            "0.9 mm",
            "readings of 12 plots",
        ),
    }[language]
    for part in parts:
        assert part in text


def test_both_lines_of_a_bloom_stay_visible(open_page):
    tables = [frame.value for frame in open_page("fit", "en").dataframe]
    both = next(table for table in tables if "restarted" in table.columns)
    assert both["model alone"].iloc[0] == "13 Apr (8 Apr to 17 Apr)"
    assert both["restarted"].iloc[0] == "10 Apr (10 Apr to 10 Apr)"


def test_what_moved_is_said_in_words_with_both_ranges(open_page):
    tables = [frame.value for frame in open_page("fit", "en").dataframe]
    moved = next(table for table in tables if "Parameter" in table.columns)
    assert moved["Parameter"].tolist() == ["largest fruit diameter", "pace of fruit growth"]
    assert moved["before"].iloc[0] == "86.0 (80.0 to 92.0)"
    assert moved["after"].iloc[0] == "88.0 (84.0 to 91.0)"
    assert "held" in moved["after"].iloc[1]


def test_the_check_tells_how_many_readings_lay_inside_of_how_many(open_page):
    tables = [frame.value for frame in open_page("fit", "en").dataframe]
    check = next(table for table in tables if "Inside the 80 % range" in table.columns)
    assert check["Inside the 80 % range"].iloc[0] == "36 of 48 (43 to 94 %)"


def test_nothing_read_leaves_the_control_to_note_a_bloom(open_page, seen, services):
    at = open_page("fit", "zh", services.full | {"fit.of_plot": services.empty["fit.of_plot"]})
    assert not at.exception
    assert "还没有观测" in seen(at)
    assert at.button(key="fit_bloom_save")


def test_no_check_yet_says_how_to_make_one(open_page, seen, services):
    at = open_page("fit", "zh", services.full | {"fit_county.scores": lambda: (None, pd.DataFrame())})
    assert "citrus fit" in seen(at)


@pytest.mark.parametrize("error", [MissingDataError("none", zh="还没有"), NotAllowedError("not yours", zh="无权查看")])
def test_a_failing_service_is_said_in_the_visitors_language(open_page, seen, services, error):
    def refuse(*arguments):
        raise error

    at = open_page(
        "fit", "zh", {name: refuse if name.startswith("fit") else one for name, one in services.full.items()}
    )
    assert not at.exception
    assert error.zh in seen(at)


def test_noting_a_bloom_hands_plot_and_day_to_the_service(open_page, monkeypatch, services):
    told = []
    monkeypatch.setattr(session, "note_bloom", lambda plot, day: told.append((plot, day)) or (None, []))
    at = open_page("fit", "zh")
    day = services.day(-155)
    at.date_input(key="fit_bloom_day").set_value(day)
    at.button(key="fit_bloom_save").click().run()
    assert told == [("p1", day)]
    assert not at.exception


def test_no_bloom_can_be_noted_for_tomorrow(open_page, services):
    assert open_page("fit").date_input(key="fit_bloom_day").max == services.day(0)
    assert services.day(1) - services.day(0) == timedelta(days=1)


def test_who_may_not_note_sees_no_button(open_page, monkeypatch):
    monkeypatch.setattr(session, "may", lambda action: action != "observation.write")
    at = open_page("fit")
    assert not [button for button in at.button if button.key == "fit_bloom_save"]


def test_an_official_sees_the_check_and_no_plot(open_page, seen, monkeypatch):
    official = Viewer("o", "示例县农业科", Role.OFFICIAL)
    at = open_page("home")
    monkeypatch.setattr(session, "viewer", lambda: official)
    at = at.switch_page("views/fit.py").run()
    assert not at.exception
    assert "12 块地的观测没有参加校准" in seen(at)
    assert not at.selectbox
