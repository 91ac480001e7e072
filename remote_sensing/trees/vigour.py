"""How each tree does: colour of its sunlit leaves and size of its crown, against its own kind in the same flight."""

import numpy as np
import pandas as pd

from remote_sensing.trees.settings import settings

NORMAL, WEAK, VERY_WEAK, UNJUDGED = "normal", "weak", "very_weak", "unjudged"
MAD = 1.4826


def colours(rgb, labels, n):
    """Return the colour of each crown, from its sunlit pixels.

    Parameters
    ----------
    rgb : ndarray, shape (3, y, x)
        Numbers 0-255.
    labels : ndarray of int, shape (y, x)
        0 for nobody's pixels, i + 1 for those of crown i.
    n : int
        Crowns.

    Returns
    -------
    DataFrame, a row a crown
        gli, ngrdi: medians over pixels brighter than the crown's own 40th percentile; yellow: share of its pixels with
        NGRDI below 0. NaN for a crown without pixels. All without unit.

    References
    ----------
    .. [1] Louhaichi et al. (2001). Geocarto Int. 16:65 (GLI).
    """
    flat = labels.ravel()
    at = np.flatnonzero(flat)
    order = np.argsort(flat[at], kind="stable")
    at = at[order]
    starts = np.searchsorted(flat[at], np.arange(1, n + 2))
    red, green, blue = (band.ravel()[at].astype(np.float32) for band in rgb)
    value = np.maximum(np.maximum(red, green), blue)
    ngrdi = (green - red) / np.maximum(green + red, 1)
    gli = (2 * green - red - blue) / np.maximum(2 * green + red + blue, 1)
    found = np.full((n, 3), np.nan)
    for i in range(n):
        mine = slice(starts[i], starts[i + 1])
        if mine.stop > mine.start:
            sunlit = value[mine] > np.quantile(value[mine], settings().vigour.sunlit)
            sunlit = sunlit if sunlit.any() else np.ones(len(sunlit), bool)
            found[i] = np.median(gli[mine][sunlit]), np.median(ngrdi[mine][sunlit]), (ngrdi[mine] < 0).mean()
    return pd.DataFrame(found, columns=["gli", "ngrdi", "yellow"])


def judged(trees, kinds=None):
    """Return trees with z_colour, z_size and class, each against its own kind in this flight.

    Parameters
    ----------
    trees : DataFrame
        With gli, ngrdi and area_m2.
    kinds : array_like of str, optional
        What kind a tree is (cultivar and age); all are one kind where it is not told.

    Returns
    -------
    DataFrame
        z_colour is the mean of the robust z of GLI and NGRDI, z_size that of the logarithm of the crown's area; class
        "weak" where colour or size is low, "very_weak" where both are, "unjudged" without numbers or with too few of
        the
        kind to compare with.
    """
    rule = settings().vigour
    kinds = pd.Series("" if kinds is None else np.asarray(kinds, object), index=trees.index)
    z = lambda values: values.groupby(kinds).transform(_robust_z)  # noqa: E731
    trees = trees.assign(
        z_colour=(z(trees["gli"]) + z(trees["ngrdi"])) / 2,
        z_size=z(np.log(trees["area_m2"].where(trees["area_m2"] > 0))),
    )
    pale, small = trees["z_colour"] < rule.weak_colour, trees["z_size"] < rule.weak_size
    known = trees["z_colour"].notna() & trees["z_size"].notna()
    name = np.where(pale & small, VERY_WEAK, np.where(pale | small, WEAK, NORMAL))
    return trees.assign(**{"class": np.where(known, name, UNJUDGED)})


def kinds(plots):
    """Return a name for the kind of trees of each plot: cultivar and age within two years; its own where untold.

    Plots of one cultivar are ordered by their age and a new kind begins where the age is more than `age_apart` years
    above
    the kind's youngest.
    """
    rule = settings().vigour
    names = pd.Series([f"plot {one}" for one in plots["id"]], index=plots.index, dtype=object)
    if not {"cultivar", "age"} <= set(plots.columns):
        return names
    for cultivar, some in plots.dropna(subset=["cultivar", "age"]).groupby("cultivar"):
        first = None
        for i, age in some["age"].sort_values().items():
            if first is None or age - first > rule.age_apart:
                first = age
            names[i] = f"{cultivar} {first:g}"
    return names


def _robust_z(values):
    """Return (x - median)/(1.4826 MAD); NaN for fewer values than are a comparison, or all alike."""
    known = values.dropna()
    spread = MAD * (known - known.median()).abs().median() if len(known) else 0.0
    if len(known) < settings().vigour.fewest or spread == 0:
        return pd.Series(np.nan, index=values.index)
    return (values - known.median()) / spread
