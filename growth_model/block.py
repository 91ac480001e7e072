"""The compiled loop: a block of trees through its days; it knows rows and hours, `day.py` the biology."""

from typing import NamedTuple

import numpy as np
from numba import prange

from agro.numeric import FAST, equation, kernel, where
from growth_model.crop import Crop
from growth_model.day import evening
from growth_model.hours import hour, morning, sunny_hour
from growth_model.lanes import LANES, chosen, names, reader, size, write
from growth_model.place import Air, Place, Weather, Work, air_at
from growth_model.records import Curve, Hours, Morning, Report, Sun, Today
from growth_model.seasons import bloomed, turned
from growth_model.stages import NEVER, BudDates, FruitDates
from growth_model.state import Tree

CANOPY = 3.0  # m2 m-2, leaf area that keeps the sun from warming the air; an orchard in full bearing, judgement
LOW_SUN = 0.01
"""Sine of the height below which the sun gives no light to leaves."""
DIRECTIONS = 32


class Rows(NamedTuple):
    """What lies in a block, in order."""

    tree: Tree
    crop: Crop
    place: Place
    weather: Weather
    tomorrow: Weather
    work: Work
    air: Air
    next_air: Air
    morning: Morning
    hours: Hours
    report: Report
    known: float


ROWS = names(Rows)
ROW = {name: k for k, name in enumerate(ROWS)}
HEIGHT = len(ROWS)


def _first(part):
    """Return the first row of a part of `Rows`."""
    return next(k for k, name in enumerate(ROWS) if name == part or name.startswith(f"{part}."))


TREE, CROP, PLACE, WEATHER, TOMORROW, WORK = map(_first, ("tree", "crop", "place", "weather", "tomorrow", "work"))
AIR, NEXT_AIR, MORNING, HOURS, REPORT, KNOWN = map(_first, ("air", "next_air", "morning", "hours", "report", "known"))
BUD_DATES, GROWING_DATES, HANGING_DATES = map(_first, ("tree.bud_dates", "tree.growing_dates", "tree.hanging_dates"))
BLOOM_DATE, MISSING, WARMTH = ROW["tree.bud_dates.bbch_65"], ROW["tree.missing"], ROW["report.physiological"]
SEASONS = ROW["tree.buds.season"], ROW["tree.growing.season"], ROW["tree.hanging.season"]
BUD_EVENTS, FRUIT_EVENTS = size(BudDates), size(FruitDates)
TREE_SIZE, CROP_SIZE, PLACE_SIZE, WEATHER_SIZE, WORK_SIZE = map(size, (Tree, Crop, Place, Weather, Work))
BUD_SEASON, GROWING_SEASON, HANGING_SEASON = SEASONS

read_tree, read_crop, read_place, read_weather, read_work, read_air, read_morning, read_hours = map(
    reader, (Tree, Crop, Place, Weather, Work, Air, Morning, Hours)
)


@equation
def load_row(block, row, lane, values):
    """Copy numbers into one lane, the first into `row`."""
    for k in range(values.size):
        block[(row + k) * LANES + lane] = values[k]


@equation
def dump(block, lane, dates):
    """Write the dates that one lane knows into `dates`, shape (season, event)."""
    season = int(block[BUD_SEASON * LANES + lane])
    if 0 <= season < dates.shape[0]:
        for k in range(BUD_EVENTS):
            dates[season, k] = block[(BUD_DATES + k) * LANES + lane]
    season = int(block[GROWING_SEASON * LANES + lane])
    if 0 <= season < dates.shape[0]:
        for k in range(FRUIT_EVENTS):
            dates[season, BUD_EVENTS + k] = block[(GROWING_DATES + k) * LANES + lane]
    season = int(block[HANGING_SEASON * LANES + lane])
    if 0 <= season < dates.shape[0]:
        for k in range(FRUIT_EVENTS):
            dates[season, BUD_EVENTS + k] = block[(HANGING_DATES + k) * LANES + lane]


@equation
def show(block, lane, shown, masks, out):
    """Copy the rows `shown` of one lane into `out`; NaN where the row in `masks` (if any, 0 or more) is 0."""
    for k in range(shown.size):
        value = block[shown[k] * LANES + lane]
        if masks[k] >= 0 and block[masks[k] * LANES + lane] == 0.0:
            value = NEVER * value
        out[k] = value


