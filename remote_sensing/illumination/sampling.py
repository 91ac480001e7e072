"""The pixels that a correction of light is fitted on, and those it is judged by."""

from typing import NamedTuple

import numpy as np

from remote_sensing.illumination.settings import Sample

CANDIDATES = 2_000_000
"""Pixels looked at, at most; of larger scenes every second, third, ... row and column."""


class Pixels(NamedTuple):
    """A sample of a grid."""

    places: np.ndarray  # (n,) flat indices into the grid
    cos_i: np.ndarray  # (n,) float64
    flatter: np.ndarray  # (n,) cosine of the slope
    held_out: np.ndarray  # (n,) bool: not fitted on
    relief: float  # degrees, median slope of all clear pixels, flat ones too


def sampled(light, slope, clear, ndvi, rules: Sample, seed: int = 5) -> Pixels:
    """Return clear, lit, sloping, green pixels.

    Parameters
    ----------
    light : ndarray, shape (y, x)
        cos i. [1]
    slope : ndarray, shape (y, x)
        [degrees]
    clear : ndarray of bool, shape (y, x)
        Pixels without any doubt.
    ndvi : ndarray, shape (y, x), optional
        None where the grid has no red and near infrared: all ground counts. [1]
    rules : Sample
    seed : int
        Of the draw, where there are more than `rules.largest`.

    Returns
    -------
    Pixels
        In equal numbers from equally full classes of cos i, which is a plain draw; half of them, in the white squares
        of a chessboard, are held out.
    """
    step = int(np.ceil(np.sqrt(light.size / CANDIDATES)))
    lattice = np.s_[::step, ::step]
    usable = clear[lattice] & np.isfinite(light[lattice]) & np.isfinite(slope[lattice])
    relief = float(np.median(slope[lattice][usable])) if usable.any() else 0.0
    usable &= (slope[lattice] > rules.least_slope) & (light[lattice] > rules.least_cos_i)
    if ndvi is not None:
        usable &= ndvi[lattice] > rules.least_ndvi
    row, column = np.nonzero(usable)
    if len(row) > rules.largest:
        drawn = np.sort(np.random.default_rng(seed).choice(len(row), rules.largest, replace=False))
        row, column = row[drawn], column[drawn]
    row, column = row * step, column * step
    square = rules.tile * step
    return Pixels(
        places=row * light.shape[1] + column,
        cos_i=light[row, column].astype(float),
        flatter=np.cos(np.radians(slope[row, column].astype(float))),
        held_out=((row // square + column // square) % 2).astype(bool),
        relief=relief,
    )
