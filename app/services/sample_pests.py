"""The hidden truth of the sample county's pests: hidden numbers run through the engines in the county's own weather.

The county's organisms have numbers somewhere between the `low` and `high` of their files, each plot adds its own, and
growth has good and bad weeks that no weather tells. Hours come from all that the stations ever measured, so that a
forecast of a past day, which knows less, can be wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from scipy.signal import lfilter

from agro import parameters
from agro.weather import cells, hour_shapes
from agro.weather.degree_days import briere
from agro.weather.hour_archive import Archive
from app.services import growth_run, preparation
from app.services.pests import trees
from app.services.pests.air import DAILY
from app.services.platform import Platform
from app.services.preparation import Inputs
from growth_model import engine, weather, works
from growth_model.stages import EVENTS
from pest_warning import flush_feeder, host, inoculum, models, organism, population, protection, rates, timing
from pest_warning.flush_feeder import FlushFeeder
from pest_warning.host import Host
from pest_warning.inoculum import DeadWood
from pest_warning.mite import Mite
from pest_warning.population import Weather
from pest_warning.rates import GRID, Points, Root
from pest_warning.site_days import Asked, SiteDays, site_days
from sample_data import SEED, scouting
from sample_data.protection import Sprayed, drawn, worked

MITES, INFECTING = ("red_mite", "yellow_mite", "rust_mite"), ("melanose", "black_spot", "canker")
ON_FRUIT = ("melanose", "black_spot")
REACH = 0.15  # how far towards `low` or `high` of its file a number lies for a score of one
WIDE = 0.7  # the same for what each plot has of its own
SHARED = 0.5  # share of the scores' variance that all plots have in common
LUCK, WEEKS = 0.12, 12.0  # standard deviation of growth that no weather tells, and its memory [d]
WET_AT = 88.5  # %, from which leaves are wet; the platform assumes 90
DRAW = 4  # which draw of the infection organisms' numbers is true; even: wetness by humidity
SHIFT = 3.0  # d, by which a plot's flushes and petal fall stray from the model's
SHOWING = {"melanose": 0.4, "black_spot": 0.01, "canker": 0.5}  # infections that a unit's lesions take
FLY_FROM, MATURE = 59, 21.0  # day from which heat counts for the citrus fly; d from the soil to the orchard
BLOCK = 5  # plots that are run together, each with the numbers of all of them
FLUSHED = 4  # flushes of one kind within the engine's years
HARDENED = 28  # d after its emergence at which a flush is looked at for the last time


@dataclass(frozen=True)
class Season:
    """One year of the scouted plots, each its own site."""

    year: int
    first_day: date
    plots: list[tuple[str, str]]  # farm and name
    cultivar: list[str]
    elevation: np.ndarray
    host: Host
    days: SiteDays
    asked: Asked
    hidden: bool
    known: dict[tuple, np.ndarray] = field(default_factory=dict)  # what sprays do, as far as it was reckoned

    @property
    def length(self) -> int:
        """Days of the calendar."""
        return self.days.days

    def day(self, when: date) -> int:
        """Return the position of a day."""
        return (when - self.first_day).days

    def date(self, day: float) -> date:
        """Return the day at a position."""
        return self.first_day + timedelta(days=round(float(day)))

    def flushes(self, plot: int) -> list[int]:
        """Return the days on which flushes of this year emerged on a plot, in their order."""
        found = self.host.flush[plot, 0]
        return sorted(int(day) for day in found[np.isfinite(found) & (found >= 0)])

    def kill(self, key: str, sprays: dict[int, list[Sprayed]]) -> np.ndarray:
        """Return the loss rate that sprays truly bring, shape (plot, 1, day). [d-1]"""
        return self._of(protection.kill, key, sprays)

    def held_off(self, key: str, sprays: dict[int, list[Sprayed]]) -> np.ndarray:
        """Return the share of the attack that sprays truly hold off, shape (plot, 1, day)."""
        return self._of(protection.protected, key, sprays)

    def _of(self, reckoned, key: str, sprays: dict[int, list[Sprayed]]) -> np.ndarray:
        out = np.zeros((len(self.plots), 1, self.length))
        for plot, some in sprays.items():
            told = tuple(one for one in some if key in one.targets and self.day(one.day) < self.length)
            if told and (reckoned, key, plot, told) not in self.known:
                days = [(self.day(one.day), one.groups, worked(*self.plots[plot], one)) for one in told]
                rain, flush = self.days.rain[:, :, plot].T, self.host.flush[plot]
                if key in ON_FRUIT:
                    flush = flush * np.nan  # what grows on shoots leaves no fruit bare
                self.known[reckoned, key, plot, told] = reckoned(days, rain, flush, self.length)
            if told:
                out[plot] = self.known[reckoned, key, plot, told]
        return out


def seasons(home: Platform, ids: Sequence[str], years: Sequence[int], hidden: bool = True) -> Iterator[Season]:
    """Yield the years of some plots: as they truly were or, without `hidden`, as the files' own numbers have them."""
    wants, archives = _asked(hidden), _archives(home)
    for year in years:
        inputs = preparation.prepare(home, min(date(year, 12, 31), scouting.last_day()), 1, ids)
        yield _season(inputs, date(year, 1, 1), wants, archives, hidden)


