"""The engine: one tree's seasons, run for every site and member; it knows the loop, `tree.py` the biology."""

from dataclasses import dataclass

import numpy as np
from numba import prange

from agro.numeric import kernel
from growth_model import stages
from growth_model.crop import COUNT, PARAMETERS, read_crop
from growth_model.day_curve import sunset_weight, weights
from growth_model.inlined import REASSOCIATED, inlined
from growth_model.maturity import ripeness
from growth_model.stages import EVENTS, last_stage, record
from growth_model.tree import (
    SIZE,
    STATE,
    Air,
    Day,
    Tree,
    bloomed,
    daily_rates,
    integrate,
    progress,
    read_tree,
    remembered,
    turned,
    write_tree,
)

FIRST_BUD_STAGE = PARAMETERS.index("bud_stages.bbch_01")
DRIVERS = ("tmin", "tmax", "tmean", "light")
DAILY = (
    "bud_progress", "bbch_bud", "bbch_fruit", "physiological_days", "diameter", "expansion",
    "tss", "ta", "colour", "hanging_diameter", "hanging_tss", "hanging_ta",
)  # fmt: skip
"""The last axis of `Season.daily`; 1, BBCH, BBCH, d, mm, mm d-1, degBrix, g dL-1, 1, mm, degBrix, g dL-1."""


@dataclass(frozen=True)
class State:
    """Where a run stands: trees, shape (site, member, `STATE`), and dates on the evening before `next_day`."""

    trees: np.ndarray
    dates: np.ndarray  # (site, member, season, event), d since first_day
    first_day: np.datetime64
    next_day: np.datetime64


@dataclass(frozen=True)
class Season:
    """What a run gives.

    Parameters
    ----------
    daily : ndarray, shape (site, member, day, field)
        Fields as in `DAILY`, days from `window_start`; NaN where there is no fruit, or no ripening yet.
    dates : ndarray, shape (site, member, season, event)
        Events as in `EVENTS`, in days since `first_day` (the fraction is the time of day); NaN when not reached.
        Season 0 is the first bloom after `first_day`.
    end : State
        From which a later run goes on.
    first_day, window_start : datetime64[D]
    """

    daily: np.ndarray
    dates: np.ndarray
    end: State
    first_day: np.datetime64
    window_start: np.datetime64


@inlined
def read_day(series, day, number, day_of_year, winter):
    """Return one `Day` of a series, shape (day, driver); a night without a next minimum takes its own."""
    following = series[min(day + 1, series.shape[0] - 1), 0]
    tmin = float(series[day, 0])
    return Day(
        number,
        day_of_year[day],
        winter[day],
        tmin,
        float(series[day, 1]),
        float(series[day, 2]),
        float(series[day, 3]),
        tmin if np.isnan(following) else float(following),
    )


@inlined
def record_buds(dates, day, before, after, crop_row, crop):
    """Write the dates of the bud stages and of the two bloom models that were passed on this day."""
    start, end, season = progress(before, crop), progress(after, crop), int(after.season)
    for k in range(len(stages.BUD_CODES)):
        threshold = crop_row[FIRST_BUD_STAGE + k]
        if end < threshold:
            break
        record(dates, season, k, day, start, end, threshold)
    record(dates, season, stages.BLOOM_DTS, day, before.days, after.days, crop.bloom.requirement)
    record(dates, season, stages.BLOOM_HEAT, day, before.heat, after.heat, crop.bloom_clock.heat_requirement)


