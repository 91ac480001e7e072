"""Layers of the map made of pictures: true colour, an index, the change between two dates, and what was hidden."""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.store import StoredScene
from agro.store.scenes import QUALITY
from app.services.imagery import clock, mosaics, pictures, scenes, values
from app.services.imagery.pictures import CHANGE, MAP, Legend, Picture
from app.services.imagery.scenes import Corners
from app.services.imagery.settings import number
from app.services.platform import Platform
from remote_sensing import cog, indices, sensor
from remote_sensing.scene import LOST, Quality, Scene

TRUE_COLOUR, QUALITY_LAYER = "true_colour", "quality"
GAMMA = 0.7  # lightens forests, which are dark beside roofs
BRIGHT = (0.02, 0.98)  # quantiles of the colours that are black and white in the camera's own colours
CLASSES = (
    (Quality.CLOUD, "#e8e8f0", {"zh": "云", "en": "cloud"}),
    (Quality.THIN_CLOUD, "#b9c6e8", {"zh": "薄云", "en": "thin cloud"}),
    (Quality.CLOUD_SHADOW, "#5b5b77", {"zh": "云影", "en": "cloud shadow"}),
    (Quality.TERRAIN_SHADOW, "#3a2f2a", {"zh": "山影", "en": "terrain shadow"}),
    (Quality.DIM, "#8a6d4b", {"zh": "光照太斜", "en": "light too flat"}),
    (Quality.WATER, "#3b82c4", {"zh": "水面或雪", "en": "water or snow"}),
    (Quality.NEAR_CLOUD, "#f2d7a0", {"zh": "云边", "en": "near a cloud"}),
)
STRETCHED = {
    "zh": "颜色按本图拉伸，不同日期不可直接比深浅",
    "en": "stretched for this picture: do not compare dates by shade",
}
CLEAR = ("#4c9a5a", {"zh": "看得清", "en": "clear"})


class Stretch(NamedTuple):
    """Which numbers are black and white, and how much what lies between is lightened."""

    low: float
    high: float
    gamma: float

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """Return numbers as 0 to 255."""
        return 255 * np.clip((numbers - self.low) / max(self.high - self.low, 1e-6), 0, 1) ** self.gamma


def indices_of(viewer: Viewer, home: Platform, scene: str) -> list[tuple[str, str, str]]:
    """Return (key, Chinese, English) of the indices that a scene has the bands for."""
    stored = scenes.one(viewer, home, scene)
    kind = "rgb" if stored.kind == "drone" else "satellite"
    roles = ("red", "green", "blue") if stored.kind == "drone" else (stored.about or {}).get("roles", ())
    found = [indices.named(key) for key in indices.possible(roles, kind)]
    return [(one.key, f"{one.label} {one.name['zh']}", f"{one.label}, {one.name['en']}") for one in found]


def true_colour(viewer: Viewer, home: Platform, scene: str, box: Corners | None = None, crs: str = MAP) -> Picture:
    """Return a picture in the camera's own colours; `box` is west, south, east, north of the part to show [degrees].

    Satellites see everybody's ground and anybody may have their pictures; a drone's shows only the viewer's plots.
    """
    stored = scenes.one(viewer, home, scene)
    if stored.kind == "drone":
        bands, stretch = mosaics.thinned(home, stored, box), Stretch(0.0, 255.0, 1.0)
    else:
        bands, stretch = colours(home, stored, box)
    grid = pictures.fitted(bands, crs)
    numbers = pictures.laid(bands, crs, grid)
    known = np.isfinite(numbers).all(axis=0)
    rgba = np.concatenate([np.nan_to_num(stretch.of(numbers)), 255.0 * known[None]]).astype(np.uint8)
    own = None if stored.kind != "drone" else values.own_ground(viewer, home)
    pictures.within(rgba, own, home.store.region().crs, crs, grid)
    legend = _legend(
        home, [stored], {"zh": "真彩色", "en": "true colour"}, float(known.mean()),
        notes=() if stored.kind == "drone" else (STRETCHED,),
    )  # fmt: skip
    return Picture(pictures.png(rgba), pictures.degrees(crs, grid), crs, legend)


