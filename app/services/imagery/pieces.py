"""A large scene put together from the files of its pieces, one after the other: it is never in memory as a whole."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

from remote_sensing import cog


def together(files: Sequence[Path], target: Path, kind: str, empty: int) -> None:
    """Write the COG of a scene from the COGs of its pieces, which lie on one lattice of cells.

    Parameters
    ----------
    kind : str
        As `remote_sensing.cog.write` was told.
    empty : int
        The number that stands for nothing; where pieces overlap the later one that knows something wins.
    """
    if len(files) == 1:
        shutil.copyfile(files[0], target)
        return
    beside = target.with_name(f"{target.stem}.whole{target.suffix}")
    try:
        _whole(files, beside, kind, empty)
        cog.converted(beside, target, kind)
    finally:
        beside.unlink(missing_ok=True)


def _whole(files: Sequence[Path], path: Path, kind: str, empty: int) -> None:
    heads = []
    for one in files:
        with rasterio.open(one) as file:
            heads.append((file.transform, file.width, file.height))
            profile, scales, names, tags = file.profile, file.scales, file.descriptions, file.tags()
            colours = file.colorinterp
    dx, dy = heads[0][0].a, -heads[0][0].e
    left, top = min(t.c for t, _, _ in heads), max(t.f for t, _, _ in heads)
    right, bottom = max(t.c + dx * w for t, w, _ in heads), min(t.f - dy * h for t, _, h in heads)
    about = {
        "driver": "GTiff",
        "width": round((right - left) / dx),
        "height": round((top - bottom) / dy),
        "tiled": True,
        "count": profile["count"],
        "dtype": profile["dtype"],
        "crs": profile["crs"],
        "nodata": profile["nodata"],
        "transform": Affine(dx, 0.0, left, 0.0, -dy, top),
        "blockxsize": 512,
        "blockysize": 512,
        "compress": "deflate",
        "bigtiff": "if_safer",
        "sparse_ok": kind != "classes",  # what no piece shows takes no room
    }
    with rasterio.open(path, "w+", **about) as whole:
        whole.scales, whole.descriptions, whole.colorinterp = scales, names, colours
        whole.update_tags(**{key: value for key, value in tags.items() if key.startswith(cog.PREFIX)})
        if kind == "classes":
            for _, window in whole.block_windows(1):
                shape = (whole.count, int(window.height), int(window.width))
                whole.write(np.full(shape, empty, profile["dtype"]), window=window)
        for one, (transform, width, height) in zip(files, heads, strict=True):
            window = Window(round((transform.c - left) / dx), round((top - transform.f) / dy), width, height)
            with rasterio.open(one) as file:
                for band in range(1, file.count + 1):
                    here, there = file.read(band), whole.read(band, window=window)
                    whole.write(np.where(here == empty, there, here), band, window=window)
