"""Where the shadows of clouds fall: each cloud is moved along the sun's rays until it lies on dark ground."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from remote_sensing.masks import shadow_kernel
from remote_sensing.masks.settings import Shadow, settings


class Rays(NamedTuple):
    """How far things move on the ground per metre of a cloud's height [1]: east and north, to the shadow, to the cloud.

    The shadow lies away from the sun; a cloud seen aslant hangs nearer to the satellite than where it is seen.
    """

    shadow_east: float
    shadow_north: float
    cloud_east: float
    cloud_north: float


class Clouds(NamedTuple):
    """What was found of the clouds of a scene, one row an object."""

    label: np.ndarray  # (y, x) int32, 0 no cloud, k the object k - 1
    area: np.ndarray  # ha
    height: np.ndarray  # m above the ground below it; NaN where no shadow was found
    similarity: np.ndarray  # 1, of the best height
    shadow: np.ndarray  # (y, x) bool
    band: np.ndarray  # (y, x) bool: where shadows of unmatched clouds may lie


def rays(sun_zenith, sun_azimuth, view_zenith=0.0, view_azimuth=0.0) -> Rays:
    """Return the rays of a scene; angles [degrees], azimuths of sun and satellite clockwise from north."""
    sun, view = np.tan(np.radians(sun_zenith)), np.tan(np.radians(view_zenith))
    at_sun, at_view = np.radians(sun_azimuth), np.radians(view_azimuth)
    return Rays(
        float(-sun * np.sin(at_sun)), float(-sun * np.cos(at_sun)), float(view * np.sin(at_view)),
        float(view * np.cos(at_view)),
    )  # fmt: skip


def displacement(height, along: Rays):
    """Return how far east and north of a cloud's place in the picture its shadow lies on level ground [m].

    `height` of the cloud above the ground [m]; `monitoring.md` 4.5.
    """
    return height * (along.shadow_east + along.cloud_east), height * (along.shadow_north + along.cloud_north)


def shadows(cloud, dark, seen, elevation, along: Rays, dx: float, dy: float, rules: Shadow | None = None) -> Clouds:
    """Return the shadows of clouds.

    Parameters
    ----------
    cloud : ndarray of bool, shape (y, x)
        Rows from the north.
    dark : ndarray of bool, shape (y, x)
        Ground that is darker than usual, see `dark_ground`.
    seen : ndarray of bool, shape (y, x)
        Ground that can tell: known, not under a cloud, not in the shadow of the relief.
    elevation : ndarray of float32, shape (y, x), optional
        None is level ground. [m]
    along : Rays
    dx, dy : float
        Width and height of a cell. [m]
    rules : Shadow, optional
        Instead of those of `masks.toml`.

    Returns
    -------
    Clouds

    Notes
    -----
    A cloud has one height above sea level: the ground under its middle, plus the height tried. Where its rays meet
    the relief is found by a fixed point. Which height is taken: see `chosen_heights`.

    References
    ----------
    .. [1] Zhu and Woodcock (2012). Object-based cloud and cloud shadow detection in Landsat imagery. Remote Sensing
       of Environment 118:83-94.
    """
    rules = rules or settings().shadow
    cloud = np.ascontiguousarray(cloud, bool)
    label, count = objects(cloud, rules.widest / dx, rules.widest / dy)
    start, row, column = pixels_of(label, count)
    area = np.diff(start) * dx * dy / 10_000
    ground = np.zeros((1, 1), np.float32) if elevation is None else np.ascontiguousarray(elevation, np.float32)
    if elevation is not None and np.isnan(ground).any():
        ground = np.where(np.isnan(ground), np.float32(np.nanmean(ground) if np.isfinite(ground).any() else 0), ground)
    heights = np.arange(rules.lowest, rules.highest + rules.step / 2, rules.step)
    steps = (along.shadow_east / dx, -along.shadow_north / dy, along.cloud_east / dx, -along.cloud_north / dy)
    can_tell = np.ascontiguousarray(seen & ~cloud).astype(np.uint8) + np.uint8(2) * np.ascontiguousarray(dark)
    alike = np.full((count, len(heights)), np.nan, np.float32)
    large = area >= rules.least_area
    shadow_kernel.match(
        start, row, column, large, ground, steps, heights, can_tell, rules.tested, rules.least_seen, alike
    )
    height, similarity = chosen_heights(alike, area, heights, rules)
    small = ~large
    falls, band = np.zeros(cloud.shape, bool), np.zeros(cloud.shape, bool)
    shadow_kernel.cast(start, row, column, height, ground, steps, falls)
    lost = np.isnan(height) & ~small
    if lost.any():
        reach = max(abs(steps[0] + steps[2]), abs(steps[1] + steps[3]), 1e-6)
        tried = np.arange(rules.band_lowest, rules.band_highest + 1, 2 / reach)
        for at in (*tried, rules.band_highest):
            shadow_kernel.cast(start, row, column, np.where(lost, at, np.nan), ground, steps, band)
    return Clouds(label, area, height, similarity, falls & ~cloud, band & ~cloud)


def chosen_heights(alike, area, heights, rules: Shadow):
    """Return height (NaN where no shadow was found) [m] and similarity [1] of each cloud.

    Parameters
    ----------
    alike : ndarray, shape (object, height)
        Share of the moved cloud on dark ground, NaN where too little of it fell on ground that is seen. [1]
    area : ndarray, shape (object,)
        [ha]
    heights : ndarray, shape (height,)
        Heights tried. [m]

    Notes
    -----
    Dark ground is common: with some eighty heights to choose from most small clouds find a dark field somewhere, also
    under a sun that stands elsewhere. So all clouds of a scene are asked together first. Where moving all of them by
    one height puts them on dark ground far more often than most heights do, that is the base of the day, and a cloud
    belongs near it. A cloud elsewhere, or one of a scene without such a base, needs size and proof of its own.
    """
    height, similarity = np.full(len(area), np.nan), np.zeros(len(area))
    known = np.isfinite(alike)
    if not known.any():
        return height, similarity
    score = np.where(known, alike, 0.0)
    weight = np.minimum(area, rules.heaviest)[:, None] * known
    heard = weight.sum(axis=0)  # where most clouds' shadows leave the scene, the rest have little to say
    together = (weight * score).sum(axis=0) / np.maximum(heard, heard.max() / 2)
    usual = np.median(together)
    base = heights[together.argmax()] if together.max() >= max(rules.similarity, usual + rules.gain) else np.nan
    if np.isfinite(base) and known.any(axis=1).sum() > 1:
        near = (heights >= base / rules.spread) & (heights <= base * rules.spread)
        aside = np.abs(np.log(heights / base)) / np.log(rules.spread)
        order = np.where(near, score - rules.favour * aside, -1.0)
        best = order.argmax(axis=1)
        similarity = score[np.arange(len(area)), best]
        height = np.where(similarity >= rules.similarity, heights[best], np.nan)
        height[area < rules.least_area] = base
    own = score.argmax(axis=1)
    top = score[np.arange(len(area)), own]
    middle = np.array([np.median(row[k]) if k.any() else 1.0 for row, k in zip(score, known, strict=True)])
    alone = np.isnan(height) & (area >= rules.alone_area) & (top >= max(rules.similarity, rules.alone_similarity))
    alone &= top >= middle + rules.gain
    height[alone], similarity[alone] = heights[own[alone]], top[alone]
    return height, similarity


def dark_ground(nir, clear, before=None, rules: Shadow | None = None) -> np.ndarray:
    """Return which ground is darker than usual.

    Parameters
    ----------
    nir : ndarray, shape (y, x)
        Reflectance. [1]
    clear : ndarray of bool, shape (y, x)
        Land without clouds and shadows of the relief.
    before : ndarray, shape (y, x), optional
        Near infrared of the reference; where it is known the ground must also have darkened since. [1]
    rules : Shadow, optional
        Instead of those of `masks.toml`.
    """
    rules = rules or settings().shadow
    if not clear.any():
        return np.zeros(nir.shape, bool)
    dark = clear & (nir < np.percentile(nir[clear], rules.dark))
    if before is not None:
        dark &= np.isnan(before) | (nir < rules.darkened * before)
    return dark


def objects(cloud: np.ndarray, wide_x: float, wide_y: float) -> tuple[np.ndarray, int]:
    """Return clouds as numbered objects (y, x) and how many; those wider than `wide_x` or `wide_y` cells are cut."""
    label, count = ndimage.label(cloud, structure=np.ones((3, 3), bool))
    for number, place in enumerate(ndimage.find_objects(label), 1):
        high, wide = (part.stop - part.start for part in place)
        parts_y, parts_x = int(np.ceil(high / wide_y)), int(np.ceil(wide / wide_x))
        if parts_y * parts_x <= 1:
            continue
        mesh = np.arange(high)[:, None] * parts_y // high * parts_x + np.arange(wide)[None, :] * parts_x // wide
        window = label[place]
        own = window == number
        names, parts = np.unique(mesh[own], return_inverse=True)
        window[own] = np.where(parts == 0, number, count + parts)
        count += len(names) - 1
    return label, count


def pixels_of(label: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cells of objects one after the other: start (object + 1,), row and column (cell,)."""
    sizes = np.bincount(label.ravel(), minlength=count + 1)[1:]
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    row, column = np.empty(start[-1], np.int32), np.empty(start[-1], np.int32)
    shadow_kernel.sort_cells(label, start[:-1].copy(), row, column)
    return start, row, column
