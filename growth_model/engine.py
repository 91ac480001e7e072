"""The engine's front: labelled places and weather into blocks, compiled days, and what comes out of them."""

from dataclasses import dataclass, field

import numpy as np

from agro.errors import AgroError
from growth_model import block, sky
from growth_model.block import DIRECTIONS, PLACE_SIZE, ROW, WEATHER_SIZE, WORK_SIZE
from growth_model.crop import COUNT
from growth_model.lanes import LANES
from growth_model.stages import BUD_CODES, EVENTS, FIRST_FRUIT, FRUIT_CODES
from growth_model.start import State, resting
from growth_model.state import SIZE, STATE

GROWING, RIPENING, HANGING, KNOWN = (
    ROW[name] for name in ("tree.growing.present", "tree.growing.ripening", "tree.hanging.present", "known")
)
SHOWN = {
    "bud_progress": ("report.bud_progress", KNOWN),
    "physiological_days": ("tree.growing.age", GROWING),
    "diameter": ("tree.growing.diameter", GROWING),
    "expansion": ("report.expansion", GROWING),
    "tss": ("tree.growing.sugar", RIPENING),
    "ta": ("tree.growing.acid", RIPENING),
    "colour": ("tree.growing.colour", GROWING),
    "hanging_diameter": ("tree.hanging.diameter", HANGING),
    "hanging_tss": ("tree.hanging.sugar", HANGING),
    "hanging_ta": ("tree.hanging.acid", HANGING),
    "fruit_number": ("tree.growing.number", GROWING),
    "load": ("report.load", GROWING),
    "fruit_mass": ("report.fruit_mass", GROWING),
    "yield": ("report.crop_yield", GROWING),
    "hanging_number": ("tree.hanging.number", HANGING),
    "hanging_yield": ("report.hanging_yield", HANGING),
    "spoiled": ("tree.growing.spoiled", GROWING),
    "leaf_area": ("report.leaf_area", KNOWN),
    "assimilation": ("report.assimilation", KNOWN),
    "respiration": ("report.respiration", KNOWN),
    "reserve": ("tree.body.reserve", -1),
    "source_sink": ("report.source_sink", KNOWN),
    "water_stress": ("report.water_stress", KNOWN),
    "root_depletion": ("report.depletion", KNOWN),
    "root_available": ("report.available", KNOWN),
    "et0": ("report.et0", KNOWN),
    "evapotranspiration": ("report.evapotranspiration", KNOWN),
    "water_demand": ("report.demand", KNOWN),
    "runoff": ("report.runoff", KNOWN),
    "percolation": ("report.percolation", KNOWN),
    "stem_potential": ("report.stem_potential", KNOWN),
    "vpd": ("report.vapour_deficit", KNOWN),
    "leaf_n": ("report.leaf_nitrogen", KNOWN),
    "leaf_p": ("report.leaf_phosphorus", KNOWN),
    "leaf_k": ("report.leaf_potassium", KNOWN),
    "nitrogen_demand": ("report.nitrogen_demand", KNOWN),
    "nitrogen_uptake": ("report.nitrogen_uptake", KNOWN),
    "phosphorus_uptake": ("report.phosphorus_uptake", KNOWN),
    "potassium_uptake": ("report.potassium_uptake", KNOWN),
    "nitrogen_deficit": ("report.nitrogen_deficit", KNOWN),
    "phosphorus_deficit": ("report.phosphorus_deficit", KNOWN),
    "potassium_deficit": ("report.potassium_deficit", KNOWN),
    "nitrogen_leached": ("report.nitrogen_leached", KNOWN),
    "soil_nitrogen": ("tree.nitrogen.mineral", -1),
    "flush_spring": ("tree.spring.age", ROW["tree.spring.started"]),
    "flush_summer": ("tree.summer.age", ROW["tree.summer.started"]),
    "flush_autumn": ("tree.autumn.age", ROW["tree.autumn.started"]),
    "late_flush": ("report.late_flush", KNOWN),
    "frost_dose_fruit": ("report.frost_fruit", KNOWN),
    "frost_dose_leaf": ("report.frost_leaf", KNOWN),
    "sunburn_hours": ("report.sunburn", KNOWN),
    "heat_drop": ("report.heat_drop", KNOWN),
    "winter_drop": ("report.winter_drop", KNOWN),
    "limit_light": ("report.limit_light", KNOWN),
    "limit_heat": ("report.limit_heat", KNOWN),
    "limit_cold": ("report.limit_cold", KNOWN),
    "limit_water": ("report.limit_water", KNOWN),
    "limit_nitrogen": ("report.limit_nitrogen", KNOWN),
    "limit_phosphorus": ("report.limit_phosphorus", KNOWN),
    "limit_potassium": ("report.limit_potassium", KNOWN),
    "limit_load": ("report.limit_load", GROWING),
    "tmin": ("air.tmin", KNOWN),
    "tmax": ("air.tmax", KNOWN),
    "tmean": ("air.tmean", KNOWN),
    "rain": ("weather.rain", KNOWN),
}
"""Name of a daily value: its row in a block, and the row that is 0 where it means nothing (-1: always meant)."""
DAILY = tuple(SHOWN)
TOLERANCE = {  # of the largest gap: water [mm], the others over all there is
    np.float64: {"water": 1e-6, "carbon": 1e-9, "nitrogen": 1e-9, "phosphorus": 1e-9, "potassium": 1e-9},
    np.float32: {"water": 1e-3, "carbon": 1e-5, "nitrogen": 1e-5, "phosphorus": 1e-5, "potassium": 1e-5},
}
UNITS = {"water": "mm"}


