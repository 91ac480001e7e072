"""Reflectance as it would be on flat ground: SCS+C or C, band by band, with guards and a test on held-out pixels."""

from typing import NamedTuple

import numpy as np
import xarray as xr

from agro.errors import InputError
from agro.numeric import FAST, kernel
from remote_sensing.grids import on_common_grid
from remote_sensing.illumination import fitting
from remote_sensing.illumination.ground import strips_of_ground
from remote_sensing.illumination.incidence import cos_incidence
from remote_sensing.illumination.report import report
from remote_sensing.illumination.sampling import Pixels, sampled
from remote_sensing.illumination.settings import Settings, settings
from remote_sensing.illumination.sun import SceneSun, scene_sun
from remote_sensing.scene import Quality, Scene

METHODS = ("scs+c", "c")
PAIRS = (("red", "nir"), ("re1", "nir_narrow"), ("swir1", "nir_narrow"))
"""Bands that stand in one ratio: where freeing one of them ties their index to the light, both are left alone."""


class Correction(NamedTuple):
    """What was done to one band and why."""

    role: str
    c: float | None  # 1
    n: int  # pixels of the sample
    r_before: float | None  # of reflectance with cos i; held-out pixels where a correction was tried
    r_after: float | None
    applied: bool
    reason: str  # "" or a key of `report.REASONS`
    fit: str = ""  # "theil_sen" or "least_squares"
    variation_before: float | None = None  # 1
    variation_after: float | None = None


def corrected(
    scene: Scene, terrain: xr.Dataset, method: str = "scs+c", rules: Settings | None = None
) -> tuple[Scene, tuple[Correction, ...]]:
    """Return a scene freed from the light of its relief, band by band where that is proven to help.

    Parameters
    ----------
    scene : Scene
        With quality bits: only clear pixels are fitted on, and what lies in cast shadow is left as it is.
    terrain : Dataset
        As `agro.terrain.terrain` gives it, in the CRS of the scene.
    method : str
        "scs+c", for trees, which stand upright on any slope; or "c".
    rules : Settings, optional
        Instead of those of `illumination.toml`.

    Returns
    -------
    scene : Scene
        New; its `about["correction"]` is `report` of what was done.
    corrections : tuple of Correction
        One a band, in the order of the scene's roles.

    Raises
    ------
    InputError
        For an unknown method, or terrain that lies elsewhere.

    Notes
    -----
    The line is Theil and Sen's through medians, which outliers do not move. Where the land is not of one cover that
    line may leave a correlation; least squares are tried then, and accepted on the same terms. The light of two bands
    largely cancels in their ratio, and comes back when only one of them is freed of it: so each pair of `PAIRS` on one
    grid is tried on the held-out pixels as a normalised difference, too.
    """
    if method not in METHODS:
        raise InputError(f"no method '{method}'; known: {', '.join(METHODS)}", zh=f"没有“{method}”这种地形校正方法")
    rules = rules or settings()
    sun = scene_sun(scene)
    if sun is None or sun.zenith > rules.guards.highest_zenith:
        reason = "no_sun" if sun is None else "low_sun"
        done = {role: Correction(role, None, 0, None, None, False, reason) for role in scene.roles}
        grids = scene.grids
    else:
        done, grids = {}, {}
        for cell, grid in scene.grids.items():
            roles = [str(role) for role in grid["band"].values if scene.cell(str(role)) == cell]
            grids[cell], found = _corrected_grid(scene, cell, roles, terrain, method, rules, sun)
            done |= {one.role: one for one in found}
    corrections = tuple(done[role] for role in scene.roles)
    return scene.with_(grids=grids, about={"correction": report(corrections, method, sun)}), corrections


def _corrected_grid(scene, cell, roles, terrain, method, rules: Settings, sun: SceneSun):
    """Return one grid of a scene corrected, and what was done to its bands."""
    grid = scene.grids[cell]
    light, flatter, share = (np.empty(grid.shape[1:], np.float32) for _ in range(3))
    slope = np.empty(grid.shape[1:], np.float32)
    for rows, ground in strips_of_ground(terrain, grid):
        slope[rows] = ground.slope
        light[rows] = cos_incidence(ground.slope, ground.aspect, sun.zenith, sun.azimuth)
        flatter[rows] = np.cos(np.radians(ground.slope))
    ramp = rules.guards.sloping - rules.guards.flat
    np.clip((slope - np.float32(rules.guards.flat)) / np.float32(ramp), 0, 1, out=share)
    clear, lit, ndvi = _state(scene, cell)
    share[~(lit & (light >= rules.guards.dim))] = 0
    pixels = sampled(light, slope, clear, ndvi, rules.sample)
    del slope, clear, lit, ndvi
    up = float(np.cos(np.radians(sun.zenith)))
    if method == "c":
        flatter[:] = 1
        pixels = pixels._replace(flatter=np.ones_like(pixels.flatter))
    at = {str(name): k for k, name in enumerate(grid["band"].values) if str(name) in roles}
    sample = {role: grid.to_numpy()[k].reshape(-1)[pixels.places].astype(float) for role, k in at.items()}
    found = _in_ratio(sample, {role: _fitted(role, sample[role], pixels, up, rules) for role in at}, pixels, up, rules)
    if not any(one.applied for one in found.values()):
        return grid, list(found.values())
    values, g = grid.to_numpy().copy(), rules.guards
    for role, one in found.items():
        if one.applied:
            numbers = map(np.float32, (up, one.c, g.least_factor, g.largest_factor))
            _apply(values[at[role]], light, flatter, share, *numbers)
    return grid.copy(data=values), list(found.values())


