"""All that the organisms of some plots are computed from: calendar, trees, days, sprays, counts, neighbours."""

from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from pest_warning.host import Host
from pest_warning.outlook import AHEAD
from pest_warning.site_days import Asked, SiteDays


@dataclass(frozen=True)
class Spray:
    """One treatment as the engines read it; `day` counts from the first day of the calendar and may lie before it."""

    day: int
    groups: tuple[str, ...]
    targets: tuple[str, ...]  # organisms; empty: whatever its groups work on
    share: float = 1.0


@dataclass(frozen=True)
class Setting:
    """Some plots on one day.

    Attributes
    ----------
    first_day : date
        1 January with which the calendar begins.
    now : int
        Day of the calendar that is today, the last observed one.
    plots : ndarray of str, shape (plot,)
    site : ndarray of int, shape (plot,)
        Whose weather each plot has.
    cultivar : ndarray of str, shape (plot,)
    elevation : ndarray, shape (plot,)
        [m]
    host, usual_host : Host
        Of the sites: of each member, and of a usual year (one member).
    past, future, usual : SiteDays
        Days 0 to `now` in one member; the `AHEAD` days after in the forecast's members; days 0 to `now` + `AHEAD` of
        earlier years.
    asked, drawn : Asked
        What the days were asked for; `drawn` with draws of the organisms' numbers.
    future_drawn : SiteDays
        The days ahead for `drawn`, of a few members that lie evenly among all, the first and the last being two.
    sprays : dict
        {position of a plot: its treatments}
    counts : DataFrame
        plot (position), organism, day (of the calendar), method, n, infested, total, days.
    pressure : dict
        {organism: ndarray, shape (plot,)}, what confirmed places around send over, 0 to 1.
    recorded : ndarray of bool, shape (plot,)
        Whether anything at all was written down for the plot this season: "not recorded" is not "not sprayed".
    parallel : bool
        Whether populations run on all cores; in the worker and the command line only.
    """

    first_day: date
    now: int
    plots: np.ndarray
    site: np.ndarray
    cultivar: np.ndarray
    elevation: np.ndarray
    host: Host
    usual_host: Host
    past: SiteDays
    future: SiteDays
    usual: SiteDays
    asked: Asked
    drawn: Asked
    future_drawn: SiteDays
    sprays: dict[int, list[Spray]] = field(default_factory=dict)
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)
    pressure: dict[str, np.ndarray] = field(default_factory=dict)
    recorded: np.ndarray | None = None
    parallel: bool = False

    def some(self, plots: np.ndarray) -> "Setting":
        """Return the setting of some of its plots, by their positions; sites stay."""
        place = {int(plot): k for k, plot in enumerate(plots)}
        counts = self.counts
        if len(counts):
            counts = counts[counts["plot"].isin(list(place))]
            counts = counts.assign(plot=counts["plot"].map(place).astype(int))
        return replace(
            self, plots=self.plots[plots], site=self.site[plots], cultivar=self.cultivar[plots],
            elevation=self.elevation[plots], counts=counts,
            sprays={place[plot]: sprays for plot, sprays in self.sprays.items() if plot in place},
            pressure={key: values[plots] for key, values in self.pressure.items()},
            recorded=None if self.recorded is None else self.recorded[plots],
        )  # fmt: skip

    @property
    def whole(self) -> int:
        """Days of the calendar, past and ahead."""
        return self.now + 1 + AHEAD

    def sprays_against(self, plot: int, organism: str) -> list[tuple[int, tuple[str, ...], float]]:
        """Return (day, groups, share) of what was sprayed on a plot against an organism."""
        found = self.sprays.get(plot, [])
        return [(one.day, one.groups, one.share) for one in found if organism in one.targets]

    def counts_of(self, organism: str) -> pd.DataFrame:
        """Return the counts of one organism up to today, in their order."""
        if not len(self.counts):
            return self.counts
        table = self.counts
        return table[(table["organism"] == organism) & (table["day"] <= self.now)].sort_values("day")