def _season(inputs: Inputs, first_day: date, wants: Asked, archives: dict[str, Archive], hidden: bool) -> Season:
    table = inputs.plots_themselves
    grown, moved = _trees(inputs, table, first_day)
    hours, heights = _hours(inputs, first_day, archives)
    cell = table["cell"].to_numpy()
    rise = table["elevation"].to_numpy() - heights[cell]
    tmin, tmax = (grown[None, :, :, k].transpose(2, 0, 1) for k in range(2))
    days = site_days(hours, cell, tmin, tmax, rise, wants, parallel=True, wet_at=WET_AT if hidden else 90.0)
    names = list(zip(inputs.plots["farm_name"], inputs.plots["name"], strict=True))
    shift = np.array([drawn(SEED, "trees", *name, first_day.year).normal(0.0, SHIFT * hidden, 2) for name in names])
    moved = Host(
        moved.flush + np.round(shift[:, [0], None]),
        *(getattr(moved, name) + np.round(shift[:, [1], None]) for name in ("bloom", "petal_fall", "colour", "picked")),
    )
    return Season(
        first_day.year, first_day, names, list(table["cultivar"]), table["elevation"].to_numpy(float), moved, days,
        wants, hidden,
    )  # fmt: skip


def _trees(inputs: Inputs, table: pd.DataFrame, first_day: date) -> tuple[np.ndarray, Host]:
    """Return tmin and tmax at the plots, shape (plot, day, 2), and the dates that pests read."""
    observed = inputs.observed
    start = observed["time"].to_index()[0].to_numpy().astype("M8[D]")
    begin, days = int((np.datetime64(first_day) - start).astype(int)), observed.sizes["time"]
    kinds = zip(table["cultivar"], table["fitted"], strict=True)
    rows = np.stack([inputs.crop_rows.of(*kind) for kind in kinds])
    place = growth_run.place_rows(table.assign(alone=True), observed["elevation"].to_numpy())
    run = engine.run(
        weather.rows(observed), place, rows[:, :1], start, inputs.latitude, window=(0, days), days=days,
        works=works.ordinary(start, days)[None], cell=table["cell"].to_numpy(), horizons=inputs.horizons[-len(table) :],
        shown=trees.SHOWN, parallel=True,
    )  # fmt: skip
    flushes = [_emerged(run.daily[..., trees.SHOWN.index(name)]) for name in trees.FLUSHES]
    dates = [run.dates[..., EVENTS.index(code)] - begin for code in ("60", "69", "81", "89")]
    ends = [trees.SHOWN.index(name) for name in ("tmin", "tmax")]
    return run.daily[:, 0, begin:][..., ends], Host(np.concatenate(flushes, axis=2) - begin, *dates)


def _emerged(age: np.ndarray) -> np.ndarray:
    """Return the days on which a flush came anew, shape (site, member, `FLUSHED`); `age` is NaN while there is none."""
    age = np.nan_to_num(age)
    before = np.concatenate([age[..., :1], age[..., :-1]], axis=-1)
    anew = (age > 0) & ((before <= 0) | (age < before))
    order = np.where(anew, np.arange(age.shape[-1]), np.inf)
    found = np.sort(order, axis=-1)[..., :FLUSHED]
    return np.where(np.isfinite(found), found, np.nan)


def _asked(hidden: bool) -> Asked:
    """Return what the hours are asked for, with the county's hidden numbers or the files' own."""
    numbers = _numbers if hidden else _middle
    infecting = [organism.load(key) for key in INFECTING]
    curves = []
    for key in (*MITES, "leafminer"):
        one = organism.load(key)
        if key == "leafminer":
            lower = numbers(key, "population", FlushFeeder, ()).lower
            curves.append(np.maximum(GRID - lower, 0.0))
        elif one.model["rate"] == "table":
            curves.append(rates.tabulated(GRID, one.parameters("rate", Points).points))
        else:
            curves.append(np.asarray(briere(GRID, *numbers(key, "rate", Root, ())), float))
    return Asked(models.table(infecting, DRAW), (*MITES, "leafminer"), np.array(curves), organism.load("canker"))


