import geopandas as gpd
import numpy as np
import pytest
import rioxarray  # noqa: F401
import shapely
import xarray as xr

from agro.terrain import outside, plot_terrain


def ground(rows=20, columns=30, cell=10.0):
    """A terrain whose layers are easy to average by hand: elevation counts columns, aspect flips in the middle."""
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    layers = {
        "elevation": x,
        "slope": y,
        "sky_view": x / 100,
        "valley_floor": 0 * x,
        "height_above_valley": x,
        "aspect": np.where(x < 15, 350, 10).astype(np.float32),
    }
    data = {name: (("y", "x"), values) for name, values in layers.items()}
    data["horizon"] = (("direction", "y", "x"), np.stack([x + d for d in range(4)]))
    coords = {"y": 3_300_000 - cell * np.arange(rows), "x": 600_000 + cell * np.arange(columns)}
    coords["direction"] = np.arange(4) * 90.0
    return xr.Dataset(data, coords=coords).rio.write_crs("EPSG:32648")


def box(left, top, width, height):
    """A plot around `width` by `height` cells from column `left` and row `top`, 4 m beyond their centres."""
    x, y = 600_000 + 10 * left, 3_300_000 - 10 * top
    return shapely.box(x - 4, y - 10 * (height - 1) - 4, x + 10 * (width - 1) + 4, y + 4)


def plots(**shapes):
    return gpd.GeoDataFrame(index=list(shapes), geometry=list(shapes.values()), crs="EPSG:32648")


def test_a_plot_has_the_mean_of_the_cells_whose_centres_it_holds():
    found = plot_terrain(ground(), plots(north=box(2, 5, 3, 4)))
    assert found.cells.item() == 12
    assert found.elevation.item() == 3
    assert found.slope.item() == 6.5
    assert found.sky_view.item() == pytest.approx(0.03)
    assert found.horizon.sel(plot="north").values == pytest.approx([3, 4, 5, 6])
    assert found.horizon.dims == ("plot", "direction")


def test_aspects_on_both_sides_of_north_meet_in_the_north():
    found = plot_terrain(ground(), plots(ridge=box(13, 5, 4, 2), east=box(13, 5, 2, 2)))
    assert np.cos(np.radians(found.aspect.values[0])) == pytest.approx(1, abs=1e-6)
    assert found.aspect.values[1] == pytest.approx(350, abs=1e-3)


def test_opposite_aspects_and_flat_ground_have_none():
    terrain = ground()
    terrain["aspect"] = terrain.aspect.copy(data=np.where(terrain.elevation < 15, 90, 270))
    assert np.isnan(plot_terrain(terrain, plots(ridge=box(13, 5, 4, 2))).aspect.item())
    terrain["aspect"] = terrain.aspect * np.nan
    found = plot_terrain(terrain, plots(flat=box(13, 5, 4, 2)))
    assert np.isnan(found.aspect.item())
    assert found.elevation.item() == 14.5


def test_a_tiny_plot_has_the_cell_under_its_middle():
    tiny = shapely.box(600_052, 3_299_971, 600_054, 3_299_973)  # between the centres, nearest to column 5, row 3
    found = plot_terrain(ground(), plots(tiny=tiny))
    assert found.cells.item() == 0
    assert (found.elevation.item(), found.slope.item()) == (5, 3)


def test_plots_outside_the_model_are_named():
    far = shapely.box(700_000, 3_300_000, 700_100, 3_300_100)
    found = plot_terrain(ground(), plots(near=box(2, 2, 2, 2), far=far, half=box(28, 5, 4, 2)))
    assert outside(found) == ["far"]
    assert np.isnan(found.horizon.sel(plot="far")).all()
    assert found.cells.sel(plot="half") == 4  # two of its four columns lie in the model


def test_unknown_ground_is_outside():
    terrain = ground()
    terrain["elevation"] = terrain.elevation.where(terrain.elevation > 5)
    assert outside(plot_terrain(terrain, plots(void=box(1, 1, 3, 3), edge=box(4, 1, 4, 3)))) == ["void"]


def test_plots_in_degrees_and_with_holes_are_understood():
    ring = box(2, 2, 5, 5).difference(box(4, 4, 1, 1))
    known = plots(ring=ring)
    found = plot_terrain(ground(), known.to_crs("EPSG:4326"))
    assert found.cells.item() == 24
    assert found.elevation.item() == pytest.approx(4)


def test_overlapping_plots_each_have_their_cells_and_none_is_lost_at_the_seams(monkeypatch):
    monkeypatch.setattr("agro.terrain.plots.CANDIDATES", 30)
    shapes = {f"p{i}": box(i, i % 7, 4, 3) for i in range(20)}
    found = plot_terrain(ground(), plots(**shapes))
    assert (found.cells == 12).all()
    assert found.elevation.values == pytest.approx(np.arange(20) + 1.5)
    assert list(found["plot"].values) == list(shapes)
