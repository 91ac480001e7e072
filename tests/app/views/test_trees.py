"""The page of single trees: counted or said not to be, new and gone, one tree through its flights; others' unseen."""

import pandas as pd
import pytest

from agro.errors import NotFoundError
from app.services.imagery import flown_trees
from tests.app.views import picture_home

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def page(open_as, pictured):
    return lambda language="zh", **state: open_as(pictured, picture_home.grower(pictured), "trees", language, **state)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh", ("2024年9月1日找到 6 棵树，按株行距应有约 8 棵", "缺株约 2 棵", "1 棵偏弱，其中 1 棵颜色和大小都差",
                "与2024年4月1日那次相比：新出现 1 棵，不见了 1 棵", "像元 50.0 厘米", "很弱 1", "不能直接比")),
        ("en", ("6 trees were found on 1 Sep 2024, some 8 are to be expected", "1 new, 1 gone", "very weak 1")),
    ],
)  # fmt: skip
def test_trees_gaps_weak_ones_and_what_changed_are_said_first(page, seen, language, parts):
    at = page(language, plot="p01")
    assert not at.exception
    for part in parts:
        assert part in seen(at), part


def test_the_table_names_each_tree_the_weakest_first_and_the_gone_last(page):
    table = page(plot="p01").dataframe[0].value
    assert list(table["编号"]) == [2, 1, 3, 4, 5, 7, 6]
    assert list(table["与上次比"]) == ["还在", "还在", "还在", "还在", "还在", "新出现", "不见了"]


def test_one_tree_is_followed_through_its_flights(page, seen):
    at = page(plot="p01")
    assert "2 号树看到过 2 次：2024年4月1日, 2024年9月1日" in seen(at)
    at.selectbox(key="trees_tree_p01").set_value(7).run()
    assert "7 号树看到过 1 次" in seen(at)


def test_the_first_flight_has_nothing_to_compare_with(page, seen):
    at = page(plot="p01")
    at.selectbox(key="trees_flight_p01").set_value("odm_20240401").run()
    assert not at.exception
    assert "那次相比" not in seen(at)
    assert "与上次比" not in at.dataframe[0].value


def test_closed_crowns_are_not_counted_and_the_page_says_so(page, seen):
    at = page(plot="p02")
    assert not at.exception
    text = seen(at)
    assert "树冠已连成片（覆盖 90 %）" in text
    assert "找到" not in text
    assert not at.dataframe


def test_a_grower_is_offered_own_plots_only(page):
    assert page().selectbox(key="picked_plot").options == ["地块01", "地块02"]


def test_without_a_flight_the_page_says_what_to_bring(open_as, unpictured, seen):
    at = open_as(unpictured, picture_home.grower(unpictured), "trees")
    assert not at.exception
    assert "还没有无人机影像" in seen(at)


def test_the_trees_of_a_plot_are_written_with_their_state_by_flight(pictured, tmp_path):
    path = flown_trees.table(picture_home.grower(pictured), pictured, tmp_path / "trees.csv", "p01")
    table = pd.read_csv(path)
    assert len(table) == 12
    state = table.set_index(["tree", "day"])["state"]
    assert state[2, "2024-04-01"] == "first"
    assert state[2, "2024-09-01"] == "again"
    assert state[7, "2024-09-01"] == "new"


def test_anothers_trees_read_as_if_there_were_none(pictured):
    with pytest.raises(NotFoundError):
        flown_trees.of_flight(picture_home.grower(pictured), pictured, picture_home.OTHERS)
