"""From numbers on grids to a `Scene`: the offset settled, numbers scaled, classes translated, the moment known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import rioxarray  # noqa: F401
import xarray as xr
from pyproj import CRS, Transformer

from agro.errors import InputError
from remote_sensing import boa_offset
from remote_sensing.reading import scaling
from remote_sensing.reading.found import Found, dated
from remote_sensing.reading.raster import Place
from remote_sensing.scene import Quality, Scene

ASKED = ("red", "swir2")  # bands whose lowest numbers tell the offset
ENOUGH, MOST = 40_000, 1_000_000  # pixels: fewer are looked for in the whole picture, more are thinned
MORNING, NOON = 10.5, 12.0  # solar time of a picture whose hour is not known: satellites, drones


@dataclass(frozen=True)
class Gathered:
    """Numbers of a picture as they stand in its files, each band on the grid of its cell size."""

    raw: dict[str, np.ndarray]
    cells: dict[str, float]
    places: dict[float, Place]
    crs: CRS
    heads: dict[str, Any] = field(default_factory=dict)
    classes: tuple[np.ndarray, Place] | None = None
    shown: np.ndarray | None = None  # on the finest grid, where an alpha band says so
    elsewhere: Callable[[], dict[str, np.ndarray]] | None = None  # clear land of the whole picture, by role


def scene(found: Found, gathered: Gathered, time=None, offset=None, relative=False) -> Scene:
    """Return the scene, and use `gathered.raw` up; arguments as in `reading.read`."""
    when = _when(found, gathered, time)
    raw, cells, places = gathered.raw, gathered.cells, gathered.places
    decision = _decision(found, gathered, offset, when)
    whole = list(raw.values()) if found.camera.relative and found.camera.scale != 1 and not relative else None
    grids = {}
    for cell in sorted(set(cells.values())):
        roles = [role for role in found.camera.roles if role in raw and cells[role] == cell]
        values = np.empty((len(roles), places[cell].height, places[cell].width), np.float32)
        for number, role in enumerate(roles):
            numbers, head = raw.pop(role), gathered.heads.get(role)  # a band at a time: memory holds no second scene
            scale, add = _scaling(found, head, role, decision, numbers)
            scaling.reflectance(numbers, scale, add, _fills(found, head), out=values[number])
        grids[cell] = _labelled(values, places[cell], roles)
    if whole is not None:
        _refuse_counts(found, grids, whole)
    finest = min(grids)
    if gathered.shown is not None:
        grids[finest] = grids[finest].where(xr.DataArray(gathered.shown, dims=("y", "x")))
    quality = _quality(found, gathered, grids[finest])
    about = {**found.about, "classes": found.camera.mask.how if quality is not None else "none"}
    about["relative"] = bool(relative or found.camera.relative)
    if decision is not None:
        about |= {"offset_decision": decision.why, "offset_decision_zh": decision.zh, "offset": decision.amount}
    if found.offset.baseline is not None:
        about.setdefault("baseline", f"{found.offset.baseline:05.2f}")
    zenith, azimuth = found.sun_zenith, found.sun_azimuth
    if zenith is None and found.camera.kind == "satellite" and time is None and not found.about.get("day_only"):
        zenith, azimuth = sun(when, *_middle(gathered))
        about["sun"] = "computed"
    return Scene(
        sensor=found.sensor,
        product=dated(found.product, when),
        time=when,
        grids=grids,
        quality=quality,
        sun_zenith=zenith,
        sun_azimuth=azimuth,
        view_zenith=found.view_zenith,
        view_azimuth=found.view_azimuth,
        about=about,
    )


def is_scaled(head) -> bool:
    """Return whether a file carries its own scale, or holds floats: reflectance already."""
    return head is not None and (head.scales[0] != 1 or head.dtype.startswith("float"))


def onto(layer: np.ndarray, place: Place, other: Place) -> np.ndarray:
    """Return a layer of one grid on the cells of another, by the nearest centre; 0 outside."""
    columns = np.floor((other.x - place.transform.c) / place.transform.a).astype(int)
    rows = np.floor((other.y - place.transform.f) / place.transform.e).astype(int)
    inside = ((rows >= 0) & (rows < place.height))[:, None] & ((columns >= 0) & (columns < place.width))
    taken = layer[..., np.clip(rows, 0, place.height - 1)[:, None], np.clip(columns, 0, place.width - 1)]
    return np.where(inside, taken, 0)


def _when(found, gathered, time):
    when = time or found.time
    if when is None:
        raise InputError(
            f"{found.product}: nothing tells when it was taken; give time",
            zh=f"{found.product}：无法得知拍摄时间；请指定时间",
        )
    if time is None and found.about.get("day_only"):
        longitude, _ = _middle(gathered)
        when = when + timedelta(hours=(NOON if found.camera.kind == "drone" else MORNING) - longitude / 15)
    return when


def _middle(gathered):
    """Return longitude and latitude of the middle. [degrees]"""
    place = next(iter(gathered.places.values()))
    to_degrees = Transformer.from_crs(gathered.crs, "EPSG:4326", always_xy=True)
    return to_degrees.transform(place.x.mean(), place.y.mean())


def sun(when, longitude, latitude):
    """Return zenith and azimuth of the sun [degrees], for producers who do not tell; pvlib's NREL algorithm."""
    import pandas as pd
    from pvlib.solarposition import get_solarposition  # takes a second to import

    found = get_solarposition(pd.DatetimeIndex([when]), latitude, longitude)
    return float(found["zenith"].iloc[0]), float(found["azimuth"].iloc[0])


