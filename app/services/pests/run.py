"""All organisms for all plots on one day: sites in chunks through the engines, plots read from their site."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from agro.farm import ASSUMED_DEFAULTS
from agro.terrain.sites import Sites, stand_ins
from app.services.pests import air as hours_of
from app.services.pests import records, standing, trees
from app.services.platform import Platform
from app.services.preparation import Inputs
from pest_warning import organism, outlook, warning
from pest_warning.host import Host
from pest_warning.organism import Organism
from pest_warning.setting import Setting
from pest_warning.site_days import Asked, SiteDays, asked, site_days

CHUNK = 64  # sites at a time: with 50 members and 25 earlier years some 200 MB
DRAWS, FEW = 10, 4  # draws of the infection organisms' numbers, on this many members
GROUPS = ["cell", "cultivar", "age", "spacing", "depth", "fitted"]


@dataclass(frozen=True)
class Warned:
    """What a run says of pests: the table of `outlook.COLUMNS`, and each organism's course of the days by plot."""

    table: pd.DataFrame
    courses: dict[str, dict[str, np.ndarray]]
    first_day: date
    now: int
    plots: np.ndarray
    own_hours: int


def calendar(on: date) -> date:
    """Return the 1 January with which the pests' calendar of a day begins: last year's until March."""
    return date(on.year - (on.month < 3), 1, 1)


def warn(
    home: Platform,
    inputs: Inputs,
    organisms: tuple[Organism, ...] | None = None,
    progress: Callable[..., None] = lambda done, total, note="": None,
    keep_courses: bool = False,
    parallel: bool = True,
) -> Warned:
    """Return the outlook of all plots of `inputs`.

    Parameters
    ----------
    inputs : Inputs
        From `preparation.prepare`.
    organisms : tuple of Organism, optional
        All of the catalogue by default.
    keep_courses : bool
        Whether the days are kept too, as pages of single plots want them.
    parallel : bool
        On all cores: in the worker and the command line only, pages pass False.
    """
    organisms = organism.catalogue() if organisms is None else organisms
    first_day = calendar(inputs.on)
    sites = stand_ins(inputs.plots_themselves, GROUPS, carried=["slope", "aspect"])
    grown = trees.of_sites(inputs, sites, first_day, outlook.AHEAD, parallel)
    air = hours_of.of_cells(home, inputs, first_day, outlook.AHEAD)
    written = records.of_plots(home, inputs.plots, first_day, inputs.on)
    tables: list[pd.DataFrame] = []
    courses: dict[str, dict[str, np.ndarray]] = {}
    leaning = heaviest(sites, len(inputs.plots))
    for done, some in chunks(sites):
        setting = setting_of(inputs, sites, grown, air, written, leaning, some, organisms, first_day, parallel)
        if len(setting.plots):
            table, found = warning.outlooks(setting, organisms)
            tables.append(table)
            if keep_courses:
                courses = {key: _appended(courses.get(key), course) for key, course in found.items()}
        progress(done, len(sites.table), "病虫预警 pests and diseases")
    plots = np.concatenate([inputs.plots["id"].to_numpy()[np.isin(leaning, some)] for _, some in chunks(sites)])
    now = (inputs.on - first_day).days
    return Warned(pd.concat(tables, ignore_index=True), courses, first_day, now, plots, air.own_hours)


def stated(home: Platform, on: date, table: pd.DataFrame) -> pd.DataFrame:
    """Return the table as it is issued: with probabilities where an organism is calibrated, demoted where it lost."""
    return standing.applied(home, on, table)


def _appended(known, course):
    return course if known is None else {name: np.concatenate([known[name], course[name]]) for name in course}


def chunks(sites: Sites) -> Iterator[tuple[int, np.ndarray]]:
    """Yield how many sites are done after a chunk, and which are in it."""
    count = len(sites.table)
    for first in range(0, count, CHUNK):
        last = min(first + CHUNK, count)
        yield last, np.arange(first, last)


def heaviest(sites: Sites, plots: int) -> np.ndarray:
    """Return the site that each plot leans on most: what was sprayed and seen is its own, the weather its site's."""
    table = sites.weights.sort_values("weight")
    lean = np.full(plots, -1)
    lean[table["place"].to_numpy()] = table["site"].to_numpy()
    return lean