@inlined
def record_fruit(dates, day, before, after, crop):
    """Write the dates of the fruit stages that one crop passed on this day."""
    s, season = crop.fruit_stages, int(after.season)
    if before.age < s.bbch_73:
        for k in range(5):  # 67 to 73 count physiological days
            record(dates, season, stages.FIRST_FRUIT + k, day, before.age, after.age, s[k])
    if np.isnan(dates[season, stages.SIZE + 1]):
        final = crop.fruit.diameter_final
        record(dates, season, stages.SIZE, day, before.diameter, after.diameter, s.bbch_74 * final)
        record(dates, season, stages.SIZE + 1, day, before.diameter, after.diameter, s.bbch_79 * final)
    record(dates, season, stages.COLOUR_BREAK, day, before.colour, after.colour, s.bbch_81)
    if np.isnan(before.sugar) or not (np.isnan(dates[season, stages.OVER]) or np.isnan(dates[season, stages.RATIO_12])):
        return
    m = crop.maturity
    ripe_before = ripeness(before.sugar, before.acid, m.ratio_ripe, m.sugar_ripe)
    ripe_after = ripeness(after.sugar, after.acid, m.ratio_ripe, m.sugar_ripe)
    record(dates, season, stages.RIPE, day, ripe_before, ripe_after, 1.0)
    record(dates, season, stages.RATIO_12, day, before.sugar / before.acid, after.sugar / after.acid, 12.0)
    # a picker waits for taste and colour, and no stage comes before the one below it
    picking_before, picking_after = (
        min(ripe_before, before.colour / s.bbch_81),
        min(ripe_after, after.colour / s.bbch_81),
    )
    record(dates, season, stages.PICKING, day, picking_before, picking_after, 1.0)
    full_before, full_after = (
        min(picking_before, before.colour / s.bbch_85),
        min(picking_after, after.colour / s.bbch_85),
    )
    record(dates, season, stages.COLOURED, day, full_before, full_after, 1.0)
    over_before = min(full_before, before.sugar / before.acid / m.ratio_over)
    over_after = min(full_after, after.sugar / after.acid / m.ratio_over)
    record(dates, season, stages.OVER, day, over_before, over_after, 1.0)


@inlined
def show(daily, row, tree, dates, expansion, crop):
    """Write one evening into a row of `daily`, in the order of `DAILY`."""
    season = int(tree.buds.season)
    daily[row, 0] = min(progress(tree.buds, crop), 1.0)
    daily[row, 1] = last_stage(dates, season, 0, stages.BUD_CODES) if season >= 0 else 0
    growing, hanging = tree.growing, tree.hanging
    for k in range(2, len(DAILY)):
        daily[row, k] = np.nan
    if growing.present > 0:
        daily[row, 2] = max(65, last_stage(dates, int(growing.season), stages.FIRST_FRUIT, stages.FRUIT_CODES))
        daily[row, 3], daily[row, 4], daily[row, 5] = growing.age, growing.diameter, expansion
        daily[row, 6], daily[row, 7], daily[row, 8] = growing.sugar, growing.acid, growing.colour
    if hanging.present > 0:
        daily[row, 9], daily[row, 10], daily[row, 11] = hanging.diameter, hanging.sugar, hanging.acid


@inlined
def grow(series, hours, sunset, day_of_year, winter, numbers, crop_row, state_row, dates, daily, window):
    """Run one tree through `numbers[0]` to `numbers[1]` days since the first day; `daily` shows `window` of them."""
    crop, tree = read_crop(crop_row), read_tree(state_row)
    for d in range(numbers[1] - numbers[0]):
        day = read_day(series, d, float(numbers[0] + d), day_of_year, winter)
        tree = turned(tree, day, crop)
        expansion = np.nan
        if np.isnan(day.tmin + day.tmax + day.tmean):  # missing is missing, not cold: the tree stands still
            air = Air(np.nan, tree.air.nights, tree.air.light, tree.air.light_month)
            tree = Tree(tree.buds, tree.growing, tree.hanging, air, tree.missing + 1.0)
        else:
            air = remembered(tree.air, day, sunset[day.day_of_year - 1])
            last_sunset = air.sunset if np.isnan(tree.air.sunset) else tree.air.sunset
            before = Tree(tree.buds, tree.growing, tree.hanging, air, tree.missing)
            rates = daily_rates(before, day, last_sunset, hours, crop)
            tree = integrate(before, rates, day, crop)
            expansion = tree.growing.diameter - before.growing.diameter
            if before.growing.present > 0:
                record_fruit(dates, day.number, before.growing, tree.growing, crop)
            if before.hanging.present > 0:
                record_fruit(dates, day.number, before.hanging, tree.hanging, crop)
            if rates.standard_days + rates.heat > 0:
                season = int(tree.buds.season)
                record_buds(dates, day.number, before.buds, tree.buds, crop_row, crop)
                moment = dates[season, stages.BLOOM]
                if moment >= day.number:  # reached on this very day
                    tree = bloomed(tree, moment, rates, day, crop)
                    expansion = tree.growing.diameter - crop.fruit.diameter_bloom
        if window[0] <= d < window[1]:
            show(daily, d - window[0], tree, dates, expansion, crop)
    write_tree(state_row, tree)


