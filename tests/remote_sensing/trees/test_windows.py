"""Large mosaics: window by window, each tree once, in little memory."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

from remote_sensing.trees.settings import settings
from tests.peak_memory import PEAK
from tests.remote_sensing.trees.flights import CRS, LEFT, TOP, drawn, flown, pairs, places, scored, surveyed

SURVEY = f"""
{PEAK}
import json, sys
import geopandas as gpd
from shapely.geometry import box
from remote_sensing.trees import survey
path, left, top = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
plots = gpd.GeoDataFrame(
    dict(id=["A"], tree_spacing=[3.5], row_spacing=[4.0], crown=[2.8]),
    geometry=[box(left, top - 120, left + 120, top)], crs="EPSG:32648",
)
seen = survey.survey(path, plots)
print(json.dumps([len(seen.trees), peak()]))
"""


def test_trees_at_the_borders_of_windows_are_counted_once(monkeypatch):
    truth = drawn("separate", 2)
    one = flown(truth).trees
    small = settings().check._replace(core=20.0)
    monkeypatch.setattr(settings(), "check", small)
    many = flown(truth).trees
    assert abs(len(many) - len(one)) <= 2
    assert len(pairs(places(many), places(one), 0.5)[0]) >= len(one) - 2
    assert scored(places(many), truth.trees)[2] >= 0.97


def test_a_mosaic_of_gigabytes_is_read_in_bounded_memory(tmp_path):
    """40,000 x 40,000 pixels of four bands, 6.4 GB unpacked; four orchards in its midst fill a plot of four windows."""
    rgb = drawn("separate", 2).rgb
    tile = np.concatenate([rgb, np.full((1, *rgb.shape[1:]), 255, np.uint8)])
    path = tmp_path / "large.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=40_000, height=40_000, count=4, dtype="uint8", crs=CRS, tiled=True,
        blockxsize=512, blockysize=512, compress="deflate", zlevel=1, sparse_ok=True, photometric="RGB", alpha="yes",
        bigtiff="yes", transform=Affine(0.05, 0, LEFT, 0, -0.05, TOP),
    ) as file:  # fmt: skip
        for row in (0, 1200):
            for column in (0, 1200):
                file.write(tile, window=Window(20_000 + column, 20_000 + row, 1200, 1200))
    command = [sys.executable, "-c", SURVEY, str(path), str(LEFT + 1000), str(TOP - 1000)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    found, megabytes = json.loads(answer.stdout.strip().splitlines()[-1])
    assert found > 0.95 * 4 * len(drawn("separate", 2).trees)
    assert megabytes < 2000


def test_a_trained_finder_takes_the_place_of_colours():
    truth = drawn("separate", 2)
    marks = np.column_stack([truth.trees[:, ::-1] / 0.05 - 0.5, np.ones(len(truth.trees))])
    asked = []

    def finder(rgb, cell):
        asked.append((rgb.shape, cell))
        return marks[::2]

    seen = flown(truth, finder=finder)
    assert asked == [((3, 1200, 1200), 0.05)]
    assert scored(places(seen.trees), truth.trees[::2], 0.1)[2] == 1.0


def test_a_picture_without_a_tree_has_the_same_columns_of_the_same_kinds():
    some = surveyed("separate", 1).trees
    bare = np.full((3, 600, 600), 140, np.uint8)
    bare[2] = 90
    none = flown(replace(drawn("separate", 1), rgb=bare)).trees
    assert len(some) > len(none) == 0
    assert none.dtypes.to_dict() == some.dtypes.to_dict()