def colours(home: Platform, stored: StoredScene, box: Corners | None) -> tuple[xr.DataArray, Stretch]:
    """Return red, green and blue of a satellite scene as reflectance, and what makes the camera's colours of them."""
    read = scenes.loaded(home, stored, scenes.in_metres(stored, box))
    if missing := [role for role in ("red", "green", "blue") if role not in read.roles]:
        raise MissingDataError(
            f"this sensor has no {', '.join(missing)} band", zh=f"这个传感器没有 {'、'.join(missing)} 波段"
        )
    bands = read.grids[read.cell("red")].sel(band=["red", "green", "blue"])
    clear = bands.to_numpy() if read.quality is None else _seen(bands, read)
    if not np.isfinite(clear).any():
        return bands, Stretch(0.0, 1.0, GAMMA)
    low, high = np.nanquantile(clear, BRIGHT)  # of all three bands together, else the colours are not the camera's
    return bands, Stretch(float(low), float(high), GAMMA)


def index(
    viewer: Viewer, home: Platform, scene: str, key: str, *, relative: bool = False, plot: str | None = None,
    box: Corners | None = None, crs: str = MAP,
) -> Picture:  # fmt: skip
    """Return an index of one date in colours.

    Parameters
    ----------
    relative : bool
        Colours run from 5 to 95 % of the plots shown, and not over the range of the index.
    plot : str, optional
        Show one plot and its surroundings; the relative range is then its own.
    """
    stored = scenes.one(viewer, home, scene)
    layer = values.values_of(viewer, home, stored, key, plot, box)
    about = indices.named(key)
    low, high = (
        (about.low, about.high) if not relative else values.spread(layer, values.plots_shown(viewer, home, plot))
    )
    title = {to: f"{about.label} {about.name[to]}" for to in ("zh", "en")}
    legend = _legend(
        home, [stored], title, values.seen(layer, values.plots_shown(viewer, home, plot)), unit=about.unit,
        low=low, high=high,
        absolute=not relative, better=about.better, stops=pictures.stops(low, high),
        notes=_relative_note(stored, relative),
    )  # fmt: skip
    return _drawn(viewer, home, layer, low, high, pictures.RAMP, crs, legend)


def change(
    viewer: Viewer, home: Platform, earlier: str, later: str, key: str, *, relative: bool = False,
    plot: str | None = None, box: Corners | None = None, crs: str = MAP,
) -> Picture:  # fmt: skip
    """Return how an index changed from the earlier to the later of two dates, where both could be seen.

    Colours are even around zero.
    """
    first, second = values.pair(viewer, home, earlier, later)
    layer = values.changes_of(viewer, home, first, second, key, plot, box)
    about = indices.named(key)
    end = number("picture", "change")
    if relative:
        some = values.spread(layer, values.plots_shown(viewer, home, plot))
        end = max(abs(some[0]), abs(some[1]), 1e-3)
    title = {
        "zh": f"{about.label} 变化：{first.time:%Y-%m-%d} → {second.time:%Y-%m-%d}",
        "en": f"{about.label}, change from {first.time:%Y-%m-%d} to {second.time:%Y-%m-%d}",
    }
    notes = () if first.sensor == second.sensor else (
        {"zh": "两景来自不同传感器，差值含传感器差异", "en": "two sensors: part of the difference is theirs"},
    )  # fmt: skip
    legend = _legend(
        home, [first, second], title, values.seen(layer, values.plots_shown(viewer, home, plot)),
        unit=about.unit, low=-end, high=end,
        absolute=not relative, better=about.better, stops=pictures.stops(-end, end, CHANGE), notes=notes,
    )  # fmt: skip
    return _drawn(viewer, home, layer, -end, end, CHANGE, crs, legend)


