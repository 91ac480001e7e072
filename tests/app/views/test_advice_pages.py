"""What to do now and in which order to pick, as pages."""

from dataclasses import replace

import pytest

from agro.errors import MissingDataError
from app.services.advice import ViewerAdvice

pytestmark = pytest.mark.filterwarnings("ignore")


def test_the_advice_says_what_why_until_when_and_in_how_many_cases(open_page, seen):
    text = seen(open_page("advice", "en"))
    for part in (
        "Most pressing: Cover, and pick low fruit first (1 plots)",
        "in 13 of 20 cases",
        "by 17:00",
        "until 23 Sep",
        "The official weather warning comes first",
        "DB50/T 902-2019",
    ):
        assert part in text
    assert "%" not in text.split("Most pressing")[1].split("DB50")[0]


def test_the_pressing_stands_first_and_what_is_good_to_know_is_folded(open_page):
    at = open_page("advice", "zh")
    assert [box.label for box in at.expander] == ["知道就好（1 条）"]
    assert not at.expander[0].proto.expanded
    bodies = [element.proto.body for element in at.get("html")]
    cards = [body for body in bodies if "citrus-advice" in body]
    assert "该做了 · 今天" in cards[0]
    assert "告知" in cards[1]


def test_an_advice_leads_to_its_plot(open_page):
    at = open_page("advice", "zh")
    at.button(key="advice_open_frost_night").click().run()
    assert at.session_state["plot"] == "p1"


def test_one_plot_can_be_asked_for(open_page, seen):
    at = open_page("advice", "zh")
    at.selectbox(key="picked_one_or_all").set_value("p2").run()
    assert "17:00" not in seen(at)
    assert "眼下没有必须马上做的事" in seen(at)


def test_where_not_all_plots_were_looked_at_the_page_says_so(open_page, seen, services):
    full = services.full["advice.of_viewer"](None)
    many = {**services.full, "advice.of_viewer": lambda on: replace(full, looked_at=100, plots=8000)}
    assert "只看了最先成熟的 100 块（共 8000 块）" in seen(open_page("advice", "zh", many))


def test_plots_without_advice_have_a_quiet_page(open_page, seen, services):
    at = open_page("advice", "en", {**services.full, "advice.of_viewer": lambda on: ViewerAdvice(services.day(0))})
    assert not at.exception
    assert "nothing presses" in seen(at)


def test_the_first_page_carries_the_most_urgent_advice_of_a_plot_and_stands_without(open_page, seen, services):
    def refuse(plot_ids):
        raise MissingDataError("none yet", zh="还没有")

    at = open_page("home", "zh")
    assert seen(at).count("现在做：") == 1  # what is only good to know stays on its own page
    assert "盖膜" in seen(at)
    quiet = open_page("home", "zh", {**services.full, "advice.of_plots": refuse})
    assert not quiet.exception
    assert "果径约 55 毫米" in seen(quiet)
    assert "现在做：" not in seen(quiet)


def test_the_harvest_is_told_in_a_sentence_before_table_and_chart(open_page, seen):
    at = open_page("harvest", "en")
    text = seen(at)
    assert "Ready now, the nearest limit first: 屋后坡 (1 plots)" in text
    assert "only by 9 Nov, after the limit of 30 Oct" in text
    assert "the 2 that ripen first of 130" in text
    kinds = ["answer" if "citrus-answer" in str(element.proto) else element.type for element in at.main]
    assert kinds.index("answer") < kinds.index("vega_lite_chart")


@pytest.mark.parametrize(("by", "part"), [("band", "500–600 米"), ("side", "西北坡"), ("farm_name", "示例果园")])
def test_the_parts_of_the_farm_are_by_height_side_and_owner(open_page, seen, by, part):
    at = open_page("harvest", "zh")
    at.radio(key="harvest_by").set_value(by).run()
    assert part in seen(at)


def test_the_order_can_be_taken_away_as_a_file(open_page, services):
    from app import session
    from app.components import harvest_story

    open_page("harvest", "zh")
    told = services.full["harvest.plan"](None)
    session.st.session_state.language = "zh"
    text = harvest_story.csv(told, {"p1": "=坡", "p2": "河"}, synthetic=True).decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 3
    assert "'=坡" in text
    assert lines[1].endswith("合成示例，非真实数据")
    assert "2026-08-31" in lines[1]  # twenty days before the day of issue