@cache
def _numbers(key: str, section: str, cls: type, plot: tuple[str, ...], reach: float = REACH) -> Any:
    """Return the true numbers of a section: the county's, and with a plot what it adds."""
    one = organism.load(key)
    middle, found = one.parameters(section, cls), _entries(key, section)
    names = [name for name in cls._fields if found[name].low is not None]  # type: ignore[attr-defined]
    score = np.sqrt(SHARED) * drawn(SEED, "truth", key, section).standard_normal(len(names))
    if plot:
        score += np.sqrt(1 - SHARED) * drawn(SEED, "truth", key, section, *plot).standard_normal(len(names))
    true = {}
    for name, way in zip(names, np.tanh(reach * score), strict=True):
        entry = found[name]
        true[name] = float(entry.value + way * (entry.high - entry.value if way > 0 else entry.value - entry.low))
    return middle._replace(**true)


@cache
def _entries(key: str, section: str) -> dict[str, Any]:
    return parameters.section(organism.load(key).path, section)


@cache
def _middle(key: str, section: str, cls: type, plot: tuple[str, ...]) -> Any:
    return organism.load(key).parameters(section, cls)


def _archives(home: Platform) -> dict[str, Archive]:
    zone = home.store.region().timezone
    return {one.id: Archive.from_hourly(home.store.weather(one.id, "hourly"), zone) for one in home.store.stations()}


def _hours(inputs: Inputs, first_day: date, archives: dict[str, Archive]) -> tuple[xr.Dataset, np.ndarray]:
    """Return the hours of the cells, each after the archive of its nearest station, and the heights of the cells."""
    observed = inputs.ensemble.observed.sel(time=slice(str(first_day), None))
    days = cells.at_cells(observed[list(DAILY)], inputs.stations, inputs.centres, inputs.lapse)
    ids = list(archives)
    away = np.hypot(*(inputs.centres[n].to_numpy()[:, None] - inputs.stations.loc[ids, n].to_numpy() for n in "xy"))
    made = [
        hour_shapes.shapes(
            days.isel(cell=[k]).drop_vars(("elevation", "distance")), archives[ids[near]], inputs.latitude, SEED + 1
        )
        for k, near in enumerate(away.argmin(axis=1))
    ]
    return xr.concat(made, dim="cell", coords="minimal", compat="override"), days["elevation"].to_numpy()


