"""How much of a picture is what: the line of figures in the catalogue of scenes."""

import numpy as np
import xarray as xr

from remote_sensing.scene import LOST, WEIGHTS, Quality

NAMES = {
    "nodata": Quality.NODATA,
    "cloud": Quality.CLOUD,
    "thin_cloud": Quality.THIN_CLOUD,
    "shadow": Quality.CLOUD_SHADOW,
    "terrain": Quality.TERRAIN_SHADOW | Quality.DIM,
    "water": Quality.WATER,
    "near_cloud": Quality.NEAR_CLOUD,
}


def shares(quality: xr.DataArray | np.ndarray, inside: np.ndarray | None = None) -> dict[str, float]:
    """Return the shares of a picture by what its pixels are worth.

    Parameters
    ----------
    quality : DataArray or ndarray of uint8, shape (y, x)
        `Quality` bits.
    inside : ndarray of bool, shape (y, x), optional
        Pixels that count, as those of the plots; all by default.

    Returns
    -------
    dict of {str: float}
        `nodata` of all pixels; of those with data: `clear` (no doubt at all), `usable` (not lost: clear, near a cloud
        or under a thin one), `weight` (mean of their weights), `cloud`, `thin_cloud`, `shadow` (of clouds), `terrain`
        (in the shadow of the relief or grazed by the sun), `water` (and snow), `near_cloud`. A pixel counts under each
        doubt it has, so these may sum to more than one. All 0 and `nodata` 1 where there is no pixel. [1]
    """
    bits = np.asarray(quality)
    counts = np.bincount(bits[inside] if inside is not None else bits.ravel(), minlength=256)
    kinds, total = np.arange(256), int(counts.sum())
    empty = (kinds & int(Quality.NODATA)) != 0
    seen = np.where(empty, 0, counts)
    known = int(seen.sum())
    part = {name: float(seen[(kinds & int(bit)) != 0].sum() / max(known, 1)) for name, bit in NAMES.items()}
    part["nodata"] = float(counts[empty].sum() / total) if total else 1.0
    return {
        "clear": float(seen[0] / max(known, 1)),
        "usable": float(seen[(kinds & int(LOST)) == 0].sum() / max(known, 1)),
        "weight": float((seen * WEIGHTS).sum() / max(known, 1)),
        **part,
    }
