"""All masks of a scene, in their order: the producer's classes or colours, the past, relief, cloud shadows, margins."""

from typing import Any

import numpy as np
import xarray as xr

from remote_sensing.illumination.sun import scene_sun
from remote_sensing.masks import cloud_shadow, dilation, rule, temporal, terrain_shadow, working
from remote_sensing.masks.settings import Settings, settings
from remote_sensing.scene import Quality, Scene

NODATA, CLOUD, SHADOW, RELIEF, DIM, WATER, NEAR = (
    np.uint8(bit)
    for bit in (
        Quality.NODATA, Quality.CLOUD, Quality.CLOUD_SHADOW, Quality.TERRAIN_SHADOW, Quality.DIM, Quality.WATER,
        Quality.NEAR_CLOUD,
    )
)  # fmt: skip

NOTES = {
    "relative": ("数值未定标，颜色规则的准确度未知", "numbers are not calibrated: the rule may be blind"),
    "no_bands": (
        "缺少蓝、绿、红、近红外之一，无法识别云",
        "a band that tells clouds is missing",
    ),
    "no_sun": ("没有太阳角度，未计算云影和山影", "no angles of the sun: no shadows of clouds or mountains"),
    "no_view": ("没有观测角度，按垂直向下计算云影", "no view angles: cloud shadows as if seen straight down"),
}
"""What a report may note, in Chinese and English."""


def quality(
    scene: Scene,
    sensor: Any,
    terrain: xr.Dataset | None = None,
    reference: xr.Dataset | None = None,
    view: tuple[float, float] | None = None,
    rules: Settings | None = None,
) -> Scene:
    """Return a scene with its final quality bits.

    Parameters
    ----------
    scene : Scene
        As it was read: `quality` is the producer's class layer in our bits, not widened, or None.
    sensor : Sensor
        Its `kind`, `relative` and `mask.how` count.
    terrain : Dataset, optional
        As `agro.terrain.terrain` gives it, in the CRS of the scene. Without it nothing is said about relief, cloud
        shadows fall on level ground, and dark slopes that were called water stay water.
    reference : Dataset, optional
        What `temporal.reference` made of earlier scenes; without it the temporal test is left out.
    view : tuple of float, optional
        Zenith and azimuth of the satellite, where the scene does not tell; else it is taken to look straight down.
        [degrees]
    rules : Settings, optional
        Instead of those of `masks.toml`.

    Returns
    -------
    Scene
        `about["mask"]` is where clouds come from ("scl", "landsat_qa", "udm2", "rule", "alpha"); `about["mask_report"]`
        tells in plain values what was done: `temporal`, `terrain`, `clouds` (objects, matched, unmatched,
        median_height) and `notes`, keys of `NOTES`.

    Raises
    ------
    InputError
        When `terrain` lies in another CRS or elsewhere.

    Notes
    -----
    Clouds outside the scene cast no shadow into it: read some kilometres more than is wanted (at a sun of 53 degrees
    a cloud at 2 km shades ground 2.7 km away).
    """
    rules = rules or settings()
    finest = scene.grids[scene.finest]
    classes, given = scene.quality, scene.quality is not None
    bits = np.zeros(finest.shape[1:], np.uint8) if classes is None else classes.to_numpy().astype(np.uint8)
    for values in finest.to_numpy():
        bits[np.isnan(values)] |= NODATA
    how = str(scene.about.get("classes") or sensor.mask.how) if given else "rule"
    report: dict[str, Any] = {"temporal": False, "terrain": terrain is not None, "clouds": None, "notes": []}
    if sensor.kind == "drone":
        return _finished(scene, bits, "alpha", report)
    grid = working.working_grid(scene, rules.working.cell)
    bands = {r: working.band_on(scene, r, grid) for r in ("blue", "green", "red", "nir", "swir1") if r in scene.roles}
    found = np.zeros(grid.shape, np.uint8)
    if not given and {"blue", "green", "red", "nir"} <= set(bands):
        found |= rule.by_colour(**bands, rules=rules.rule) & ~NODATA
        if scene.about.get("relative", sensor.relative):
            report["notes"].append("relative")
    elif not given:
        how = "none"
        report["notes"].append("no_bands")
    if reference is not None and {"blue", "red"} <= set(bands):
        found |= np.where(_came(scene, bands, reference, grid, rules), CLOUD, np.uint8(0))
        report["temporal"] = True
    if found.any():
        bits |= np.where(bits & NODATA, np.uint8(0), working.spread_out(found, grid, bits.shape))
    sun = scene_sun(scene)
    if sun is None:
        report["notes"].append("no_sun")
    elif terrain is not None:
        bits = _with_relief(scene, bits, terrain, sun, rules)
    if sun is not None and "nir" in bands:
        looking = _looking(scene, view)
        if looking is None:
            report["notes"].append("no_view")
        along = cloud_shadow.rays(sun.zenith, sun.azimuth, *(looking or (0.0, 0.0)))
        bits, report["clouds"] = _with_cloud_shadows(bits, bands["nir"], along, terrain, reference, grid, rules)
    bits = dilation.widened(bits, *dilation.cell_of(finest), rules.dilation)
    return _finished(scene, bits, how, report)


