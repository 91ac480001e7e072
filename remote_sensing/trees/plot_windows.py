"""One plot of a mosaic, window by window: what is learned from, what is found, and what the picture is like."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from rasterio import features

from remote_sensing.trees import colours, crowns, height, mosaic, outline, plant_mask, quality_line, vigour
from remote_sensing.trees.settings import settings

LAG = 3  # pixels on either side of a seam


class PlotView:
    """A plot in a mosaic.

    Parameters
    ----------
    picture : Mosaic
    plot : geometry
        In the CRS of the mosaic.
    diameter : float
        Of the widest crown that may be there: windows overlap by two of them. [m]
    """

    def __init__(self, picture: mosaic.Mosaic, plot, diameter: float):
        self.picture, self.plot = picture, plot
        self.wide = plot.buffer(settings().mask.beyond_plot)
        self.overlap = 2 * diameter
        self.k = max(1, round(settings().colour.cell / picture.cell))
        self.cell = self.k * picture.cell
        self._only: list | None = None
        self._seen: tuple | None = None
        shapely.prepare(self.plot)

    def windows(self):
        """Yield (core, Picture) over the plot; a plot of one window is read once."""
        if self._only is not None:
            yield from self._only
            return
        yield from self.picture.windows(self._bounds(), self.overlap)

    def _bounds(self):
        """Return the plot's bounds within the picture."""
        bounds, held = self.plot.bounds, self.picture.bounds
        return max(bounds[0], held[0]), max(bounds[1], held[1]), min(bounds[2], held[2]), min(bounds[3], held[3])

    def samples(self, n):
        """Return `Looks` of up to `n` windows, spread over the plot."""
        left, bottom, right, top = self._bounds()
        side = 1.25 * settings().check.core
        if right - left <= side and top - bottom <= side:
            self._only = list(self.picture.windows((left, bottom, right, top), self.overlap))
            return [self.looks(self._only[0][1])]
        cores = [
            shapely.box(x, y, min(x + side, right), min(y + side, top))
            for y in np.arange(bottom, top, side)
            for x in np.arange(left, right, side)
        ]
        full = sorted(cores, key=lambda one: -one.intersection(self.plot).area)
        full = [one for one in full if one.intersection(self.plot).area > 0.5 * full[0].intersection(self.plot).area]
        picked = [full[i] for i in np.unique(np.linspace(0, len(full) - 1, n).round().astype(int))]
        return [self.looks(self.picture.window(one.bounds)) for one in picked]

    def used(self, window, geometry=None):
        """Return which pixels of a window lie within the plot and its surroundings, (y, x) bool."""
        geometry = self.wide if geometry is None else geometry
        return features.geometry_mask([geometry], window.valid.shape, window.transform, invert=True)

    def looks(self, window):
        """Return how a window looks, on cells of `self.cell`; the last window's look is kept."""
        if self._seen is not None and self._seen[0] is window:
            return self._seen[1]
        used = crowns.block_mean((window.valid & self.used(window)).astype(np.float32), self.k) > 0.5
        one = plant_mask.looks(crowns.block_mean(window.rgb.astype(np.float32), self.k), used)
        self._seen = (window, one)
        return one

    def empty_share(self):
        """Return the share of the plot that the mosaic does not show, from a coarse look at each window."""
        held = total = 0
        for core, window in self.windows():
            inside = self.used(window, self.plot.intersection(shapely.box(*core)))
            held += int((inside & window.valid).sum())
            total += int(inside.sum())
        outside = 1 - self.plot.intersection(mosaic.outline(self.picture)).area / self.plot.area
        return 1 - (1 - outside) * (held / total if total else 0.0)


class WindowTrees(NamedTuple):
    """The trees whose middle lies in the core of a window."""

    table: pd.DataFrame

    @staticmethod
    def nothing():
        """Return the table without a tree."""
        names = [
            "x",
            "y",
            "area_m2",
            "d1_m",
            "d2_m",
            "solidity",
            "height_m",
            "volume_m3",
            "gli",
            "ngrdi",
            "yellow",
            "score",
        ]
        return pd.DataFrame(
            {name: pd.Series(dtype=float) for name in names}
            | {"unsure": pd.Series(dtype=bool), "crown": pd.Series(dtype=object)}
        )


