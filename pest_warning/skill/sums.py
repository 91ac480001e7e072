"""What all scores are made of: sums by organism, horizon, district and year; any draw of years is a product of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pest_warning.skill.density import interval_score
from pest_warning.skill.pairs import censored, treated
from pest_warning.skill.probability import bin_of

BINS = 10
CELLS = ("hits", "misses", "false_alarms", "correct_negatives")
BINNED = ("n", "p", "came", "p_squared", "p_came")


@dataclass(frozen=True)
class Sums:
    """Sums over pairs that count, and where these pairs are."""

    groups: list[tuple[Any, Any]]  # organism and horizon
    districts: list[str]
    by_year: dict[str, np.ndarray]  # name: shape (group, district, year), with bins last for those of bins
    present: np.ndarray  # whether there is any pair, shape (group, district)
    order: np.ndarray  # rows that count, by group and district
    edges: np.ndarray  # where each group and district begins in `order`

    def keys(self) -> list[tuple[int, int | None]]:
        """Return group and district of each row of the score table; district None is all of them."""
        named = [code for code, name in enumerate(self.districts) if name]
        return [
            (group, code)
            for group in range(len(self.groups))
            for code in (None, *(code for code in named if self.present[group, code]))
        ]

    def of(self, group: int, district: int | None) -> dict[str, np.ndarray]:
        """Return the sums by year of one row, shape (year, ...)."""
        if district is None:
            return {name: sums[group].sum(axis=0) for name, sums in self.by_year.items()}
        return {name: sums[group, district] for name, sums in self.by_year.items()}

    def rows(self, group: int, district: int | None) -> np.ndarray:
        """Return the places of the pairs behind one row."""
        width = len(self.districts)
        first = group * width + (district or 0)
        return self.order[self.edges[first] : self.edges[first + (width if district is None else 1)]]


def sums(frame: pd.DataFrame) -> Sums:
    """Return the sums of a checked table of pairs; censored pairs are counted and left out."""
    both = pd.MultiIndex.from_frame(frame[["organism", "horizon"]])
    groups = both.unique().sort_values()
    district, districts = pd.factorize(frame["district"].astype(str), sort=True)
    year, years = pd.factorize(frame["year"], sort=True)
    place = groups.get_indexer(both) * len(districts) + district
    cell, shape = place * len(years) + year, (len(groups), len(districts), len(years))
    kept = ~censored(frame)
    by_year = {name: _add(cell[kept], column[kept], shape) for name, column in _columns(frame).items()}
    by_year["n_censored"] = _add(cell[~kept], np.ones(int((~kept).sum())), shape)
    by_year["squared_cluster"] = sum((by_year[name] for name in CELLS), np.zeros(shape)) ** 2
    p, came = frame["p"].to_numpy(float), frame["observed"].to_numpy(float)
    has = kept & np.isfinite(p)
    p, came, binned = p[has], came[has], cell[has] * BINS + bin_of(p[has], BINS)
    for name, column in zip(BINNED, (np.ones_like(p), p, came, p * p, p * came), strict=True):
        by_year[f"bin_{name}"] = _add(binned, column, (*shape, BINS))
    order = np.flatnonzero(kept)[np.argsort(place[kept], kind="stable")]
    size = shape[0] * shape[1]
    return Sums(
        groups=list(groups),
        districts=list(districts),
        by_year=by_year,
        present=np.bincount(place, minlength=size).reshape(shape[:2]) > 0,
        order=order,
        edges=np.searchsorted(place[order], np.arange(size + 1)),
    )


def _columns(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return what is added up, shape (pair,); two forecasts are compared where both are known."""
    came, said = frame["observed"].to_numpy(bool), frame["said"].to_numpy(bool)
    p, usual, lasting = (frame[name].to_numpy(float) for name in ("p", "climatology", "persistence"))
    density = interval_score(*(frame[name] for name in ("density_p10", "density_p50", "density_p90", "value")))
    error, usual_error, lasting_error = ((each - came) ** 2 for each in (p, usual, lasting))
    with_usual, with_last = np.isfinite(error + usual_error), np.isfinite(error + lasting_error)
    return {
        "hits": said & came,
        "misses": ~said & came,
        "false_alarms": said & ~came,
        "correct_negatives": ~said & ~came,
        "n_p": np.isfinite(p),
        "p_error": error,
        "n_skill": with_usual,
        "n_skill_events": with_usual & came,
        "skill_error": np.where(with_usual, error, 0.0),
        "climatology_error": np.where(with_usual, usual_error, 0.0),
        "n_persistence": with_last,
        "persistence_model_error": np.where(with_last, error, 0.0),
        "persistence_error": np.where(with_last, lasting_error, 0.0),
        "n_density": np.isfinite(density),
        "density_error": density,
        "n_unknown_treatment": np.isnan(treated(frame)),
        "n_synthetic": frame["synthetic"].to_numpy(bool),
    }


def _add(cell, column, shape) -> np.ndarray:
    """Return sums of `column` by `cell`, NaN counting nothing."""
    return np.bincount(cell, np.nan_to_num(column.astype(float)), int(np.prod(shape))).reshape(shape)
