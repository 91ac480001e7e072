"""Which summers dry out and when the autumn rains come: the spells that a plain rain generator would not make."""

from typing import NamedTuple

import numpy as np

from sample_data import climate


class Spells(NamedTuple):
    """What regime each day belongs to; two arrays of bool over the days."""

    drought: np.ndarray
    autumn: np.ndarray


def spells(time, seed):
    """Return the `Spells` on the days of `time`, the same for a day however long the series is.

    Every year has autumn rain; a drought comes in about half of the summers and never fails three times in a row.
    """
    day = np.asarray(time, "datetime64[D]")
    drought, autumn = np.zeros(len(day), bool), np.zeros(len(day), bool)
    missed = 0
    for year in range(1990, climate.year(day)[-1] + 1):
        random = np.random.default_rng([int(seed), 4, year])
        comes, start, length = random.random() < 0.5, random.integers(3, 34), random.integers(20, 32)
        rains, lasts = random.integers(5, 36), random.integers(8, 14)
        comes, missed = comes or missed >= 2, 0 if comes or missed >= 2 else missed + 1
        july = np.datetime64(f"{year}-07-01")
        if comes:
            drought |= (day >= july + start) & (day < july + start + length)
        rains = max(rains, start + length + 3 - 57) if comes else rains
        september = np.datetime64(f"{year}-08-27")
        autumn |= (day >= september + rains) & (day < september + rains + lasts)
    return Spells(drought, autumn)
