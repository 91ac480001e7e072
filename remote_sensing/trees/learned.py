"""Crowns by networks that learned them from labelled points: trained here, asked here.

The same door serves the pictures on which this was measured and growers who label windows of a mosaic of their own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
from scipy import ndimage

from agro import parameters
from agro.errors import InputError
from remote_sensing.trees import crowns, model_file, network, training
from remote_sensing.trees.features import light_of, seen
from remote_sensing.trees.scoring import score, total

STREET_TREES = Path(__file__).with_name("street_trees.npz")
"""Model of street and garden trees on aerial pictures of 0.6 m, learned from Ventura et al. 2024 (CC BY 4.0)."""
MARGIN = 48
"""Pixels around a window that are computed and cut off: the network sees no farther. [px]"""
WINDOW = 512
STEP = 8  # the coarsest level of the network stands on every eighth pixel


class Peaks(NamedTuple):
    """How trees are picked from the heat, in pixels of the model."""

    smooth: Annotated[float, "px"]
    apart: Annotated[float, "px"]
    threshold: Annotated[float, "1"]


class Labels(NamedTuple):
    """What is needed to learn from."""

    trees: Annotated[int, "1"]
    side: Annotated[int, "px"]


@dataclass(frozen=True)
class CrownModel:
    """Networks that answer how near the middle of a crown each pixel is.

    Attributes
    ----------
    nets : tuple
        One tuple of (weight, bias) a network (`network.Network.folded`); their answers are averaged.
    cell : float
        Side of the pixels it learned from. [m]
    peaks : Peaks
        How trees are picked from its heat.
    """

    nets: tuple
    cell: float
    peaks: Peaks

    def heat(self, rgb, cell, light=None):
        """Return how near the middle of a crown each pixel is.

        Parameters
        ----------
        rgb : array_like of uint8, shape (3 or more, y, x)
            Red, green, blue; further bands are not looked at.
        cell : float
            Side of a pixel; a picture of other pixels than the model's is brought to those. [m]
        light : features.Light, optional
            That of the whole picture if `rgb` is a window of it (`features.light_of`).

        Returns
        -------
        ndarray of float32, shape (y, x)
            0 to 1, on the pixels of `rgb`.

        Raises
        ------
        InputError
            When `rgb` is not three bands or more of pixels, or `cell` is no length.
        """
        rgb = _checked(rgb, cell)
        own = self._heat(brought(rgb, cell / self.cell), light)
        return own if own.shape == rgb.shape[1:] else _stretched(own, rgb.shape[1:])

    def find(self, rgb, cell, light=None):
        """Return crown middles: rows and columns [px of `rgb`, 0.0 is the centre of the first], and the heat there.

        Parameters and errors are those of `heat`; the answer has shape (n, 3), strongest first.
        """
        rgb = _checked(rgb, cell)
        own = self._heat(brought(rgb, cell / self.cell), light)
        found = picked(own, self.peaks)
        zoom = np.array(rgb.shape[1:]) / own.shape
        found[:, :2] = (found[:, :2] + 0.5) * zoom - 0.5
        return found

    def save(self, path):
        """Write the model to a file of plain arrays (.npz); see `model_file.written`."""
        model_file.written(path, self.nets, {"cell": self.cell, **self.peaks._asdict()})

    @classmethod
    def load(cls, path):
        """Return the model of a file; nothing in it is executed.

        Raises
        ------
        InputError
            When the file is no crown model, is too large, or its numbers cannot be those of one.
        """
        nets, numbers = model_file.read(path, ("cell", *Peaks._fields))
        return cls(nets, numbers.pop("cell"), Peaks(**numbers))

    def _heat(self, rgb, light):
        channels = seen(rgb, light or light_of(rgb))
        shape: tuple[int, int] = channels.shape[1:]
        ends = [(0, -side % STEP) for side in shape]
        channels = np.pad(channels, [(0, 0), *ends], mode="edge")
        rows, columns = channels.shape[1:]
        answer = np.empty((rows, columns), np.float32)
        for top in range(0, rows, WINDOW):
            for left in range(0, columns, WINDOW):
                up, before = min(top, MARGIN), min(left, MARGIN)
                rows, cols = slice(top - up, top + WINDOW + MARGIN), slice(left - before, left + WINDOW + MARGIN)
                part = channels[:, rows, cols]  # no mirrored edge: a crown cut in half would get its middle there
                whole = _both_ways(self.nets, part)[up : up + WINDOW, before : before + WINDOW]
                answer[top : top + whole.shape[0], left : left + whole.shape[1]] = whole
        return answer[: shape[0], : shape[1]]


def train(images, points, cell, seed, peaks=None, rule=None, levels=None, watch=None):
    """Return a model that learned crowns from labelled pictures.

    Windows of a grower's own mosaic serve as well as any others: all crowns in them must be labelled, because what has
    no label is learned as ground. 50 windows with 300 labelled trees together are the least it takes; more places help
    more than more trees of one place. Pixels of a fifth to a tenth of a crown's diameter are best: finer mosaics are
    made coarser first (`brought`). How well it does is told by `cross_validated`, never by the pictures it learned
    from.

    Parameters
    ----------
    images : sequence of array_like of uint8, shape (3 or more, y, x)
        Red, green, blue; sides of at least 64 pixels.
    points : sequence of array_like, shape (n, 2)
        Rows and columns of all crown middles in each picture. [px]
    cell : float
        Side of a pixel, the same in all. [m]
    seed : int
        The same seed gives the same model on the same machine.
    peaks : Peaks, optional
        How trees are picked; by default that of `learned.toml`.
    rule : training.Training, optional
        How it learns; by default that of `learned.toml`.
    levels : tuple of int, optional
        Widths of the networks; by default those of `learned.toml`.
    watch : callable, optional
        Told the share that is done.

    Raises
    ------
    InputError
        For too few labelled trees, pictures too small, points outside their picture.
    """
    images, points = _labelled(images, points, cell)
    rule = rule or training.settings()
    channels = [seen(image) for image in images]
    nets = []
    for number in range(rule.nets):
        told = (lambda share, n=number: watch((n + share) / rule.nets)) if watch else None
        nets.append(training.fitted(channels, points, seed + number, rule, levels, told))
    return CrownModel(tuple(tuple(net) for net in nets), float(cell), peaks or default_peaks())


def cross_validated(images, points, cell, seed, places=None, folds=3, **how):
    """Return the model's score on pictures it did not learn from, and the threshold that gave it.

    Parameters
    ----------
    images, points, cell, seed
        As in `train`; `how` takes its other arguments.
    places : sequence, optional
        One name a picture: pictures of one place are left out together. By default each is a place.
    folds : int
        In how many parts the places are left out.

    Returns
    -------
    (scoring.Score, float)
        The score at the best threshold of all parts together, and this threshold. One number was chosen on the labels:
        expect very little less elsewhere.
    """
    places = list(range(len(images))) if places is None else list(places)
    names = sorted(set(places), key=str)
    part = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % folds, strict=True))
    found = {}
    for fold in range(folds):
        inside = [i for i, place in enumerate(places) if part[place] != fold]
        if len(inside) == len(places):
            continue
        model = train([images[i] for i in inside], [points[i] for i in inside], cell, seed, **how)
        loose = CrownModel(model.nets, model.cell, model.peaks._replace(threshold=0.01))
        found.update({i: loose.find(images[i], cell) for i in range(len(places)) if part[places[i]] == fold})
    return best_threshold([found[i] for i in found], [points[i] for i in found], cell)


def best_threshold(found, points, cell):
    """Return (score, threshold) with the highest F1 of found trees (n, 3) against labels (m, 2), by picture [px]."""
    levels = np.unique(np.quantile(np.concatenate([part[:, 2] for part in found]), np.linspace(0, 0.98, 50)))
    tried = []
    for level in levels:
        scores = [
            score(part[part[:, 2] >= level, :2] * cell, np.asarray(place) * cell)
            for part, place in zip(found, points, strict=True)
        ]
        tried.append((total(scores), float(level)))
    return max(tried, key=lambda one: (one[0].f1, -one[1]))


def picked(heat, peaks):
    """Return the peaks (n, 3) of a heat map on the model's own pixels: row, column, heat; strongest first."""
    smooth = ndimage.gaussian_filter(heat, peaks.smooth, mode="nearest")
    return crowns.find(smooth, 1.0, peaks.apart, peaks.apart, None, peaks.threshold, apart=1.0)