@inlined
def grow_one(i, drivers, hours, sunset, table, day_of_year, winter, numbers, crops, states, dates, daily, window):
    """Run the tree number `i` of all sites and members; an axis of length one serves all."""
    members = states.shape[1]
    site, member = i // members, i % members
    weather = min(member, drivers.shape[1] - 1)
    crop = crops[min(site, crops.shape[0] - 1), min(member, crops.shape[1] - 1)]
    grow(
        drivers[min(site, drivers.shape[0] - 1), weather],
        hours[table[site]],
        sunset[table[site]],
        day_of_year,
        winter,
        numbers,
        crop,
        states[site, member],
        dates[site, member],
        daily[site, member],
        window,
    )


@kernel(fastmath=REASSOCIATED)
def serial(drivers, hours, sunset, table, day_of_year, winter, numbers, crops, states, dates, daily, window):
    """Run all trees on one core."""
    for i in range(states.shape[0] * states.shape[1]):
        grow_one(i, drivers, hours, sunset, table, day_of_year, winter, numbers, crops, states, dates, daily, window)


@kernel(parallel=True, fastmath=REASSOCIATED)
def parallel_(drivers, hours, sunset, table, day_of_year, winter, numbers, crops, states, dates, daily, window):
    """Run all trees on all cores; one parallel loop a season."""
    for i in prange(states.shape[0] * states.shape[1]):
        grow_one(i, drivers, hours, sunset, table, day_of_year, winter, numbers, crops, states, dates, daily, window)


def run(drivers, crops, first_day, latitude, window=None, start=None, days=None, dtype=np.float32, parallel=False):
    """Return the seasons of every site and member.

    Parameters
    ----------
    drivers : ndarray, shape (site, member, day, 4)
        tmin, tmax, tmean [degC], light [1]: the day's radiation on the slope per horizontal area over the seasonal
        normal of flat open ground. The member axis may have length one or be a broadcast. A day without
        temperatures is NaN: the tree stands still and counts it; without light the last light stays.
    crops : ndarray, shape (site, member, parameter)
        Rows of `Cultivar.row` or `perturbed`; site and member may have length one.
    first_day : datetime64 or str
        The local day of `drivers`' first row. Buds count only if the run starts between 1 November and the
        crop's start in January.
    latitude : array_like, shape (site,)
        Degrees north, rounded to a tenth inside.
    window : (int, int), optional
        Rows of `drivers` that `daily` shows, end excluded; all by default.
    start : State, optional
        The end of an earlier run, whose next day is `first_day`; a member axis of one serves all members.
    days : int, optional
        Rows to run, all by default. The evening's curve needs the next day's minimum: stop one row before the end
        and start the next run with that row, and two runs equal one.
    dtype : float32 or float64
        Of the hourly sum, the drivers and the results; a tree's state is float64 in both.
    parallel : bool
        On all cores; only in the worker process and the command line.

    Returns
    -------
    Season

    Raises
    ------
    ValueError
        When shapes or days do not fit.
    """
    drivers, crops = np.asarray(drivers), _plain(crops, np.float64)
    if drivers.ndim != 4 or drivers.shape[3] != len(DRIVERS):
        raise ValueError(f"drivers need shape (site, member, day, {len(DRIVERS)}), got {drivers.shape}")
    if crops.ndim != 3 or crops.shape[2] != COUNT:
        raise ValueError(f"crops need shape (site, member, {COUNT}), got {crops.shape}")
    shapes = [array.shape[:2] for array in (drivers, crops)] + ([start.trees.shape[:2]] if start else [])
    sites, members = np.broadcast_shapes(*shapes)
    drivers = _compact(drivers, dtype)
    first_day = np.datetime64(first_day, "D")
    days = drivers.shape[2] if days is None else days
    if not 0 < days <= drivers.shape[2]:
        raise ValueError(f"days must lie in 1 to {drivers.shape[2]}, got {days}")
    window = (0, days) if window is None else window
    if not 0 <= window[0] <= window[1] <= days:
        raise ValueError(f"window must lie in 0 to {days}, got {window}")
    if start and start.next_day != first_day:
        raise ValueError(f"the earlier run goes on with {start.next_day}, the weather starts on {first_day}")
    start = start or resting(sites, members, crops, first_day)
    calendar = first_day + np.arange(days)
    day_of_year, winter = _calendar(calendar)
    table, hours, sunset = _curves(latitude, sites, dtype)
    trees = np.array(np.broadcast_to(start.trees, (sites, members, SIZE)), order="C")
    dates = _dates(start, sites, members, int(trees[..., STATE.index("buds.season")].max()) + 1 + int(winter.sum()))
    daily = np.empty((sites, members, window[1] - window[0], len(DAILY)), dtype)
    elapsed = int((first_day - start.first_day).astype(int))
    numbers = np.array([elapsed, elapsed + days])
    compiled = parallel_ if parallel else serial
    compiled(drivers, hours, sunset, table, day_of_year, winter, numbers, crops, trees, dates, daily, np.array(window))
    end = State(trees, dates, start.first_day, first_day + days)
    return Season(daily, dates, end, start.first_day, first_day + window[0])


