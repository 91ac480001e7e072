"""Clouds as what was not there before: blue that rose over its own recent past, and red that did not rise more."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import xarray as xr

from agro.errors import InputError
from remote_sensing.masks.settings import Temporal, settings
from remote_sensing.masks.working import band_on, bits_on, working_grid
from remote_sensing.scene import Scene

ROLES = ("blue", "red", "nir")


def reference(scenes: Iterable[Scene], on: datetime | None = None, rules: Temporal | None = None) -> xr.Dataset | None:
    """Return how the ground looked lately: per pixel the median of the last clear views.

    Parameters
    ----------
    scenes : iterable of Scene
        Of one sensor on one grid, with final quality bits. A list is taken in order of time; anything else must come
        newest first and is read no further than needed.
    on : datetime, optional
        The day to look back from; only earlier scenes count. By default all do, back from the newest.
    rules : Temporal, optional
        Instead of those of `masks.toml`.

    Returns
    -------
    Dataset, dims (y, x), or None
        `blue`, `red`, `nir` reflectance [1], `day` the mean date of the views used [days since 1970, UTC], `count` of
        them; NaN where no view was clear. None where no scene counts.

    Raises
    ------
    InputError
        For a scene without quality bits, or on another grid.
    """
    rules = rules or settings().temporal
    if isinstance(scenes, Sequence):
        scenes = sorted(scenes, key=lambda scene: scene.time, reverse=True)
    made, grid, crs, first = {}, None, None, None
    for scene in scenes:
        if on is not None and scene.time >= on:
            continue
        first = first or (on or scene.time)
        if (first - scene.time).total_seconds() > rules.oldest * 86_400:
            break
        if scene.quality is None:
            raise InputError(f"{scene.product} has no quality bits yet", zh=f"{scene.product} 还没有质量掩膜")
        own = working_grid(scene)
        if grid is None:
            grid, crs = own, scene.grids[scene.finest].rio.crs
            made = {name: np.full((rules.views, *grid.shape), np.nan, np.float32) for name in (*ROLES, "day")}
            count = np.zeros(grid.shape, np.int8)
        elif own.shape != grid.shape or abs(own.x[0] - grid.x[0]) + abs(own.y[0] - grid.y[0]) > 0.1 * grid.dx:
            raise InputError(f"{scene.product} lies on another grid", zh=f"{scene.product} 的像元网格与其他影像不一致")
        taken = (bits_on(scene.quality.to_numpy(), grid) == 0) & (count < rules.views)
        for name in ROLES:
            if name in scene.roles:
                made[name][count[taken], *np.nonzero(taken)] = band_on(scene, name, grid)[taken]
        made["day"][count[taken], *np.nonzero(taken)] = scene.time.timestamp() / 86_400
        count[taken] += 1
        if (count == rules.views).all():
            break
    if grid is None:
        return None
    layers = {name: _middle(made[name], count, np.mean if name == "day" else np.median) for name in made}
    layers["count"] = count
    found = xr.Dataset({k: (("y", "x"), v) for k, v in layers.items()}, coords={"y": grid.y, "x": grid.x})
    return found.rio.write_crs(crs) if crs else found


def newly_bright(blue, red, blue_before, red_before, age, rules: Temporal | None = None) -> np.ndarray:
    """Return where a cloud came: blue rose, and red no more than bared soil would let it.

    Parameters
    ----------
    blue, red, blue_before, red_before : array_like
        Reflectance now and of the reference; NaN where unknown, which is no cloud. [1]
    age : array_like
        Of the reference. [d]

    Returns
    -------
    ndarray of bool

    References
    ----------
    .. [1] Hagolle, Huc, Villa Pascual and Dedieu (2010). A multi-temporal method for cloud detection. Remote Sensing
       of Environment 114(8):1747-1755.
    """
    rules = rules or settings().temporal
    rise = np.asarray(blue) - blue_before
    return (rise > rules.rise * (1 + np.asarray(age) / rules.doubling)) & (
        np.asarray(red) - red_before < rules.red * rise
    )


def _middle(stack: np.ndarray, count: np.ndarray, how) -> np.ndarray:
    """Return the middle of the first `count` layers (view, y, x), NaN where there is none."""
    out = np.full(count.shape, np.nan, np.float32)
    for n in range(1, len(stack) + 1):
        here = count == n
        out[here] = how(stack[:n, here], axis=0)
    return out