def default_peaks() -> Peaks:
    """Return how trees are picked by default."""
    return parameters.load(training.FILE, "peaks", Peaks)


def need_of_labels() -> Labels:
    """Return what is needed to learn from."""
    return parameters.load(training.FILE, "labels", Labels)


def brought(rgb, zoom):
    """Return a picture whose pixels are made `1 / zoom` as wide as they were: averaged first, then between pixels."""
    rgb = np.asarray(rgb)[:3]
    if abs(zoom - 1) < 0.01:
        return rgb
    block = max(1, int(1 / zoom + 1e-6))
    coarse = crowns.block_mean(rgb.astype(np.float32), block) if block > 1 else rgb.astype(np.float32)
    shape = tuple(max(8, round(side * zoom)) for side in rgb.shape[1:])
    return coarse if shape == coarse.shape[1:] else np.stack([_stretched(band, shape) for band in coarse])


def _stretched(values, shape):
    """Return `values` on `shape` pixels over the same ground, between pixel centres in proportion."""
    place = [(np.arange(new) + 0.5) * (old / new) - 0.5 for new, old in zip(shape, values.shape, strict=True)]
    grid = np.meshgrid(*place, indexing="ij")
    return ndimage.map_coordinates(values, grid, order=1, mode="nearest", output=np.float32)