def quality(viewer: Viewer, home: Platform, scene: str, box: Corners | None = None, crs: str = MAP) -> Picture:
    """Return what hid the ground on one date: clouds, shadows, flat light."""
    stored = scenes.one(viewer, home, scene)
    layer = reasons(home, stored, box)
    grid = pictures.fitted(layer, crs)
    plain = pictures.laid(layer.astype("float32").rio.write_crs(layer.rio.crs), crs, grid, nearest=True)
    bits = np.where(np.isfinite(plain), plain, int(Quality.NODATA)).astype(np.uint8)
    rgba = np.zeros((4, *bits.shape), np.uint8)
    _paint(rgba, bits == 0, CLEAR[0])
    for bit, colour, _ in reversed(CLASSES):
        _paint(rgba, (bits & bit != 0) & (bits & Quality.NODATA == 0), colour)
    legend = _legend(
        home, [stored], {"zh": "影像质量", "en": "quality"}, float((bits & LOST == 0).mean()),
        classes=(CLEAR, *((colour, name) for _, colour, name in CLASSES)),
    )  # fmt: skip
    return Picture(pictures.png(rgba), pictures.degrees(crs, grid), crs, legend)


def reasons(home: Platform, stored: StoredScene, box: Corners | None) -> xr.DataArray:
    """Return what hid the ground in a satellite scene: bits of `Quality`."""
    if stored.kind == "drone":
        raise MissingDataError("drone pictures carry no masks", zh="无人机影像没有质量层")
    layer = cog.read(home.store.scene_part(stored.id, QUALITY), bounds=scenes.in_metres(stored, box))
    return layer.squeeze("band", drop=True) if "band" in layer.dims else layer


def _drawn(
    viewer: Viewer, home: Platform, layer: xr.DataArray, low: float, high: float, ramp: str, crs: str, legend: Legend
) -> Picture:
    grid = pictures.fitted(layer, crs)
    rgba = pictures.coloured(pictures.laid(layer, crs, grid), low, high, ramp)
    return Picture(pictures.png(np.ascontiguousarray(rgba)), pictures.degrees(crs, grid), crs, legend)


def _seen(bands: xr.DataArray, read: Scene) -> np.ndarray:
    assert read.quality is not None  # noqa: S101
    lost = (read.quality.to_numpy() & int(LOST)) != 0
    numbers = bands.to_numpy()
    return np.where(lost, np.nan, numbers) if lost.shape == numbers.shape[1:] else numbers


def _paint(rgba: np.ndarray, where: np.ndarray, colour: str) -> None:
    for band in range(3):
        rgba[band][where] = int(colour[1 + 2 * band : 3 + 2 * band], 16)
    rgba[3][where] = 255


def _relative_note(stored: StoredScene, relative: bool) -> tuple[dict[str, str], ...]:
    notes: list[dict[str, str]] = []
    if relative:
        notes.append(
            {
                "zh": "颜色是本图 5–95 % 的相对范围，不同日期不可比",
                "en": "colours span 5 to 95 % of this picture: dates cannot be compared",
            }
        )
    if stored.kind == "drone" or (stored.about or {}).get("relative"):
        notes.append(
            {"zh": "没有定标：只能比同一次影像内的强弱", "en": "not calibrated: compare within this picture only"}
        )
    return tuple(notes)


def _legend(home: Platform, shown: list[StoredScene], title: dict[str, str], valid: float, **more: Any) -> Legend:
    newest = max(one.time for one in shown)
    names = sensor.catalogue()
    kinds = dict.fromkeys(one.sensor for one in shown)
    name = {
        to: "、".join(names[key].name[to] if key in names else key for key in kinds) for to in ("zh", "en")
    }  # fmt: skip
    taken = tuple(sorted(one.time for one in shown))
    return Legend(
        title, name, taken, max((clock.day(home) - newest.date()).days, 0), valid,
        synthetic=any(one.synthetic for one in shown),
        **more,
    )  # fmt: skip
