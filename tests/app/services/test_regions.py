"""The region of a platform: one name, one projected CRS for life."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Transformer

from agro.errors import ConflictError, InputError, NotAllowedError
from agro.farm import Role, Viewer
from agro.store import OPERATOR
from app.services import regions
from app.services.platform import open_platform, region_or_none


@pytest.fixture
def home(tmp_path):
    platform = open_platform(tmp_path / "home")
    yield platform
    platform.store.close()


def test_the_first_data_decide_the_zone_of_a_region_that_named_none(home):
    assert regions.create(OPERATOR, home, name="小河谷", timezone="Asia/Urumqi") is None
    assert region_or_none(home) is None
    decided = regions.decide_crs(OPERATOR, home, 109.4, 30.9)
    assert (decided.name, decided.crs, decided.timezone) == ("小河谷", "EPSG:32649", "Asia/Urumqi")
    assert regions.decide_crs(OPERATOR, home, 80.0, 30.9) == decided


def test_a_region_is_named_again_only_as_it_is(home):
    made = regions.create(OPERATOR, home, name="小河谷", crs="EPSG:4547")
    assert regions.create(OPERATOR, home, name="小河谷") == made
    assert regions.create(OPERATOR, home, name="小河谷", crs="epsg:4547", timezone="Asia/Shanghai") == made
    for other in (
        {"name": "别处"},
        {"name": "小河谷", "crs": "EPSG:32649"},
        {"name": "小河谷", "timezone": "Asia/Tokyo"},
    ):
        with pytest.raises(ConflictError, match="'小河谷' in EPSG:4547, Asia/Shanghai; use another folder"):
            regions.create(OPERATOR, home, **other)


@pytest.mark.parametrize(
    "wrong",
    [{"crs": "EPSG:4326"}, {"crs": "EPSG:2263"}, {"crs": "nonsense"}, {"timezone": "Mars/Olympus"}, {"name": " "}],
)  # EPSG:2263 is in feet
def test_what_cannot_be_a_region_is_refused_and_not_kept(home, wrong):
    with pytest.raises(InputError) as refused:
        regions.create(OPERATOR, home, **({"name": "小河谷"} | wrong))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in refused.value.zh)
    assert region_or_none(home) is None
    assert home.store.setting(regions.WAITING) is None


def test_only_who_may_change_settings_names_the_region(home):
    with pytest.raises(NotAllowedError):
        regions.create(Viewer("a", "果农", Role.GROWER), home, name="小河谷")


@given(longitude=st.floats(-180, 180), latitude=st.floats(-80, 80))
def test_a_place_lies_near_the_middle_of_its_zone(longitude, latitude):
    zone = CRS.from_user_input(regions.utm(longitude, latitude))
    x, y = Transformer.from_crs("EPSG:4326", zone, always_xy=True).transform(longitude, latitude)
    assert 160_000 <= x <= 840_000
    assert 0 <= y <= 10_000_000