class BalanceError(AgroError):
    """Something came from nothing or went nowhere."""


@dataclass(frozen=True)
class Season:
    """What a run gives.

    Parameters
    ----------
    daily : ndarray, shape (site, member, day, field)
        The fields `names`, days from `window_start`; NaN where there is no fruit, or no ripening yet.
    names : tuple of str
        Of the last axis of `daily`.
    dates : ndarray, shape (site, member, season, event)
        Events as in `EVENTS`, in days since `first_day` (the fraction is the time of day); NaN when not reached.
        Season 0 is the first bloom after `first_day`.
    end : State
        From which a later run goes on.
    first_day, window_start : datetime64[D]
    """

    daily: np.ndarray
    names: tuple[str, ...]
    dates: np.ndarray
    end: State
    first_day: np.datetime64
    window_start: np.datetime64
    stages: dict = field(default_factory=dict, repr=False)

    def __getitem__(self, name):
        """Return one daily value, shape (site, member, day); also "bbch_bud" and "bbch_fruit"."""
        if name in ("bbch_bud", "bbch_fruit"):
            return self._stage(name)
        return self.daily[..., self.names.index(name)]

    def _stage(self, name):
        if name not in self.stages:
            days = self.window_start + np.arange(self.daily.shape[2])
            self.stages[name] = stage_codes(self.dates, self.first_day, days, name == "bbch_fruit")
        return self.stages[name]


def stage_codes(dates, first_day, days, fruit):
    """Return the BBCH code of buds or fruit on each of `days` [datetime64], shape (site, member, day).

    The code of the fruit is that of the newest bloom, 65 at least and NaN before the first; that of the buds is the
    season's that began on the last 1 November, 0 before its first stage.
    """
    codes = np.array(FRUIT_CODES if fruit else BUD_CODES)
    first = FIRST_FRUIT if fruit else 0
    out = np.full((*dates.shape[:2], len(days)), np.nan if fruit else 0.0)
    bloom = dates[..., EVENTS.index("65")]
    number = (days - first_day).astype(int)
    november = first_day.astype("M8[Y]") + np.timedelta64(
        int(first_day.astype("M8[M]").astype(int) % 12 >= 10) - 1, "Y"
    )
    for season in range(dates.shape[2]):
        events = dates[:, :, season, first : first + len(codes)]
        reached = np.where(events[:, :, None] < number[:, None] + 1, codes, 65 if fruit else 0).max(axis=-1)
        if fruit:
            begun = bloom[:, :, season, None] < number + 1
        else:
            year = november + np.timedelta64(season, "Y")
            begun = days >= (year.astype("M8[M]") + np.timedelta64(10, "M")).astype("M8[D]")
        out = np.where(begun, reached, out)
    return out