def setting_of(
    inputs: Inputs, sites: Sites, grown: trees.Trees, air: hours_of.Air, written: records.Records,
    leaning: np.ndarray, some: np.ndarray, organisms: tuple[Organism, ...], first_day: date, parallel: bool,
) -> Setting:  # fmt: skip
    """Return what the engines read of the plots that lean on `some` sites."""
    plots = np.flatnonzero(np.isin(leaning, some))
    table = sites.table.iloc[some]
    wants, drawn = asked(list(organisms)), asked(list(organisms), DRAWS)
    local = {int(plot): k for k, plot in enumerate(plots)}
    counts = written.counts[written.counts["plot"].isin(local)]
    cultivar = inputs.plots["cultivar"].fillna(ASSUMED_DEFAULTS["cultivar"]).to_numpy()[plots]
    members = grown.future.shape[2]
    few = np.linspace(0, members - 1, min(FEW, members)).astype(int)
    part = Part(inputs, table, air, parallel)
    return Setting(
        parallel=parallel,
        first_day=first_day, now=(inputs.on - first_day).days, plots=inputs.plots["id"].to_numpy()[plots],
        site=leaning[plots] - some[0], cultivar=cultivar,
        elevation=inputs.plots_themselves["elevation"].to_numpy(float)[plots],
        host=_at(grown.host, some), usual_host=_at(grown.usual_host, some),
        past=part.days("past", grown.past[..., some], wants),
        future=part.days("future", grown.future[..., some], wants),
        usual=part.days("usual", _usual_air(grown, some, part, air), wants),
        asked=wants, drawn=drawn,
        future_drawn=part.days("future", grown.future[:, :, few][..., some], drawn, few),
        sprays={local[plot]: sprays for plot, sprays in written.sprays.items() if plot in local},
        counts=counts.assign(plot=counts["plot"].map(local).astype(int)),
        pressure={key: values[plots] for key, values in written.pressure.items()}, recorded=written.recorded[plots],
    )  # fmt: skip


def _at(host: Host, some: np.ndarray) -> Host:
    return Host(*(getattr(host, name)[some] for name in Host.__dataclass_fields__))


class Part:
    """The sites of a chunk in one part of the weather."""

    def __init__(self, inputs: Inputs, table: pd.DataFrame, air: hours_of.Air, parallel: bool):
        self.cell = table["cell"].to_numpy()
        self.rise = table["elevation"].to_numpy() - air.past.days["elevation"].to_numpy()[self.cell]
        self.air, self.parallel = air, parallel

    def days(self, part: str, temperatures: np.ndarray, wants: Asked, members: np.ndarray | None = None) -> SiteDays:
        """Return the days of the sites; `temperatures` are tmin and tmax, shape (day, 2, member, site)."""
        hours = getattr(self.air, part).hours
        if members is not None:
            hours = hours.isel(member=members)
        return site_days(
            hours, self.cell, temperatures[:, 0], temperatures[:, 1], self.rise, wants, parallel=self.parallel,
            wet_at=self.air.wet_at[self.cell],
        )  # fmt: skip

    def daily(self, part: str, name: str) -> np.ndarray:
        """Return a daily value at the sites' cells, shape (day, member, site)."""
        days = getattr(self.air, part).days[name]
        if "member" not in days.dims:
            days = days.expand_dims(member=1, axis=1)
        return days.transpose("time", "member", "cell").to_numpy()[..., self.cell]


def _usual_air(grown: trees.Trees, some: np.ndarray, part: Part, air: hours_of.Air) -> np.ndarray:
    """Return tmin and tmax of earlier years at the sites: the cell's, and what this run's sites differ by on the day.

    How much colder or warmer a slope is than its cell hangs on the sky of the day; earlier years take the mean of the
    run's own days of that season.
    """
    found = []
    for k, name in enumerate(("tmin", "tmax")):
        mine = np.concatenate([grown.past[:, k][..., some].mean(axis=1), grown.future[:, k][..., some].mean(axis=1)])
        cell = np.concatenate([part.daily("past", name).mean(axis=1), part.daily("future", name).mean(axis=1)])
        off = pd.DataFrame(mine - cell).rolling(15, center=True, min_periods=1).mean().to_numpy()
        found.append(part.daily("usual", name) + off[:, None])
    return np.stack(found, axis=1)
