"""Which colours are crowns in one plot: learned from the plot itself.

A first guess of the middles (in all that is green, or in its darker part) shows which colours lie near a middle and
which
between; their ratio, colour by colour, is a table that parts crowns from grass better than any fixed threshold. The two
guesses run side by side, and the one whose crowns are explained best by discs of one diameter wins.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from remote_sensing.trees import crowns, discs, plant_mask
from remote_sensing.trees.settings import settings

FEWEST = 4  # middles that can teach


@dataclass(frozen=True)
class Colours:
    """How crowns of a plot are told from its ground.

    Attributes
    ----------
    table : ndarray, shape (bins,)
        By the bin of `plant_mask.looks`, whether the colour is a crown's. float32
    start : str
        "green" or "dark": which guess won; "dark in grey" where there is no colour.
    diameter, spacing : float
        Given or estimated. [m]
    quality : float
        How well discs explain the crowns, 0 to 1; lone full discs have 1.
    threshold : float
        ExG above which a pixel is green.
    green_cover, cover : float
        Shares of the plot that are green, and that have crowns' colours.
    """

    table: np.ndarray
    start: str
    diameter: float
    spacing: float
    quality: float
    threshold: float
    green_cover: float
    cover: float

    def plants(self, one):
        """Return the crown pixels of `Looks` as float32 0 or 1, shape (y, x)."""
        return ((self.table[one.code] > 0.5) & one.used).astype(np.float32)


def learn(seen, cell, diameter=None, spacing=None):
    """Return what colours crowns have in some windows of one plot.

    Parameters
    ----------
    seen : list of Looks
        Windows of the plot, on cells of about `colour.cell`.
    cell : float
        Side of a pixel. [m]
    diameter, spacing : float, optional
        Crown diameter and distance of trees in the row, where they are known. [m]

    Returns
    -------
    Colours or None
        None where nothing looks like crowns.
    """
    threshold = plant_mask.green_threshold(seen)
    brightest = plant_mask.dark_threshold(seen, threshold)
    grey = _without_colour(seen)
    guesses = (
        {"dark in grey": [one.used & (one.value < _grey_threshold(seen)) for one in seen]}
        if grey
        else {
            "green": [plant_mask.green(one, threshold) for one in seen],
            "dark": [plant_mask.dark(one, threshold, brightest) for one in seen],
        }
    )
    used = sum(int(one.used.sum()) for one in seen)
    covers = sum(int(mask.sum()) for mask in next(iter(guesses.values()))) / max(used, 1)
    best = None
    for start, masks in guesses.items():
        found = _settled(seen, [mask.astype(np.float32) for mask in masks], cell, diameter, spacing)
        if found is not None and (grey or _leafy(seen, found[1])) and (best is None or found[0] > best.quality):
            quality, table, width, step, cover = found
            best = Colours(table, start, width, step, quality, threshold, covers, cover)
    return best


def _leafy(seen, table):
    """Return whether what a table takes for crowns is green at all: on bare ground it is but the greener soil."""
    exg = np.concatenate([one.exg[one.used & (table[one.code] > 0.5)] for one in seen])
    return len(exg) > 0 and float(np.median(exg)) > settings().mask.leaf


def _without_colour(seen):
    """Return whether all pixels are grey."""
    return all(float(np.abs(one.exg).max(initial=0.0)) < 1e-3 for one in seen)


def _grey_threshold(seen):
    """Return Otsu's threshold between dark crowns and light ground."""
    return plant_mask.otsu(np.concatenate([one.value[one.used] for one in seen]), 128.0)


def _settled(seen, masks, cell, diameter, spacing):
    """Return quality, table, diameter, spacing and cover after some rounds from a first guess; None if it fails.

    An unknown diameter is scanned for, once more in what the first table made of the mask; then all begins anew with
    it, as every round loses some of the pale trees.
    """
    width = diameter or _scanned(masks, cell, spacing)
    taught = width and _taught(seen, masks, cell, width, spacing)
    if taught and diameter is None:
        width = _scanned(taught[1], cell, spacing)
        taught = width and _taught(seen, masks, cell, width, spacing)
    if not taught:
        return None
    table, masks, points = taught
    used = sum(int(one.used.sum()) for one in seen)
    cover = sum(float(mask.sum()) for mask in masks) / max(used, 1)
    return _quality(masks, points, cell, width), table, width, _spacing(points, width, spacing), cover