def _came(scene, bands, reference, grid, rules):
    """Return which cells of the working grid the temporal test calls cloud."""
    before = {name: working.layer_on(reference[name], grid) for name in ("blue", "red", "day")}
    age = np.maximum(np.float32(scene.time.timestamp() / 86_400) - before["day"], 0)
    return temporal.newly_bright(bands["blue"], bands["red"], before["blue"], before["red"], age, rules.temporal)


def _with_relief(scene, bits, terrain, sun, rules):
    """Return the bits with our own shadow of the relief, and without water on slopes."""
    finest = scene.grids[scene.finest]
    shade, slope = terrain_shadow.relief_bits(terrain, finest, sun)
    bits = (bits & ~(RELIEF | DIM)) | shade
    steep = ((bits & WATER) != 0) & (slope > rules.water.flattest_slope)
    for role in ("green", "nir"):
        if role in finest["band"].values:
            steep &= finest.sel(band=role).to_numpy() <= rules.water.brightest
    bits[steep] &= ~WATER
    return bits


def _with_cloud_shadows(bits, nir, along, terrain, reference, grid, rules):
    """Return the bits with the shadows of clouds, and what was found of the clouds."""
    coarse = working.bits_on(bits, grid)
    cloud = (coarse & CLOUD) != 0
    if not cloud.any():
        return bits, {"objects": 0, "matched": 0, "unmatched": 0, "median_height": None}
    seen = (coarse & (NODATA | CLOUD | RELIEF | DIM)) == 0
    before = working.layer_on(reference["nir"], grid) if reference is not None else None
    dark = cloud_shadow.dark_ground(nir, seen & ((coarse & WATER) == 0), before, rules.shadow)
    elevation = working.layer_on(terrain["elevation"], grid) if terrain is not None else None
    clouds = cloud_shadow.shadows(cloud, dark, seen, elevation, along, grid.dx, grid.dy, rules.shadow)
    fallen = np.where(clouds.shadow, SHADOW, np.uint8(0)) | np.where(clouds.band, NEAR, np.uint8(0))
    bits = bits | np.where(bits & (NODATA | CLOUD), np.uint8(0), working.spread_out(fallen, grid, bits.shape))
    large = clouds.area >= rules.shadow.least_area
    matched = large & np.isfinite(clouds.height)
    return bits, {
        "objects": int(large.sum()),
        "matched": int(matched.sum()),
        "unmatched": int((large & ~matched).sum()),
        "median_height": float(np.median(clouds.height[matched])) if matched.any() else None,
    }


def _looking(scene, view):
    """Return zenith and azimuth of the satellite, None where unknown."""
    if scene.view_zenith is not None and scene.view_azimuth is not None:
        return scene.view_zenith, scene.view_azimuth
    return view


def _finished(scene, bits, how, report):
    layer = scene.grids[scene.finest].isel(band=0, drop=True).copy(data=bits).rename("quality")
    layer.attrs = {"long_name": "quality bits"}
    return scene.with_(quality=layer, about={"mask": how, "mask_report": report})
