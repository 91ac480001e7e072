"""The page of the walk: the way through flagged places, kept, ticked off as notes; own places only."""

import shutil

import pytest

from app.services.imagery import walks
from app.services.platform import open_platform
from tests.app.services.imagery import conftest as hillside
from tests.app.views import picture_home

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def copied(pictured, tmp_path):
    """The platform, free to be written to."""
    return hillside.on(open_platform(shutil.copytree(pictured.home, tmp_path / "home")))


@pytest.mark.parametrize(("language", "part"), [("zh", "连看带走约"), ("en", "minutes with the looks")])
def test_the_walk_leads_to_own_weak_places(open_as, pictured, seen, language, part):
    at = open_as(pictured, picture_home.grower(pictured), "walk", language)
    assert not at.exception
    text = seen(at)
    assert part in text
    assert "地块03" in text
    assert "地块10" not in text


def test_nothing_flagged_is_said_plainly(open_as, unpictured, seen):
    at = open_as(unpictured, picture_home.grower(unpictured), "walk")
    assert not at.exception
    assert "目前没有需要去看的地方" in seen(at)


def test_a_walk_is_kept_and_what_was_found_becomes_a_note(open_as, copied, seen):
    grower = picture_home.grower(copied)
    at = open_as(copied, grower, "walk")
    at.button(key="walk_begin").click().run()
    assert not at.exception
    (walk,) = walks.listed(grower, copied)
    at.selectbox(key="walk_which").set_value(walk.id).run()
    assert "已看 0 /" in seen(at)
    found = next(one for one in at.selectbox if str(one.key).startswith("found_"))
    found.set_value("dry")
    next(one for one in at.button if one.label == "记下").click().run()
    assert not at.exception
    assert "已看 1 /" in seen(at)
    assert "已记：缺水" in seen(at)
    assert len(at.get("download_button")) == 3


def test_no_way_is_told_to_the_place_where_the_walk_begins(open_as, pictured):
    at = open_as(pictured, picture_home.grower(pictured), "walk")
    stops = [one for one in at.markdown if " — " in one.value]
    legs = [one for one in at.caption if "从上一处走" in one.value]
    assert len(stops) > 1
    assert len(legs) == len(stops) - 1