def run(
    weather, places, crops, first_day, latitude, *, cell=None, works=None, plan=None, horizons=None, window=None,
    start=None, days=None, shown=DAILY, dtype=np.float32, parallel=False, check=True,
):  # fmt: skip
    """Return the seasons of every site and member.

    Parameters
    ----------
    weather : ndarray, shape (cell, member, day, field)
        Fields of `place.Weather`. The member axis may have length one. A day without temperatures is NaN: the tree
        stands still and counts it.
    places : ndarray, shape (site, field)
        Rows of `place.Place`; one row serves all.
    crops : ndarray, shape (site, member, parameter)
        Rows of `Cultivar.row` or `perturbed`; site and member may have length one.
    first_day : datetime64 or str
        The local day of the weather's first row. Buds count only if the run starts between 1 November and the
        crop's start in January.
    latitude : array_like, shape (site,)
        Degrees north, rounded to a tenth inside.
    cell : array_like of int, shape (site,), optional
        The weather cell of each site; by default site k has cell k, or all the only one.
    works : ndarray, shape (plan, day or 1, field), optional
        Fields of `place.Work`; by default nobody does anything.
    plan : array_like of int, shape (site,) or (site, member), optional
        The plan of work of each tree; by default the first.
    horizons : ndarray, shape (site, 32), optional
        Height of the terrain clockwise from north; by default none. [degrees]
    window : (int, int), optional
        Rows of the weather that `daily` shows, end excluded; all by default.
    start : State, optional
        The end of an earlier run, whose next day is `first_day`; a member axis of one serves all members.
    days : int, optional
        Rows to run, all by default. The evening's curve needs the next day's minimum: stop one row before the end
        and start the next run with that row, and two runs equal one.
    shown : sequence of str
        Names in `SHOWN`.
    dtype : float32 or float64
        Of all arithmetic and results.
    parallel : bool
        On all cores; only in the worker process and the command line.
    check : bool
        Whether a broken balance raises.

    Returns
    -------
    Season

    Raises
    ------
    ValueError
        When shapes or days do not fit.
    BalanceError
        When water, carbon or a nutrient does not add up on any day at any site.
    """
    weather = _plain(weather, dtype)
    places, crops = _plain(places, dtype), _plain(crops, dtype)
    _fit("weather", weather, ("cell", "member", "day", WEATHER_SIZE))
    _fit("places", places, ("site", PLACE_SIZE))
    _fit("crops", crops, ("site", "member", COUNT))
    latitude = np.atleast_1d(np.asarray(latitude, float))
    cell = np.arange(weather.shape[0]) if cell is None else np.atleast_1d(np.asarray(cell, int))
    around = 1 if horizons is None else np.shape(horizons)[0]
    sites = max(places.shape[0], crops.shape[0], latitude.size, cell.size, around)
    members = max(weather.shape[1], crops.shape[1])
    plan = np.zeros((1, 1), int) if plan is None else np.asarray(plan, int)
    plan = plan[:, None] if plan.ndim == 1 else plan
    sites, members = max(sites, plan.shape[0]), max(members, plan.shape[1])
    if start is not None:
        sites, members = max(sites, start.trees.shape[0]), max(members, start.trees.shape[1])
    first_day = np.datetime64(first_day, "D")
    days = weather.shape[2] if days is None else days
    if not 0 < days <= weather.shape[2]:
        raise ValueError(f"days must lie in 1 to {weather.shape[2]}, got {days}")
    window = (0, days) if window is None else window
    if not 0 <= window[0] <= window[1] <= days:
        raise ValueError(f"window must lie in 0 to {days}, got {window}")
    if start is not None and start.next_day != first_day:
        raise ValueError(f"the earlier run goes on with {start.next_day}, the weather starts on {first_day}")
    works = np.zeros((1, 1, WORK_SIZE), dtype) if works is None else _plain(works, dtype)
    _fit("works", works, ("plan", "day", WORK_SIZE))
    horizons = np.zeros((1, DIRECTIONS)) if horizons is None else np.sin(np.radians(horizons))
    start = start or resting(sites, members, crops, places, first_day)
    trees = np.array(np.broadcast_to(start.trees, (sites, members, SIZE)), dtype, order="C")
    elapsed = int((first_day - start.first_day).astype(int))
    table, known = _tables(latitude, sites)
    lanes, tables = _lanes(
        table, np.broadcast_to(cell, sites), np.broadcast_to(plan, (sites, members)), weather.shape[1]
    )
    calendar, day_of_year = sky.calendar(first_day, days, elapsed, known)
    winters = int((calendar[0, :days, 10] > 0).sum())
    seasons = int(trees[..., STATE.index("buds.season")].max()) + 1 + winters
    dates = np.full((sites, members, max(seasons, start.dates.shape[2], 1), len(EVENTS)), np.nan, dtype)
    dates[:, :, : start.dates.shape[2]] = start.dates
    if days == weather.shape[2]:  # the last evening has no morrow: its own minimum stands for it
        weather = np.concatenate([weather, np.full_like(weather[:, :, :1], np.nan)], axis=2)
    rows, masks = (np.array([_row(name)[k] for name in shown], np.int64) for k in (0, 1))
    daily = np.empty((sites * members, window[1] - window[0], len(shown)), dtype)
    compiled = block.parallel_ if parallel else block.serial
    compiled(
        lanes, trees.reshape(-1, SIZE), crops, places, _plain(horizons, dtype), members, weather, works,
        calendar.astype(dtype), day_of_year, sky.suns(known).astype(dtype), sky.curves(known).astype(dtype), tables,
        masks, rows, np.array(window), daily, dates.reshape(sites * members, *dates.shape[2:]),
    )  # fmt: skip
    if check:
        _refuse_gaps(trees, start.first_day, np.dtype(dtype).type)
    end = State(trees, dates, start.first_day, first_day + days)
    shape = (sites, members, *daily.shape[1:])
    return Season(daily.reshape(shape), tuple(shown), dates, end, start.first_day, first_day + window[0])