@kernel(fastmath=FAST)
def advance(
    block, horizon, lanes, weather, works, calendar, day_of_year, sun, curve, masks, shown, window, daily, dates
):
    """Run the trees of one block through their days.

    Parameters
    ----------
    block : ndarray, shape (HEIGHT * LANES,)
        Tree, crop and place are set; changed in place.
    horizon : ndarray, shape ((DIRECTIONS + 1) * LANES,)
        Sine of the terrain's height in equal steps clockwise from north, the last as the first.
    lanes : ndarray of int, shape (LANES, 4)
        Cell, weather member, plan of work, and place in the results (-1 fills the block up).
    weather : ndarray, shape (cell, member, day + 1, WEATHER_SIZE)
    works : ndarray, shape (plan, day or 1, WORK_SIZE)
    calendar : ndarray, shape (day + 1, 11)
        `Today`, and 1 where the day is 1 November.
    day_of_year : ndarray of int, shape (day + 1,)
        From 0.
    sun : ndarray, shape (366, 24, 5)
        `Sun`, direction below it and its share towards the next.
    curve : ndarray, shape (366, 4, 24)
        `day_curve.weights`.
    masks, shown : ndarray of int, shape (field,)
        Rows that daily shows.
    window : ndarray of int, shape (2,)
        Days that daily shows, end excluded.
    daily : ndarray, shape (tree, window, field)
    dates : ndarray, shape (tree, season, event)
    """
    days = calendar.shape[0] - 1
    for j in range(LANES):
        load_row(block, TOMORROW, j, weather[lanes[j, 0], lanes[j, 1], 0])
    for j in range(LANES):
        air = air_at(
            read_weather(block, TOMORROW, j), read_place(block, PLACE, j).terrain,
            calendar[0, 2], calendar[0, 3], calendar[0, 4], CANOPY,
        )  # fmt: skip
        write(block, NEXT_AIR, j, air)
    for d in range(days):
        c = calendar[d]
        today = Today(c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9])
        doy = day_of_year[d]
        for j in range(LANES):
            if c[10] > 0:
                if lanes[j, 3] >= 0:
                    dump(block, j, dates[lanes[j, 3]])
                write(block, TREE, j, turned(read_tree(block, TREE, j)))
            for k in range(WEATHER_SIZE):
                block[(WEATHER + k) * LANES + j] = block[(TOMORROW + k) * LANES + j]
            load_row(block, TOMORROW, j, weather[lanes[j, 0], lanes[j, 1], d + 1])
            load_row(block, WORK, j, works[lanes[j, 2], min(d, works.shape[1] - 1)])
        lapse_day, lapse_night, winter = calendar[d + 1, 2], calendar[d + 1, 3], calendar[d + 1, 4]
        for j in range(LANES):
            place = read_place(block, PLACE, j)
            air = read_air(block, NEXT_AIR, j)
            following = air_at(read_weather(block, TOMORROW, j), place.terrain, lapse_day, lapse_night, winter, CANOPY)
            write(block, AIR, j, air)
            write(block, NEXT_AIR, j, following)
            crop = read_crop(block, CROP, j)
            start = morning(
                read_tree(block, TREE, j), read_weather(block, WEATHER, j), air, following.tmin,
                read_work(block, WORK, j), place, crop, today,
            )  # fmt: skip
            write(block, MORNING, j, start)
            zero = air.tmin * 0.0
            write(block, HOURS, j, Hours(zero, zero, zero, zero, zero, zero, zero, zero, zero))
        for h in range(24):
            at = Curve(curve[doy, 0, h], curve[doy, 1, h], curve[doy, 2, h], curve[doy, 3, h])
            light = Sun(sun[doy, h, 0], sun[doy, h, 1], sun[doy, h, 2])
            if light.up > LOW_SUN:
                k, share = int(sun[doy, h, 3]) * LANES, sun[doy, h, 4]
                for j in range(LANES):
                    low, high = horizon[k + j], horizon[k + LANES + j]
                    sums = sunny_hour(
                        read_hours(block, HOURS, j), at, light, low + (high - low) * share,
                        read_morning(block, MORNING, j), read_place(block, PLACE, j), read_crop(block, CROP, j),
                    )  # fmt: skip
                    write(block, HOURS, j, sums)
            else:
                for j in range(LANES):
                    _, sums = hour(
                        read_hours(block, HOURS, j), at, read_morning(block, MORNING, j), read_crop(block, CROP, j)
                    )
                    write(block, HOURS, j, sums)
        for j in range(LANES):
            tree, air = read_tree(block, TREE, j), read_air(block, AIR, j)
            after, report = evening(
                tree, read_hours(block, HOURS, j), air, read_weather(block, WEATHER, j),
                read_morning(block, MORNING, j), read_work(block, WORK, j), read_place(block, PLACE, j),
                read_crop(block, CROP, j), today,
            )  # fmt: skip
            # missing is missing, not cold: on a day without temperatures the tree stands still
            known = not np.isnan(air.tmin + air.tmax + air.tmean)
            write(block, TREE, j, chosen(known, after, tree))
            write(block, REPORT, j, report)
            block[KNOWN * LANES + j] = where(known, 1.0, 0.0)
            block[MISSING * LANES + j] = tree.missing + where(known, 0.0, 1.0)
        for j in range(LANES):
            moment = block[BLOOM_DATE * LANES + j]
            if moment >= c[0] and block[KNOWN * LANES + j] > 0:  # full bloom was on this very day
                if lanes[j, 3] >= 0:
                    dump(block, j, dates[lanes[j, 3]])
                opened = bloomed(
                    read_tree(block, TREE, j), moment, block[WARMTH * LANES + j], read_place(block, PLACE, j),
                    read_crop(block, CROP, j), today,
                )  # fmt: skip
                write(block, TREE, j, opened)
        if window[0] <= d < window[1]:
            for j in range(LANES):
                if lanes[j, 3] >= 0:
                    show(block, j, shown, masks, daily[lanes[j, 3], d - window[0]])
    for j in range(LANES):
        if lanes[j, 3] >= 0:
            dump(block, j, dates[lanes[j, 3]])