class Populations:
    """Mites and leafminers of one season: the numbers of every plot, run again whenever somebody has sprayed."""

    def __init__(self, season: Season):
        self.season, self.plots = season, np.arange(len(season.plots))
        self.given = {key: self._given(key) for key in (*MITES, "leafminer")}

    def run(self, key: str, sprays: dict[int, list[Sprayed]], plots: Sequence[int] | None = None) -> np.ndarray:
        """Return mites a leaf (or in a lens field) or the mined share of young leaves, shape (plot, day)."""
        picked = self.plots if plots is None else np.asarray(plots)
        kill, found = self.season.kill(key, sprays if key in MITES else {}), []
        for block in np.array_split(picked, max(len(picked) // BLOCK, 1)):
            days, forms, start = self.given[key]
            given, some = (block, days, kill[block], start[block][:, : len(block)]), [forms[k] for k in block]
            if key in MITES:
                course = population.mites(*given, some)
            else:
                course = population.feeders(*given, some, [flush_feeder.substages(form.cv) for form in some])
            each = np.arange(len(block))
            found.append(course.numbers[each, each, 0].astype(float))  # each plot with its own numbers
        numbers = np.concatenate(found)
        return numbers if key in MITES else _kept_clean(numbers, self.season.held_off(key, sprays)[picked, 0])

    def _given(self, key: str) -> tuple[Weather, list[Any], np.ndarray]:
        season = self.season
        days, names = season.days, [(*plot, season.year) for plot in season.plots]
        cls = Mite if key in MITES else FlushFeeder
        numbers = _numbers if season.hidden else _middle
        forms = [numbers(key, "population", cls, plot) for plot in season.plots]
        rate = days.rates[:, season.asked.rate_names.index(key)] * self._luck(key)
        if key in MITES:
            entry = _entries(key, "population")["start"]
            score = season.hidden * np.array([drawn(SEED, "start", key, *name).standard_normal() for name in names])
            size = np.clip(entry.value * np.exp(0.5 * score), entry.low, entry.high)
            shoots, rain = host.young_share(season.host, season.length), days.rain_of_ten()
            start = np.stack([size, np.array([form.predators for form in forms]), size], axis=-1)
        else:
            middle, rain = forms[0], np.nan_to_num(days.rain)
            shoots = host.tender(season.host, season.length, middle.tender_from, middle.tender_until)
            if season.hidden:
                around = [_numbers(key, "population", cls, (*name[:2], str(name[2])), WIDE).floor for name in names]
                forms = [form._replace(floor=floor) for form, floor in zip(forms, around, strict=True)]
            start = np.zeros((len(names), population.FEEDER_STATE))  # those that come in from around are soon more
        start = np.broadcast_to(start[:, None, None], (len(names), 2 * BLOCK, 1, start.shape[-1])).copy()
        return Weather(rate, days.tmean, days.tmax, rain, shoots.transpose(2, 1, 0)), forms, start

    def _luck(self, key: str) -> np.ndarray:
        """Return the factor of growth of each day, shape (day, 1, plot): good and bad weeks of each plot."""
        season, memory = self.season, np.exp(-1.0 / WEEKS)
        noise = [drawn(SEED, "luck", key, *plot, season.year).standard_normal(season.length) for plot in season.plots]
        slow = lfilter([np.sqrt(1 - memory**2)], [1.0, -memory], np.array(noise), axis=1)
        return np.exp(season.hidden * (LUCK * slow - LUCK**2 / 2)).T[:, None]


def _kept_clean(mined: np.ndarray, held_off: np.ndarray) -> np.ndarray:
    """Return the mined share of each day where sprays keep young mines from growing, shape (plot, day)."""
    laid = -np.log1p(-np.minimum(mined, 0.999))
    gained = np.diff(laid, axis=1, prepend=0.0)
    total = np.cumsum(np.maximum(gained, 0.0) * (1.0 - held_off), axis=1)
    over = gained < -1e-6  # a flush is over, or its leaves are hard
    return 1.0 - np.exp(-(total - np.maximum.accumulate(np.where(over, total, 0.0), axis=1)))


def infections(
    season: Season, key: str, sprays: dict[int, list[Sprayed]], level: np.ndarray | None = None
) -> np.ndarray:
    """Return the true infections of each day, shape (plot, day): of fruit, or for canker of young shoots.

    `level` is the inoculum of an organism that is absent elsewhere, shape (plot,).
    """
    one = organism.load(key)
    row = season.asked.table.of(key)[DRAW * season.hidden]
    organ, since = ("shoots", season.host.flush) if key == "canker" else ("fruit", season.host.petal_fall)
    points = np.asarray(parameters.section(one.path, "host")[organ].value, float)
    age = np.arange(season.length) - since[..., None]
    tissue = np.interp(age, points[:, 0], points[:, 1], left=0.0, right=0.0)
    tissue = np.fmax.reduce(np.where(np.isnan(age), 0.0, tissue), axis=2)[:, 0]
    factor = np.array([host.cultivar_factor(one, kind) for kind in season.cultivar])
    tmean, wet = season.days.tmean[:, 0].T, season.days.wet_hours[:, 0].T >= 6.0
    if level is not None:
        source = np.broadcast_to(level[:, None], tissue.shape)
    elif isinstance(inoculum.form_of(one), DeadWood):
        wood = [_numbers(key, "inoculum", DeadWood, (*plot, str(season.year)), WIDE).wood for plot in season.plots]
        source = inoculum.daily(one, tmean, wet, 0, wood=np.array(wood)[:, None])
    else:
        source = inoculum.daily(one, tmean, wet, 0)
    conducive = np.nan_to_num(season.days.conducive[:, row, 0].T)
    return conducive * tissue * factor[:, None] * source * (1.0 - season.held_off(key, sprays)[:, 0])


def hurt(key: str, dose) -> np.ndarray:
    """Return the share of the units with lesions after a sum of infections [1]."""
    return 1.0 - np.exp(-SHOWING[key] * np.asarray(dose))


def fly(season: Season) -> dict[str, np.ndarray]:
    """Return {event: day of the calendar of each plot} of the citrus fly; NaN where it does not come that year.

    The truth differs from the model where its source leaves something open: the sum of heat begins on 1 March, and
    adults enter orchards once they are mature.
    """
    found, one = {}, organism.load("minax")
    entries = {event.key: event for event in timing.events(one)}
    own = np.array([drawn(SEED, "fly", *plot, season.year).normal(0.0, 1.5) for plot in season.plots])
    up = (season.elevation - 300.0) / 100.0
    first = entries["first_adult"]
    county = np.tanh(drawn(SEED, "truth", "minax", first.key).standard_normal())
    amount = first.amount + 0.5 * county * (first.high - first.low)
    heat = timing.heat_of(first, season.days.tmean[:, 0].T[:, FLY_FROM:])
    found["first_adult"] = timing.day_reached(heat, amount) + FLY_FROM + first.altitude * up + own
    found["orchard_entry"] = found["first_adult"] + MATURE + own
    for key in ("oviposition_peak", "fruit_drop"):
        found[key] = entries[key].amount - 1 + entries[key].altitude * up + own
    return found
