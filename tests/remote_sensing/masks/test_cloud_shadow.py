import numpy as np
import pytest

from remote_sensing import masks
from remote_sensing.masks import cloud_shadow
from remote_sensing.masks.settings import settings

WINTER = masks.rays(53.0, 161.56)
CELL = 20.0


def test_a_winter_shadow_falls_where_the_specification_says():  # monitoring.md T4.1
    east, north = masks.displacement(2000.0, WINTER)
    assert (east, north) == pytest.approx((-839.5, 2517.8), abs=0.1)
    assert (east / 10, -north / 10) == pytest.approx((-84.0, -251.8), abs=0.1)
    assert np.hypot(east, north) == pytest.approx(2654, abs=0.5)


def test_a_cloud_seen_aslant_hangs_nearer_to_the_satellite():
    slant = masks.displacement(1000.0, masks.rays(53.0, 161.56, 12.0, 100.0))
    straight = masks.displacement(1000.0, WINTER)
    moved = slant[0] - straight[0], slant[1] - straight[1]
    assert np.hypot(*moved) == pytest.approx(0.2126 * 1000, abs=0.1)  # tan 12 degrees: "up to 0.21 h"
    assert np.degrees(np.arctan2(*moved)) == pytest.approx(100.0)


def picture(height, along, elevation=None, size=300, side=20, row=180, column=160, extra=0.0, seed=1):
    """Return a square cloud, where its shadow lies and ground that is dark there (and by chance elsewhere)."""
    cloud = np.zeros((size, size), bool)
    cloud[row : row + side, column : column + side] = True
    rows, columns = np.nonzero(cloud)
    ground = np.zeros((size, size)) if elevation is None else elevation
    base = ground[cloud].mean() + height
    up = base - ground[cloud]
    x, y = (columns + 0.5) * CELL + along.cloud_east * up, -(rows + 0.5) * CELL + along.cloud_north * up
    # down the ray in steps of a metre until the ground is met
    left = np.ones(len(x), bool)
    shadow = np.zeros_like(cloud)
    for fallen in np.arange(0, base - ground.min() + 1, 1.0):
        at = np.floor(-(y + along.shadow_north * fallen) / CELL).astype(int)
        to = np.floor((x + along.shadow_east * fallen) / CELL).astype(int)
        inside = (at >= 0) & (at < size) & (to >= 0) & (to < size)
        hit = left & inside
        hit[hit] = base - fallen <= ground[at[hit], to[hit]]
        shadow[at[hit], to[hit]] = True
        left &= ~hit
    dark = shadow | (np.random.default_rng(seed).random((size, size)) < extra)
    return cloud, shadow & ~cloud, dark & ~cloud


def test_the_height_of_a_square_cloud_is_found_from_its_shadow():  # monitoring.md T4.2
    cloud, shadow, dark = picture(1500, WINTER, extra=0.1)
    found = masks.shadows(cloud, dark, ~cloud, None, WINTER, CELL, CELL)
    assert found.height == pytest.approx([1500], abs=100)
    grown = masks.within(found.shadow, 60, CELL, CELL)
    assert grown[shadow].all()
    assert masks.within(shadow, 60, CELL, CELL)[found.shadow].all()
    assert not found.band.any()


@pytest.mark.parametrize("height", [300, 900, 2500, 4000])
def test_low_and_high_clouds_are_found_under_a_satellite_that_looks_aslant(height):
    along = masks.rays(35.0, 140.0, 9.0, 285.0)
    cloud, shadow, dark = picture(height, along, extra=0.1)
    found = masks.shadows(cloud, dark, ~cloud, None, along, CELL, CELL)
    assert found.height == pytest.approx([height], abs=100)
    assert masks.within(shadow, 60, CELL, CELL)[found.shadow].all()


def test_on_a_mountain_side_the_shadow_lies_where_the_ray_meets_the_ground():
    rows = np.arange(300)[:, None] * np.ones((1, 300))
    valley = np.clip((180 - rows) * CELL * 0.25, 0, 600)  # rises to the north, where the shadow falls
    cloud, shadow, dark = picture(1500, WINTER, valley, extra=0.1)
    relief = masks.shadows(cloud, dark, ~cloud, valley, WINTER, CELL, CELL)
    assert relief.height == pytest.approx([1500], abs=100)
    assert masks.within(relief.shadow, 60, CELL, CELL)[shadow].all()
    at_that_height = settings().shadow._replace(lowest=1500.0, highest=1500.0)
    level = masks.shadows(cloud, dark, ~cloud, None, WINTER, CELL, CELL, at_that_height)
    assert level.similarity[0] < 0.3  # on a flat earth its shadow would be looked for elsewhere


