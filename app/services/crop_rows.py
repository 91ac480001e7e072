"""The crop parameters of plots: what readings made of them where there is a fit, else the cultivar group's prior."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from app.services import fit_store
from app.services.platform import Platform
from growth_model import cultivar as crops
from growth_model.calibration.prior import Prior
from growth_model.crop import PARAMETERS

SEED = 20260920


@dataclass(frozen=True)
class CropRows:
    """Rows of crop parameters for a number of members; `posterior` holds names and values of each fitted plot."""

    members: int
    posterior: dict[str, tuple[tuple[str, ...], np.ndarray]]

    def fitted(self, plot: str) -> str:
        """Return `plot` where there is a fit of it, else ""."""
        return plot if plot in self.posterior else ""

    def of(self, cultivar: str, plot: str = "") -> np.ndarray:
        """Return the rows of a cultivar group, or of one plot of it, shape (member, parameter)."""
        group = crops.load(cultivar)
        rows = crops.perturbed(group, self.members, SEED)
        if plot not in self.posterior:
            return rows
        names, values = self.posterior[plot]
        found = Prior.of(group, names).rows(group, values[np.arange(self.members) % len(values)])
        moved = [PARAMETERS.index(name) for name in names]
        rows[:, moved] = found[:, moved]
        return rows


def read(home: Platform, on: date | None, members: int, plots: Sequence[str] | None = None) -> CropRows:
    """Return the crop rows of the newest fit not after `on`, of all plots or some; before the first the priors."""
    day = fit_store.newest(home, on)
    posterior: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
    if day is not None:
        table = fit_store.read(home, "posterior", day, plots)
        table = table[table["parameter"].isin(PARAMETERS)]  # a file of another version may name others
        for plot, rows in table.groupby("plot"):
            wide = rows.pivot(index="member", columns="parameter", values="value")
            posterior[str(plot)] = tuple(map(str, wide.columns)), wide.to_numpy(float)
    return CropRows(members, posterior)