def trees_of(window, core, view, learned, how, *, countable, closed, spacing):
    """Return the trees of one window.

    Parameters
    ----------
    window : Picture
    core : (left, bottom, right, top)
        Trees with their middle here are this window's. [m]
    view : PlotView
    learned : Colours
    how : object with picture, surface, terrain, finder
    countable, closed : bool
        Whether colour can tell crowns, and whether they have closed.
    spacing : float or None
        As the farm's record has it. [m]
    """
    if not countable:
        return WindowTrees(WindowTrees.nothing())
    one = view.looks(window)
    plants = plant_mask.cleaned(learned.plants(one) > 0.5, view.cell) & one.used
    step = spacing or learned.spacing
    tall = _heights(window, view, one, plants, learned, how)
    green = plant_mask.green(one, learned.threshold)
    points = _middles(window, view, plants, green, tall, learned, how, closed, step)
    if not len(points):
        return WindowTrees(WindowTrees.nothing())
    mask = height.plants(tall) & green if closed else plants
    drawn = outline.drawn(mask, points, view.cell, learned.diameter, step, surface=tall if closed else None)
    table = drawn.table.assign(
        x=window.left + points[:, 0], y=window.top - points[:, 1], score=np.clip(points[:, 2], 0, 1)
    )
    fine = np.repeat(np.repeat(drawn.labels, view.k, axis=0), view.k, axis=1)
    rgb = window.rgb[:, : fine.shape[0], : fine.shape[1]]
    table = table.join(vigour.colours(rgb, fine, len(points)))
    table[["height_m", "volume_m3"]] = (
        height.measured(tall, drawn.labels, len(points), view.cell) if tall is not None else np.nan
    )
    table["unsure"] = (table["score"] < settings().crown.unsure) | table["area_m2"].isna()
    shapes = outline.polygons(drawn.labels, window.transform * window.transform.scale(view.k))
    table["crown"] = [shapes[i + 1].simplify(view.cell) if i + 1 in shapes else None for i in range(len(points))]
    near = 0.5  # m: a middle at a border may fall to either side in its two windows; doubles go later
    inside = table["x"].between(core[0] - near, core[2] + near) & table["y"].between(core[1] - near, core[3] + near)
    return WindowTrees(table[inside & shapely.contains_xy(view.plot, table["x"], table["y"])])


def _heights(window, view, one, plants, learned, how):
    """Return heights above ground on the cells of `one`; None without a surface."""
    if how.surface is None:
        return None
    place = (how.picture.crs, window.left, window.top, view.cell, one.exg.shape)
    surface = height.read(how.surface, *place)
    terrain = None if how.terrain is None else height.read(how.terrain, *place)
    bare = one.used & ~plants & (one.exg <= learned.threshold) & ~plant_mask.shadow(one, learned.threshold)
    return height.above_ground(surface, bare, view.cell, terrain)


def _middles(window, view, plants, green, tall, learned, how, closed, step):
    """Return crown middles in a window, (n, 3): x and y [m] from its upper left corner (y down), and the score."""
    if closed:
        return height.middles(tall, green, view.cell, learned.diameter, step)
    if how.finder is not None:
        cell = window.cell
        found = np.asarray(how.finder(window.rgb, cell), float).reshape(-1, 3)
        return np.column_stack([(found[:, 1] + 0.5) * cell, (found[:, 0] + 0.5) * cell, found[:, 2]])
    points = crowns.on_mask(plants, view.cell, learned.diameter, step)
    if tall is None:
        return points
    return height.fused(points, height.middles(tall, green, view.cell, learned.diameter, step), step)


class Tally:
    """Shares of a plot's pixels, counted window by window."""

    def __init__(self):
        self.pixels = self.green = self.crown = self.shadow = 0
        self.blown, self.seam = 0.0, False

    def add(self, window, core, view, learned: colours.Colours):
        """Count the pixels of the core of one window."""
        one = view.looks(window)
        part = view.plot.intersection(shapely.box(*core))
        if part.is_empty:
            return
        shape = (one.exg.shape, window.transform * window.transform.scale(view.k))
        one = one._replace(used=one.used & features.geometry_mask([part], *shape, invert=True))
        green = plant_mask.green(one, learned.threshold)
        self.pixels += int(one.used.sum())
        self.green += int(green.sum())
        self.crown += int((learned.plants(one) > 0).sum())
        self.shadow += int(plant_mask.shadow(one, learned.threshold).sum())
        lightest = window.rgb.min(axis=0) >= settings().check.white
        blown = crowns.block_mean(lightest.astype(np.float32), view.k)
        self.blown += float(blown[one.used].sum())
        self.seam = self.seam or seam(one.value, one.used)

    def shares(self):
        """Return green_cover, grass (green and no crown), shadow and blown as shares of the pictured plot."""
        n = max(self.pixels, 1)
        return {
            "green_cover": self.green / n, "grass": max(self.green - self.crown, 0) / n, "shadow": self.shadow / n,
            "blown": self.blown / n,
        }  # fmt: skip

    def warnings(self, view):
        """Return words of `quality_line.TOLD`."""
        shares = self.shares()
        return quality_line.picture_warnings(shares["shadow"], shares["blown"], self.seam)


def seam(value, used):
    """Return whether brightness steps along a straight line of rows or columns of pixels.

    Three quarters of the line must pass the step, between pixels three apart: crowns, walls and shadows end here and
    there
    along any line, a seam all along it. Bent seams are not seen.
    """
    bar = settings().check.seam
    light = np.where(used, np.log(np.maximum(value, 1)), np.nan).astype(np.float32)
    for side in (light, light.T):
        step = side[LAG:] - side[:-LAG]
        known = np.isfinite(step).sum(axis=1)
        most = np.maximum((step > bar).sum(axis=1), (step < -bar).sum(axis=1))
        if ((known > 0.5 * step.shape[1]) & (most > 0.75 * known)).any():
            return True
    return False