def test_a_cloud_without_a_shadow_marks_the_band_where_one_may_lie():
    cloud, _, _ = picture(1500, WINTER)
    nothing_dark = np.zeros_like(cloud)
    found = masks.shadows(cloud, nothing_dark, ~cloud, None, WINTER, CELL, CELL)
    assert np.isnan(found.height).all()
    assert not found.shadow.any()
    for height, inside in ((200, False), (700, True), (1500, True), (2400, True)):
        east, north = masks.displacement(height, WINTER)
        assert found.band[round(190 - north / CELL), round(170 + east / CELL)] == inside
    assert not found.band[:, 180:].any()  # the sun stands in the south: nothing falls east


def test_a_cloud_among_chance_darkness_is_not_given_a_shadow():
    """One pixel in four is dark, as of a forest: no height stands out."""
    cloud, _, _ = picture(1500, WINTER)
    dark = np.random.default_rng(5).random(cloud.shape) < 0.25
    found = masks.shadows(cloud, dark & ~cloud, ~cloud, None, WINTER, CELL, CELL)
    assert np.isnan(found.height).all()


def field(heights, along, seed=3, size=500):
    """Return small clouds, one a height, their shadows, the dark (these and fields as large), and a corner of each."""
    rng = np.random.default_rng(seed)
    cloud, shadow = np.zeros((size, size), bool), np.zeros((size, size), bool)
    corners = []
    cells = rng.permutation(49)[: len(heights)]  # of a mesh of seven by seven, that clouds lie apart
    for height, cell in zip(heights, cells, strict=True):
        row, column = 110 + 50 * (cell // 7) + rng.integers(0, 30), 80 + 50 * (cell % 7) + rng.integers(0, 30)
        side = int(rng.integers(5, 12))
        corners.append((row, column))
        cloud[row : row + side, column : column + side] = True
        east, north = (round(d / CELL) for d in masks.displacement(height, along))
        shadow[row - north : row - north + side, column + east : column + east + side] = True
    fields = np.zeros((size, size), bool)
    for _ in range(220):
        row, column = rng.integers(0, size - 15, 2)
        fields[row : row + 12, column : column + 12] = True
    return cloud, shadow & ~cloud, (shadow | fields) & ~cloud, corners


def test_clouds_of_one_day_are_placed_by_their_common_base_among_dark_fields():
    along = masks.rays(40.0, 150.0)
    heights = np.random.default_rng(8).uniform(1200, 1500, 20)
    cloud, shadow, dark, corners = field(heights, along)
    found = masks.shadows(cloud, dark, ~cloud, None, along, CELL, CELL)
    off = np.abs(found.height[[found.label[place] - 1 for place in corners]] - heights)
    assert np.median(off) <= 50
    assert (off < 200).sum() >= 18
    assert masks.within(found.shadow, 60, CELL, CELL)[shadow].mean() > 0.95


def test_under_a_sun_from_elsewhere_dark_fields_are_not_taken_for_shadows():
    cloud, _, dark, _ = field(np.random.default_rng(8).uniform(1200, 1500, 20), masks.rays(40.0, 150.0))
    matched = [
        np.isfinite(masks.shadows(cloud, dark, ~cloud, None, masks.rays(40.0, azimuth), CELL, CELL).height).sum()
        for azimuth in (10.0, 60.0, 240.0, 300.0)
    ]
    assert max(matched) <= 2


def test_a_wide_deck_is_cut_so_that_its_parts_may_differ():
    deck = np.zeros((100, 700), bool)
    deck[10:60, 10:610] = True
    deck[80, 5] = True
    label, count = cloud_shadow.objects(deck, 250, 250)
    assert count == 4  # three parts of 200 columns and the speck
    assert ((label > 0) == deck).all()
    assert sorted(np.bincount(label.ravel())[1:]) == [1, 10_000, 10_000, 10_000]
    start, row, column = cloud_shadow.pixels_of(label, count)
    assert (np.diff(start) == np.bincount(label.ravel())[1:]).all()
    for k in range(count):
        assert (label[row[start[k] : start[k + 1]], column[start[k] : start[k + 1]]] == k + 1).all()


def test_ground_is_dark_only_if_it_is_among_the_darkest_and_has_darkened():
    nir = np.linspace(0.1, 0.5, 1000).reshape(20, 50)
    clear = np.ones(nir.shape, bool)
    assert cloud_shadow.dark_ground(nir, clear).mean() == pytest.approx(0.175, abs=0.002)
    before = nir.copy()
    before[:2] /= 0.7  # the first hundred were brighter
    before[2] = np.nan
    dark = cloud_shadow.dark_ground(nir, clear, before)
    assert dark[:2].all()
    assert dark[2].all()
    assert not dark[3:].any()
    clear[0] = False
    assert not cloud_shadow.dark_ground(nir, clear)[0].any()
