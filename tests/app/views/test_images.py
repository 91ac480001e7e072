"""The page of pictures: two dates on one map, fixed or stretched colours, layers to take away."""

import pytest

from agro.store.rights import OPERATOR
from app.services.imagery import bring_in, extent
from tests.app.services.imagery import conftest as hillside
from tests.app.services.imagery import ground_truth as truth
from tests.app.views import picture_home

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def page(open_as, pictured):
    return lambda language="zh", **state: open_as(pictured, picture_home.grower(pictured), "images", language, **state)


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("zh", ("最近一次看得清的是9月10日（3 天前），共有 4 景影像", "0.20 差", "0.90 好")),
        ("en", ("10 Sep", "there are 4 in all", "0.20 weak", "0.90 good")),
    ],
)
def test_the_newest_picture_and_what_its_colours_mean_are_said(page, seen, language, parts):
    at = page(language)
    assert not at.exception
    for part in parts:
        assert part in seen(at), part
    assert len(at.selectbox(key="pictures_left").options) == 4  # none and the three before


def test_stretched_colours_say_that_dates_do_not_compare(page, seen):
    at = page()
    assert "日期不可比" not in seen(at)
    at.radio(key="pictures_scale").set_value("拉伸（看地块内差别）").run()
    assert not at.exception
    assert "不同日期不可比" in seen(at)


def test_a_change_needs_an_earlier_picture(page, seen):
    at = page()
    at.selectbox(key="pictures_layer").set_value("change").run()
    assert "NDVI 变化：2024-08-05 → 2024-09-10" in seen(at)
    at.selectbox(key="pictures_left").select_index(0).run()
    assert "变化图需要选一张较早的影像" in seen(at)


def test_a_grower_has_the_own_flights_and_not_the_neighbours(page):
    at = page(pictures_kind="drone")
    assert len(at.selectbox(key="pictures_right").options) == 2


def test_without_pictures_the_page_says_so(open_as, unpictured, seen):
    at = open_as(unpictured, picture_home.grower(unpictured), "images")
    assert not at.exception
    assert "还没有影像" in seen(at)


@pytest.mark.parametrize("kind", ["tif", "png", "kmz"])
def test_the_layer_shown_is_taken_away_in_each_format(page, kind):
    at = page()
    at.radio(key="pictures_files_kind_layer").set_value(kind).run()
    at.button(key="pictures_files_make").click().run()
    assert not at.exception
    assert not at.error
    assert len(at.get("download_button")) == 1


def test_the_page_begins_with_a_date_that_shows_the_own_plots(open_as, pictured, seen, monkeypatch):
    """On the newest day the sky hid this viewer's plots and no others."""
    newest, next_one, *_ = (one.id for one in pictured.store.scenes("satellite"))
    shares = pictured.store.shares_seen
    monkeypatch.setattr(pictured.store, "shares_seen", lambda scope: shares(scope) | {newest: 0.1})
    at = open_as(pictured, picture_home.grower(pictured), "images")
    assert not at.exception
    assert at.selectbox(key="pictures_right").value == next_one
    assert "看清 10%" in at.selectbox(key="pictures_right").options[0]
    assert "最近一次看得清的是8月29日" in seen(at)


def test_plots_that_came_after_the_pictures_are_told_of(open_as, seen, tmp_path, monkeypatch):
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 4e6))
    home = picture_home.bare(tmp_path)
    bring_in.satellite(OPERATOR, home, truth.write_scene(tmp_path, hillside.LAST, truth.field(hillside.LAST)))
    owner = truth.grower(home, "f2")
    assert "之后才导入" not in seen(open_as(home, owner, "images"))
    truth.plant(home, 1450.0)
    at = open_as(home, owner, "images")
    assert not at.exception
    assert "1 个地块在 1 景影像之后才导入" in seen(at)
    assert "之后才导入" not in seen(open_as(home, truth.grower(home), "images"))