def _taught(seen, masks, cell, width, spacing):
    """Return table, masks and middles after learning in turn from the middles and the masks; None if it fails."""
    rule = settings().colour
    points = [crowns.on_mask(mask, cell, width, spacing) for mask in masks]
    step = _spacing(points, width, spacing)
    table = None
    for _ in range(rule.rounds):
        if sum(len(some) for some in points) < FEWEST:
            return None
        bar = np.quantile(np.concatenate([some[:, 2] for some in points]), 1 - rule.strongest)
        crown, ground = _counts(seen, points, cell, width, bar)
        if ground.sum() < rule.ground * sum(one.used.sum() for one in seen) or not crown.sum():
            break
        table = _ratio(crown, ground)
        masks = [((table[one.code] > 0.5) & one.used).astype(np.float32) for one in seen]
        points = [crowns.on_mask(mask, cell, width, step) for mask in masks]
    if table is None or sum(len(some) for some in points) < FEWEST:
        return None
    return table, masks, points


def _counts(seen, points, cell, width, bar):
    """Return how often each colour lies near strong middles, and how often far from all."""
    rule = settings().colour
    size = int(np.prod(plant_mask.BINS))
    crown, ground = np.zeros(size), np.zeros(size)
    for one, some in zip(seen, points, strict=True):
        near = discs.drawn(one.code.shape, some[some[:, 2] >= bar], rule.inner * width, cell)
        far = ~discs.drawn(one.code.shape, some, rule.outer * width, cell)
        crown += np.bincount(one.code[near & one.used], minlength=size)
        ground += np.bincount(one.code[far & one.used], minlength=size)
    return crown, ground


def _ratio(crown, ground):
    """Return the share of crowns by colour, as if crowns and ground were equally common; neighbouring bins help."""
    crown, ground = (ndimage.gaussian_filter(one.reshape(plant_mask.BINS), 1.0).ravel() for one in (crown, ground))
    crown, ground = crown / crown.sum(), ground / ground.sum()
    return (crown / (crown + ground + 1e-6)).astype(np.float32)


def _quality(masks, points, cell, width):
    """Return the overlap over union of masks and discs of one diameter, times the middles' mean score."""
    both, either = 0.0, 0.0
    for mask, some in zip(masks, points, strict=True):
        disc = discs.drawn(mask.shape, some, width / 2, cell)
        covered = float(mask[disc].sum())
        both += covered
        either += float(mask.sum()) + float(disc.sum()) - covered
    scores = np.concatenate([some[:, 2] for some in points])
    return both / max(either, 1.0) * float(scores.mean()) if len(scores) else 0.0


def _scanned(masks, cell, spacing):
    """Return the diameter whose discs explain the masks best; None where none does."""
    rule = settings().crown
    k = max(1, round(0.2 / cell))
    coarse = [crowns.block_mean(mask, k) for mask in masks]
    best, width = 0.0, None
    for tried in np.geomspace(rule.smallest, rule.largest, rule.tried):
        if spacing and tried > 1.3 * spacing:
            break
        points = [crowns.on_mask(mask, cell * k, tried, spacing) for mask in coarse]
        if sum(len(some) for some in points) >= FEWEST:
            quality = _quality(coarse, points, cell * k, tried)
            if quality > best:
                best, width = quality, float(tried)
    return width


def _spacing(points, width, known):
    """Return the known spacing, else that of the middles, no less than 0.8 diameters."""
    if known:
        return known
    steps = [crowns.typical_spacing(some[:, :2]) for some in points if len(some) > 1]
    return max(float(np.median(steps)) if steps else width, 0.8 * width)
