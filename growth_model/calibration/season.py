"""Seasons against readings: parameters of one plot moved until the engine says what was read there."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from agro.soil.water_balance import layers
from growth_model import engine
from growth_model.calibration import errors
from growth_model.calibration.es_mda import calibrated
from growth_model.calibration.prior import Prior
from growth_model.crop import PARAMETERS
from growth_model.cultivar import Cultivar
from growth_model.orchard import FIELDS
from growth_model.stages import EVENTS


class Read(NamedTuple):
    """How one kind of observation is read off a run: its kind in `observations.toml`, then a value or an event."""

    kind: str
    shown: str | None = None  # of the growing crop
    hanging: str | None = None  # of last year's, while the new one has none
    event: str | None = None


KINDS = {
    "bloom_10": Read("bloom_date", event="61"),
    "bloom_65": Read("bloom_date", event="65"),
    "colour_break": Read("colour_break_date", event="81"),
    "diameter": Read("fruit_diameter", "diameter"),
    "tss": Read("brix", "tss", "hanging_tss"),
    "ta": Read("acid", "ta", "hanging_ta"),
    "yield": Read("yield", "hanging_yield", "yield"),
    "soil_moisture": Read("soil_water", "root_depletion"),
    "leaf_area": Read("leaf_area_index", "leaf_area"),
}
"""The observations that the engine can answer. A yield is that of the crop that hangs, else of the growing one."""
SHOWN = tuple(dict.fromkeys(name for one in KINDS.values() for name in (one.shown, one.hanging) if name))
PICKED_BY = 105  # day of year; what is read of fruit before belongs to last year's crop
ODD = 2.0  # times the spread of readings that contradict each other
MEMBERS = 200  # twice the parameters that move: fewer make intervals too narrow by chance correlations


@dataclass(frozen=True)
class Setting:
    """Where and when a plot's trees grow: all that a run reads but the crop.

    Parameters
    ----------
    weather : ndarray, shape (1, member or 1, day, field)
    place : ndarray, shape (1, field)
    horizon : ndarray, shape (1, 32)
        [degrees]
    practice : ndarray, shape (day, field)
        Of `place.Work`.
    first_day : datetime64[D]
    latitude : float
    """

    weather: np.ndarray
    place: np.ndarray
    horizon: np.ndarray
    practice: np.ndarray
    first_day: np.datetime64
    latitude: float

    def run(self, rows, shown=SHOWN, **more) -> engine.Season:
        """Return the season of crop `rows`, shape (member, parameter)."""
        return engine.run(
            self.weather, self.place, np.asarray(rows)[None], self.first_day, self.latitude, horizons=self.horizon,
            works=self.practice[None], shown=shown, **more,
        )  # fmt: skip


@dataclass(frozen=True)
class Readings:
    """What was read at one plot, in the order of days.

    Parameters
    ----------
    kinds : tuple of str
        Keys of `KINDS`.
    days : ndarray of int, shape (datum,)
        Since the first day of the run.
    values : ndarray, shape (datum,)
        In the unit of the kind; of a date its noon, in days since the first day.
    sds : ndarray, shape (datum,)
        What each may be off by, in the same unit.
    first_day : datetime64[D]
    """

    kinds: tuple[str, ...]
    days: np.ndarray
    values: np.ndarray
    sds: np.ndarray
    first_day: np.datetime64

    @classmethod
    def of(cls, table: pd.DataFrame, first_day, days: int) -> "Readings":
        """Return those rows of a table with kind, date, value, sd (and conflict) that a run of `days` days can answer.

        Readings that contradict each other all count, each with twice its spread.
        """
        first_day = np.datetime64(first_day, "D")
        dated = np.array([KINDS[kind].event is not None if kind in KINDS else False for kind in table["kind"]], bool)
        number = (table["date"].to_numpy("M8[D]") - first_day).astype(int)
        value = np.where(dated, number + 0.5, table["value"].to_numpy(float))
        sd = table["sd"].to_numpy(float)
        if "conflict" in table:
            sd = np.where(table["conflict"].to_numpy(bool), ODD * sd, sd)
        usable = table["kind"].isin(list(KINDS)).to_numpy() & (number >= 0) & (number < days)
        usable &= np.isfinite(value) & (sd > 0)
        order = np.flatnonzero(usable)[np.argsort(number[usable], kind="stable")]
        return cls(tuple(table["kind"].to_numpy()[order]), number[order], value[order], sd[order], first_day)

    def __len__(self) -> int:
        return len(self.kinds)

    def picked(self, rows) -> "Readings":
        """Return some of the readings, by number or mask."""
        kinds = tuple(np.array(self.kinds, object)[rows])
        return Readings(kinds, self.days[rows], self.values[rows], self.sds[rows], self.first_day)

    def years(self) -> np.ndarray:
        """Return the year of bloom of the crop that each reading speaks of, shape (datum,)."""
        dated = np.array([KINDS[kind].event in ("61", "65") for kind in self.kinds], bool)
        at = self.first_day + self.days - np.where(dated, 0, PICKED_BY)
        return at.astype("M8[Y]").astype(int) + 1970


def predicted(run: engine.Season, readings: Readings, place) -> np.ndarray:
    """Return what each member of a run says of each reading, shape (member, datum); NaN where it got not there.

    Parameters
    ----------
    run : Season
        Of one site, with `SHOWN` and from its first day on.
    place : ndarray, shape (1, field)
        Its layers turn the water missing from the root zone into a content.
    """
    out = np.full((run.dates.shape[1], len(readings)), np.nan)
    first = pd.Timestamp(run.first_day)
    season = readings.years() - (first.year + (first.month >= 11))
    for datum, kind in enumerate(readings.kinds):
        how, day = KINDS[kind], readings.days[datum]
        if how.event:
            if 0 <= season[datum] < run.dates.shape[2]:
                out[:, datum] = run.dates[0, :, season[datum], EVENTS.index(how.event)]
            continue
        out[:, datum] = run[how.shown][0, :, day]
        if how.hanging:
            other = run[how.hanging][0, :, day]
            out[:, datum] = np.where(np.isnan(out[:, datum]), other, out[:, datum])
        if kind == "soil_moisture":
            out[:, datum] = water_content(out[:, datum], place)
    return out


def water_content(depletion, place):
    """Return the water in the root zone [m3 m-3] where `depletion` [mm] is missing from it."""
    soil = {name: place[0, FIELDS.index(f"soil.{name}")] for name in ("upper", "middle", "lower")}
    share = sum(soil.values()) / soil["upper"]  # depth in layers of the first one's thickness
    depth = max(share, 1.0) * layers().thickness
    return (place[0, FIELDS.index("rooting")] - depletion) / (1000.0 * depth)


@dataclass(frozen=True)
class Fitted:
    """A plot's parameters before and after its readings.

    Parameters
    ----------
    names : tuple of str
        Parameters that the kinds of reading name.
    fixed : tuple of str
        Those of them that the readings cannot tell from others yet; they keep the prior's spread.
    prior, scores, values : ndarray, shape (member, parameter)
        Values before; normal scores and values after.
    prior_rows, rows : ndarray, shape (member, number of a crop row)
        Crop rows before and after; what no reading tells of varies as the cultivar's prior has it.
    before, after : ndarray, shape (member, datum)
        What the members say of the readings.
    readings : Readings
    """

    names: tuple[str, ...]
    fixed: tuple[str, ...]
    prior: np.ndarray
    scores: np.ndarray
    values: np.ndarray
    prior_rows: np.ndarray
    rows: np.ndarray
    before: np.ndarray
    after: np.ndarray
    readings: Readings


def informed(cultivar: Cultivar, kinds) -> tuple[str, ...]:
    """Return the parameters with bounds that readings of these kinds tell something of, in the order of crop rows."""
    told = {name for kind in kinds for name in errors.kind(KINDS[kind].kind).informs}
    return tuple(name for name in PARAMETERS if name in told and cultivar.parameters[name].low is not None)


def fit(
    setting: Setting, cultivar: Cultivar, readings: Readings, *, members: int = MEMBERS, seed: int = 0, start=None
) -> Fitted:
    """Return a cultivar's parameters moved to the readings of one plot by the ensemble smoother.

    The parameters that the kinds of reading name move by readings of their kind. All others that have bounds follow
    all readings as far as the members show that they hang together: were they held at the prior, a tree that is small
    for another reason would stay too large. Each of them alone is hardly told; only the named ones are reported.

    Parameters
    ----------
    start : dict, optional
        {parameter: (mean, standard deviation) of its score}, from what neighbours showed (`plot_prior`).

    Raises
    ------
    ValueError
        When no reading tells of a parameter.
    """
    names = informed(cultivar, readings.kinds)
    if not names:
        raise ValueError("no reading tells of a parameter")
    prior = Prior.of(cultivar)
    start_at = tuple(np.array([(start or {}).get(name, (0.0, 1.0))[k] for name in prior.names]) for k in (0, 1))
    scores = start_at[0] + start_at[1] * prior.draw(members, seed)

    def simulate(values):
        return predicted(setting.run(prior.rows(cultivar, values)), readings, setting.place)

    before = prior.values(scores)
    own = np.isin(prior.names, names)
    taper = np.ones((len(own), len(readings)))
    taper[own] = errors.taper(names, [KINDS[kind].kind for kind in readings.kinds])
    fixed = held(cultivar, readings)
    dated = np.array([KINDS[kind].event is not None for kind in readings.kinds])
    found = calibrated(
        simulate, prior, readings.values, readings.sds, members=members, fixed=tuple(set(fixed) & set(names)),
        taper=taper, late=np.where(dated, setting.weather.shape[2], np.nan), start=start_at, seed=seed,
    )  # fmt: skip
    return Fitted(
        names, fixed, before[:, own], found.theta[:, own], found.values[:, own], prior.rows(cultivar, before),
        prior.rows(cultivar, found.values), found.predictions[0], found.predictions[-1], readings,
    )  # fmt: skip


def held(cultivar: Cultivar, readings: Readings) -> tuple[str, ...]:
    """Return the parameters that the readings of no crop can tell from others yet."""
    kinds, years = np.array(readings.kinds), readings.years()
    found: set[str] | None = None
    for year in np.unique(years):
        own = years == year
        size = readings.values[own & (kinds == "diameter")]
        share = size[-1] / cultivar.crop.fruit.diameter_final if len(size) else np.nan
        told = {KINDS[kind].kind: len(set(readings.days[own & (kinds == kind)])) for kind in set(kinds[own])}
        day = (readings.first_day + readings.days[own].max()).astype("M8[D]").item()
        fixed = set(errors.fixed_now(day, int(year), float(share), told))
        found = fixed if found is None else found & fixed
    return tuple(sorted(found or ()))