def resting(sites, members, crops, first_day):
    """Return the `State` of trees without fruit; buds count if `first_day` lies between 1 November and their start."""
    row = {name: np.nan if name.startswith("air") else 0.0 for name in STATE}
    for crop in ("growing", "hanging"):
        row |= {f"{crop}.season": -1.0} | {f"{crop}.{name}": np.nan for name in ("bloom", "diameter", "sugar", "acid")}
    trees = np.tile(np.array([row[name] for name in STATE]), (sites, members, 1))
    trees[..., STATE.index("buds.season")] = -1.0
    day_of_year, winter = _calendar(np.array([first_day]))
    started = day_of_year[0] <= crops[..., PARAMETERS.index("bloom.start")]
    counting = (day_of_year[0] >= 306) | started
    if not winter[0]:
        trees[..., STATE.index("buds.counting")] = counting
        trees[..., STATE.index("buds.season")] = counting - 1.0
    return State(trees, np.empty((sites, members, 0, len(EVENTS))), first_day, first_day)


def _calendar(days):
    """Return the days of year, and whether each is 1 November."""
    day_of_year = (days - days.astype("M8[Y]").astype("M8[D]")).astype(np.int64) + 1
    month = days.astype("M8[M]")
    winter = (month.astype(np.int64) % 12 == 10) & (days == month.astype("M8[D]"))
    return day_of_year, winter


def _curves(latitude, sites, dtype):
    """Return each site's place in the tables of the day's curve, and the tables."""
    rounded = np.broadcast_to(np.round(np.asarray(latitude, dtype=float), 1), sites)
    known, table = np.unique(rounded, return_inverse=True)
    hours = np.stack([weights(float(value)) for value in known]).astype(dtype)
    return table.astype(np.int64), hours, np.stack([sunset_weight(float(value)) for value in known])


def _dates(start, sites, members, seasons):
    """Return the dates so far with room for `seasons`."""
    dates = np.full((sites, members, max(seasons, 1), len(EVENTS)), np.nan)
    dates[:, :, : start.dates.shape[2]] = start.dates
    return dates


def _compact(array, dtype):
    """Return a contiguous array of `dtype`; an axis that was broadcast shrinks to one."""
    index = tuple(slice(0, 1) if stride == 0 and axis < 2 else slice(None) for axis, stride in enumerate(array.strides))
    return _plain(array[index], dtype)


def _plain(array, dtype):
    """Return a contiguous, writable array of `dtype`: a kernel is compiled anew for every other kind."""
    return np.require(array, dtype, ["C_CONTIGUOUS", "WRITEABLE"])