def _fills(found, head):
    own = [] if head is None or head.nodata is None else [head.nodata]
    return own if is_scaled(head) or found.camera.nodata is None else [found.camera.nodata, *own]


def _scaling(found, head, role, decision, numbers):
    """Return (scale, offset) of a band: of its file, of floats that are reflectance, of the product, of the sensor."""
    if head is not None and head.scales[0] != 1:
        return head.scales[0], head.offsets[0]
    if is_scaled(head) and found.camera.scale != 1:
        held = numbers[np.isfinite(numbers)]
        if held.size == 0 or np.median(held) <= scaling.BRIGHT:
            return 1.0, 0.0
    scale, add = found.scaling.get(role, (found.camera.scale, found.camera.offset))
    return scale, add + (decision.of(role) * scale if decision is not None else 0.0)


def _decision(found, gathered, offset, when):
    """Return the offset of Sentinel-2 numbers, settled with the numbers; None for other sensors and scaled files."""
    if not found.camera.boa_offset or any(is_scaled(head) for head in gathered.heads.values()):
        return None
    land = {
        role: land_of(found, gathered.raw[role], gathered.classes, gathered.places[gathered.cells[role]])
        for role in ASKED
        if role in gathered.raw
    }
    few = any(numbers.size < ENOUGH for numbers in land.values())
    if few and gathered.elsewhere is not None:  # a small part may be all greenhouses or all shade
        land = gathered.elsewhere()
    return boa_offset.settled(boa_offset.declared(found.offset, offset), land.get("red"), land.get("swir2"), when)


def land_of(found: Found, numbers: np.ndarray, classes, place: Place) -> np.ndarray:
    """Return the numbers of clear land of a band, at most about a million, from all over it."""
    step = max(1, int(np.sqrt(numbers.size / MOST)))
    sample = numbers[::step, ::step]
    keep = sample != 0
    if classes is not None:
        layer = onto(classes[0], classes[1], place)[::step, ::step]
        keep &= np.isin(layer, found.camera.mask.clear)
    return sample[keep]


def _refuse_counts(found, grids, raw):
    if scaling.looks_like_counts([band for grid in grids.values() for band in grid.values], raw):
        raise InputError(
            f"{found.product}: its numbers look like raw counts, not like reflectance x 10,000; bring in reflectance, "
            "or say relative: then values are compared within this picture only",
            zh=f"{found.product}：数值像是原始计数值（DN），不是放大一万倍的反射率；请提供反射率产品，"
            "或标记为“相对”，只在本景内比较",
        )


def _quality(found, gathered, finest):
    """Return `Quality` bits on the finest grid, of the producer's classes or of an alpha band; None without."""
    place = gathered.places[min(gathered.places)]
    if gathered.shown is not None:
        bits = np.where(gathered.shown, np.uint8(0), np.uint8(Quality.NODATA))
    elif gathered.classes is not None:
        layer, own = gathered.classes
        bits = found.camera.mask.quality(onto(layer, own, place))
    else:
        return None
    bits = bits | np.where(np.isnan(finest.values).all(axis=0), np.uint8(Quality.NODATA), np.uint8(0))
    coords = {"y": finest["y"], "x": finest["x"]}
    quality = xr.DataArray(bits.astype(np.uint8), dims=("y", "x"), coords=coords, name="quality")
    return quality.rio.write_crs(place.crs)


def _labelled(values, place, roles):
    coords = {"band": list(roles), "y": place.y, "x": place.x}
    grid = xr.DataArray(values, dims=("band", "y", "x"), coords=coords, name="reflectance")
    return grid.rio.write_crs(place.crs, inplace=True)  # or rioxarray copies the numbers