def _in_ratio(sample, found: dict[str, Correction], pixels: Pixels, up: float, rules: Settings):
    """Return the corrections without those that would tie the index of a pair to the light more than before."""

    def follows(pair):
        one, other = (
            sample[role] * fitting.factor(pixels.cos_i, pixels.flatter, up, float(found[role].c or 0.0), rules.guards)
            if found[role].applied
            else sample[role]
            for role in pair
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            index = (other - one) / (other + one)
        known = np.isfinite(index) & pixels.held_out
        return abs(fitting.correlation(pixels.cos_i[known], index[known])) if known.any() else 0.0

    found, changed = dict(found), True
    while changed:  # a band let go may stand in another pair
        changed = False
        for pair in PAIRS:
            if not set(pair) <= set(found) or not any(found[role].applied for role in pair):
                continue
            after, kept = follows(pair), dict(found)
            found |= {role: found[role]._replace(applied=False) for role in pair}
            if after <= max(follows(pair), rules.accepted.largest_r):
                found = kept
                continue
            found |= {role: found[role]._replace(reason="index_follows_light") for role in pair if kept[role].applied}
            changed = True
    return found


def _fitted(role: str, rho: np.ndarray, pixels: Pixels, up: float, rules: Settings) -> Correction:
    """Return how one band is corrected, or why it is not."""
    known = np.isfinite(rho)
    rho, light, flatter, held = (x[known] for x in (rho, pixels.cos_i, pixels.flatter, pixels.held_out))
    n = int(known.sum())
    left = Correction(role, None, n, None, None, False, "")
    if n < rules.guards.least_pixels or held.all() or not held.any():
        return left._replace(reason="few_pixels")
    follows = fitting.correlation(light, rho)
    left = left._replace(r_before=follows, variation_before=fitting.variation(rho))
    if pixels.relief < rules.guards.least_relief:
        return left._replace(reason="flat_land")
    if abs(follows) < rules.guards.least_r:
        return left._replace(reason="does_not_follow_light")
    first = left
    for name in ("theil_sen", "least_squares"):
        fit = light[~held], rho[~held]
        line = fitting.theil_sen(*fit, rules.sample.bins) if name == "theil_sen" else fitting.least_squares(*fit)
        c = line.c if np.isfinite(line.c) else None
        if reason := fitting.refused(line, rules.guards):
            tried = left._replace(c=c, fit=name, reason=reason)
        else:
            after = rho * fitting.factor(light, flatter, up, line.c, rules.guards)
            reason = fitting.rejected(rho, after, light, held, rules.accepted)
            tried = Correction(
                role, c, n, fitting.correlation(light[held], rho[held]), fitting.correlation(light[held], after[held]),
                not reason, reason, name, left.variation_before, fitting.variation(after),
            )  # fmt: skip
        if tried.applied:
            return tried
        first = tried if first is left else first
    return first


def _state(scene: Scene, cell: float):
    """Return which cells are clear, which are not in cast shadow, and their NDVI (None without red and nir)."""
    grid = scene.grids[cell]
    wanted = [role for role in ("red", "nir") if role in scene.roles and scene.cell(role) <= cell]
    bands, quality = on_common_grid(scene, wanted or [str(grid["band"].values[0])], cell)
    rows, columns = (_place(grid[axis].to_numpy(), bands[axis].to_numpy()) for axis in ("y", "x"))
    clear, lit = np.zeros(grid.shape[1:], bool), np.ones(grid.shape[1:], bool)
    clear[rows, columns] = True if quality is None else quality.to_numpy() == 0
    if quality is not None:
        lit[rows, columns] = quality.to_numpy() & np.uint8(Quality.TERRAIN_SHADOW) == 0
    if len(wanted) < 2:
        return clear, lit, None
    ndvi = np.full(grid.shape[1:], np.nan, np.float32)
    red, nir = (bands.sel(band=role).to_numpy() for role in wanted)
    with np.errstate(invalid="ignore", divide="ignore"):
        ndvi[rows, columns] = (nir - red) / (nir + red)
    return clear, lit, ndvi


def _place(whole: np.ndarray, part: np.ndarray) -> slice:
    """Return where the cells of `part` lie within those of `whole`."""
    first = int(np.abs(whole - part[0]).argmin())
    return slice(first, first + len(part))


@kernel(fastmath=FAST)
def _apply(values, light, flatter, share, up, c, least, most):
    """Multiply a band (y, x) in place by what the light of its slopes is worth."""
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            f = (flatter[i, j] * up + c) / (light[i, j] + c)
            f = least if f < least else (most if f > most else f)
            values[i, j] *= np.float32(1) + share[i, j] * (f - np.float32(1)) if share[i, j] > 0 else np.float32(1)