_advance = advance.compiled


@equation
def fill(block, horizon, lanes, trees, crops, places, horizons, members):
    """Set tree, crop, place and horizon of each lane."""
    for j in range(LANES):
        tree = max(lanes[j, 3], 0)
        site, member = tree // members, tree % members
        load_row(block, TREE, j, trees[tree])
        load_row(block, CROP, j, crops[min(site, crops.shape[0] - 1), min(member, crops.shape[1] - 1)])
        load_row(block, PLACE, j, places[min(site, places.shape[0] - 1)])
        around = horizons[min(site, horizons.shape[0] - 1)]
        for k in range(DIRECTIONS + 1):
            horizon[k * LANES + j] = around[k % DIRECTIONS]


@equation
def run_block(
    b, lanes, trees, crops, places, horizons, members, weather, works, calendar, day_of_year, suns, curves, tables,
    masks, shown, window, daily, dates,
):  # fmt: skip
    """Run block `b`."""
    block = np.zeros(HEIGHT * LANES, trees.dtype)
    horizon = np.empty((DIRECTIONS + 1) * LANES, trees.dtype)
    fill(block, horizon, lanes[b], trees, crops, places, horizons, members)
    t = tables[b]
    _advance(
        block, horizon, lanes[b], weather, works, calendar[t], day_of_year, suns[t], curves[t], masks, shown, window,
        daily, dates,
    )  # fmt: skip
    for j in range(LANES):
        tree = lanes[b, j, 3]
        if tree >= 0:
            for k in range(TREE_SIZE):
                trees[tree, k] = block[(TREE + k) * LANES + j]


@kernel(fastmath=FAST)
def serial(
    lanes, trees, crops, places, horizons, members, weather, works, calendar, day_of_year, suns, curves, tables,
    masks, shown, window, daily, dates,
):  # fmt: skip
    """Run all blocks on one core."""
    for b in range(lanes.shape[0]):
        run_block(
            b, lanes, trees, crops, places, horizons, members, weather, works, calendar, day_of_year, suns, curves,
            tables, masks, shown, window, daily, dates,
        )  # fmt: skip


@kernel(parallel=True, fastmath=FAST)
def parallel_(
    lanes, trees, crops, places, horizons, members, weather, works, calendar, day_of_year, suns, curves, tables,
    masks, shown, window, daily, dates,
):  # fmt: skip
    """Run all blocks on all cores; one parallel loop a season."""
    for b in prange(lanes.shape[0]):
        run_block(
            b, lanes, trees, crops, places, horizons, members, weather, works, calendar, day_of_year, suns, curves,
            tables, masks, shown, window, daily, dates,
        )  # fmt: skip
