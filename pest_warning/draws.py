"""Draws of an organism's uncertain numbers: a Latin hypercube over the ranges that its file gives."""

from typing import Any

import numpy as np
from scipy import stats

from agro import parameters
from pest_warning.organism import Organism

DRAWS = 20
SEED = 20260401


def drawn(organism: Organism, section: str, cls: type, count: int = DRAWS, seed: int = SEED) -> list[Any]:
    """Return instances of `cls` from a section of the organism's file: first the values, then `count` draws.

    A number with `low` and `high` is drawn uniformly between them, as the bounds of few experiments ask; one without,
    and a list, stays as it is.
    """
    middle = organism.parameters(section, cls)
    found = parameters.section(organism.path, section)
    names = [name for name in cls._fields if found[name].low is not None and found[name].high is not None]  # type: ignore[attr-defined]
    if not names or not count:
        return [middle] * (count + 1)
    number = int.from_bytes(f"{organism.key} {section}".encode(), "big") % 2**32
    unit = stats.qmc.LatinHypercube(len(names), rng=np.random.default_rng([seed, number])).random(count)
    low = np.array([found[name].low for name in names], float)
    high = np.array([found[name].high for name in names], float)
    rows = low + unit * (high - low)
    return [middle] + [middle._replace(**dict(zip(names, map(float, row), strict=True))) for row in rows]