def _row(name):
    """Return the row of a shown value and of its mask; any row of a block may be shown by its own name."""
    if name in SHOWN:
        row, mask = SHOWN[name]
        return ROW[row], mask
    if name in ROW:
        return ROW[name], -1
    raise ValueError(f"nothing called '{name}' can be shown; known: {', '.join(SHOWN)}, and the rows of a block")


def _refuse_gaps(trees, first_day, dtype):
    """Raise `BalanceError` where a balance is open, with site, day and amount."""
    for name, most in TOLERANCE[dtype].items():
        gap = np.abs(trees[..., STATE.index(f"audit.{name}")])
        if not (gap <= most).all():
            site, member = np.unravel_index(int(np.nanargmax(np.where(np.isnan(gap), np.inf, gap))), gap.shape)
            number = trees[site, member, STATE.index(f"audit.{name}_day")]
            day = first_day + int(number) if np.isfinite(number) else "an unknown day"
            amount = f"{gap[site, member]:.3g} {UNITS.get(name, 'of all there is')}"
            raise BalanceError(
                f"{name} does not add up at site {site}, member {member}, on {day}: {amount} (at most {most:g})",
                zh=f"{name} 收支不平衡：位置 {site}，成员 {member}，{day}：{amount}（上限 {most:g}）",
            )


def _fit(name, array, wanted):
    """Raise `ValueError` unless `array` has as many axes as `wanted` and the last one's length."""
    if array.ndim != len(wanted) or array.shape[-1] != wanted[-1]:
        raise ValueError(f"{name} need shape ({', '.join(map(str, wanted))}), got {array.shape}")


def _tables(latitude, sites):
    """Return each site's place among the latitudes (in tenths), and these."""
    rounded = np.broadcast_to(np.round(latitude, 1), sites)
    known, table = np.unique(rounded, return_inverse=True)
    return table.astype(np.int64), known


def _lanes(table, cell, plan, weather_members):
    """Return cell, weather member, plan and result of each lane, shape (block, LANES, 4), and each block's latitude."""
    members = plan.shape[1]
    blocks, tables = [], []
    for latitude in range(int(table.max()) + 1):
        some = np.flatnonzero(table == latitude)
        tree = (some[:, None] * members + np.arange(members)).ravel()
        site, member = tree // members, tree % members
        rows = np.stack([cell[site], np.minimum(member, weather_members - 1), plan[site, member], tree], axis=1)
        spare = -len(rows) % LANES
        fill = np.tile(rows[-1], (spare, 1))
        fill[:, 3] = -1
        blocks.append(np.concatenate([rows, fill]).reshape(-1, LANES, 4))
        tables += [latitude] * len(blocks[-1])
    return np.concatenate(blocks).astype(np.int64), np.array(tables, np.int64)


def _plain(array, dtype):
    """Return a contiguous, writable array of `dtype`: a kernel is compiled anew for every other kind."""
    return np.require(array, dtype, ["C_CONTIGUOUS", "WRITEABLE"])
