"""A grower's pin or ring becomes a plot of the size said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from agro.errors import InputError
from agro.vectors import plot_from_pin, plot_from_ring

GEOD = Geod(ellps="WGS84")


@given(st.floats(97, 122), st.floats(18, 45), st.floats(0.1, 5000), st.sampled_from(["circle", "square"]))
def test_a_pin_gets_exactly_its_mu(longitude, latitude, area_mu, shape):
    preview = plot_from_pin(longitude, latitude, area_mu, shape=shape)
    outline = preview.table.geometry[0]
    expected = area_mu * 10_000 / 15
    assert abs(GEOD.geometry_area_perimeter(outline)[0]) == pytest.approx(expected, rel=1e-7, abs=1e-3)
    assert preview.table["area"][0] == pytest.approx(expected, rel=1e-7, abs=1e-3)
    assert preview.table["assumed"][0] == ("geometry",)
    corners = {round(GEOD.inv(longitude, latitude, x, y)[2], 6) for x, y in outline.exterior.coords}
    assert max(corners) - min(corners) < 1e-5  # all corners lie on one circle around the pin


def test_a_pin_carries_its_attributes_and_tells_what_was_assumed():
    preview = plot_from_pin(110.4, 31, 3.5, name="屋后", farm="向家", cultivar="脐橙", planted=2012, spacing="4x3")
    row = preview.table.iloc[0]
    assert (row["name"], row["farm"], row["cultivar"], row["planted"]) == ("屋后", "向家", "脐橙", 2012)
    assert row["spacing"] == (4.0, 3.0)
    assert preview.questions == []
    assert [finding.level for finding in preview.findings] == ["warning"]


@pytest.mark.parametrize(
    ("place", "area"),
    [((200, 31), 3), ((110, "x"), 3), ((110, 31), 0), ((110, 31), float("nan")), ((110, 31), None), ((110, 31), 1e9)],
)
def test_an_impossible_pin_is_refused(place, area):
    with pytest.raises(InputError) as caught:
        plot_from_pin(*place, area)
    assert caught.value.zh != str(caught.value)


def test_a_ring_is_closed_measured_and_repaired():
    open_ring = [(110.4, 31.0), (110.401, 31.0), (110.401, 31.001), (110.4, 31.001)]
    drawn = plot_from_ring(open_ring, name="坡上")
    assert drawn.table["area"][0] == pytest.approx(95.47 * 110.87, rel=2e-3)
    crossing = plot_from_ring([open_ring[0], open_ring[2], open_ring[1], open_ring[3]])
    assert crossing.table["area"][0] == pytest.approx(drawn.table["area"][0] / 2, rel=1e-3)
    assert crossing.table["name"][0] == "1"


@pytest.mark.parametrize(
    "ring",
    [[], [(110, 31)] * 5, [(110, 31), (110.1, 31)], [(110, 31), (110.1, 31), (110.2, 31)], ["ab", 3], [("x", 1)] * 4],
)
def test_a_ring_that_encloses_nothing_is_refused(ring):
    with pytest.raises(InputError):
        plot_from_ring(ring)
