"""Bands of several cell sizes brought onto the coarsest of them: finer ones averaged, places by coordinates."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr

from agro.errors import InputError
from remote_sensing.scene import Scene

ASIDE = 0.02
"""How far, in cells, the edges of two grids may lie aside and still count as one."""


class Axis(NamedTuple):
    """Cells along x or y: the outer edge of the first, the signed step from one to the next, how many."""

    edge: float
    step: float
    cells: int

    @property
    def span(self) -> tuple[float, float]:
        """Return the lower and the upper end."""
        far = self.edge + self.step * self.cells
        return min(self.edge, far), max(self.edge, far)


def on_common_grid(scene: Scene, roles: Sequence[str], cell: float) -> tuple[xr.DataArray, xr.DataArray | None]:
    """Return bands and quality of a scene on its grid of `cell` metres, over the ground that all of them cover.

    Parameters
    ----------
    scene : Scene
    roles : sequence of str
        Bands of this cell or finer.
    cell : float
        A cell size of the scene. [m]

    Returns
    -------
    bands : DataArray, dims (band, y, x), float32
        Has `roles`, perhaps more; a cell that lacks one of its finer parts is NaN.
    quality : DataArray, dims (y, x), uint8, optional
        A cell has the bits of all its finer parts.

    Raises
    ------
    InputError
        Where grids do not nest or do not overlap.
    """
    base, quality = scene.grids[cell], scene.quality
    if set(roles) <= set(base["band"].values) and (quality is None or _same_cells(quality, base)):
        return base, quality
    parts = {scene.cell(role): scene.grids[scene.cell(role)] for role in roles}
    layers = [(parts[scene.cell(role)].sel(band=role, drop=True), scene.cell(role)) for role in roles]
    grids = [(part, size) for size, part in parts.items()] + ([] if quality is None else [(quality, scene.finest)])
    base = base.isel({axis: _shared(base, cell, grids, axis) for axis in ("y", "x")})
    stacked = np.stack([_coarse(layer, size, base, cell, np.mean) for layer, size in layers])
    bands = xr.DataArray(
        stacked, dims=("band", "y", "x"), coords={**base.drop_vars("band").coords, "band": list(roles)}
    )
    if quality is None:
        return bands, None
    bits = _coarse(quality, scene.finest, base, cell, np.bitwise_or.reduce)
    return bands, bands.isel(band=0, drop=True).copy(data=bits.astype(np.uint8))


def _same_cells(a: xr.DataArray, b: xr.DataArray) -> bool:
    return all(np.array_equal(a[axis].values, b[axis].values) for axis in ("y", "x"))


def _axis(part: xr.DataArray, name: str, nominal: float) -> Axis:
    """Return the cells of a grid along an axis; a single cell has the nominal size."""
    centres = part[name].to_numpy().astype(float)
    down = -1.0 if name == "y" else 1.0
    step = (centres[-1] - centres[0]) / (len(centres) - 1) if len(centres) > 1 else down * nominal
    return Axis(centres[0] - step / 2, step, len(centres))


def _shared(base: xr.DataArray, cell: float, grids, name: str) -> slice:
    """Return the cells of `base` along an axis that lie wholly within all grids."""
    own = _axis(base, name, cell)
    spans = [_axis(part, name, size).span for part, size in grids]
    low, high = max(span[0] for span in spans), min(span[1] for span in spans)
    centres = own.edge + own.step * (np.arange(own.cells) + 0.5)
    reach = abs(own.step) * (0.5 - ASIDE)
    held = np.flatnonzero((centres - reach >= low) & (centres + reach <= high))
    if not len(held):
        raise _error("bands of different cell sizes cover no common ground", "不同分辨率的波段没有共同范围")
    return slice(int(held[0]), int(held[-1]) + 1)


def _coarse(fine: xr.DataArray, size: float, base: xr.DataArray, cell: float, combine) -> np.ndarray:
    """Return a layer on the cells of `base`, each from the finer cells that fill it."""
    rows, by_row = _nested(_axis(fine, "y", size), _axis(base, "y", cell))
    columns, by_column = _nested(_axis(fine, "x", size), _axis(base, "x", cell))
    window = fine.to_numpy()[rows, columns]
    if (by_row, by_column) == (1, 1):
        return window
    cells = window.reshape(base.sizes["y"], by_row, base.sizes["x"], by_column)
    return combine(combine(cells, axis=3), axis=1)


def _nested(fine: Axis, coarse: Axis) -> tuple[slice, int]:
    """Return which cells of a fine axis fill a coarse one, and how many fill one cell of it."""
    ratio, start = coarse.step / fine.step, (coarse.edge - fine.edge) / fine.step
    by, first = round(ratio), round(start)
    drift = abs(ratio - by) * coarse.cells + abs(start - first)
    if by < 1 or drift > ASIDE * max(by, 1):
        raise _error(
            f"cells of {abs(fine.step):g} m do not fill cells of {abs(coarse.step):g} m: their edges lie aside",
            f"{abs(fine.step):g} 米的像元不能填满 {abs(coarse.step):g} 米的像元：边界不重合",
        )
    return slice(first, first + by * coarse.cells), by


def _error(en: str, zh: str) -> InputError:
    return InputError(f"scene: {en}", zh=f"影像：{zh}")