def _both_ways(nets, channels):
    """Return the mean chance of all networks, looking at the picture and at its mirror image, on full pixels."""
    batch = np.stack([channels, channels[:, :, ::-1]])
    chance = sum(1 / (1 + np.exp(-network.answered(net, batch))) for net in nets) / len(nets)
    half = (chance[0] + chance[1][:, ::-1]) / 2
    return _stretched(half, channels.shape[1:])


def _checked(rgb, cell):
    rgb = np.asarray(rgb)
    if rgb.ndim != 3 or rgb.shape[0] < 3 or min(rgb.shape[1:]) < 8:
        raise InputError(
            f"a picture needs 3 bands of at least 8 x 8 pixels; got shape {rgb.shape}",
            zh=f"图像需要 3 个波段、每边至少 8 个像素；得到的形状是 {rgb.shape}",
        )
    if not 0 < cell < 100:
        raise InputError(f"a pixel needs a side in metres; got {cell}", zh=f"像素边长应以米计；得到 {cell}")
    return rgb


def _labelled(images, points, cell):
    need = need_of_labels()
    images = [_checked(image, cell)[:3] for image in images]
    points = [np.asarray(place, float).reshape(-1, 2) for place in points]
    if len(images) != len(points):
        raise InputError(
            f"{len(images)} pictures, but points of {len(points)}",
            zh=f"有 {len(images)} 幅图像，却有 {len(points)} 组标注点",
        )
    for number, (image, place) in enumerate(zip(images, points, strict=True), 1):
        sides = np.array(image.shape[1:])
        if min(sides) < need.side:
            raise InputError(
                f"picture {number} has a side of {min(sides)} pixels; {need.side} are needed",
                zh=f"第 {number} 幅图像的一边只有 {min(sides)} 个像素；至少需要 {need.side} 个",
            )
        if not np.isfinite(place).all() or (place < -1).any() or (place > sides).any():
            raise InputError(
                f"picture {number}: some points lie outside it; rows and columns in pixels are needed",
                zh=f"第 {number} 幅图像：有标注点落在图外；需要以像素计的行、列",
            )
    if (count := sum(map(len, points))) < need.trees:
        raise InputError(
            f"{count} labelled trees; at least {need.trees} are needed",
            zh=f"只标注了 {count} 棵树；至少需要 {need.trees} 棵",
        )
    return images, points
