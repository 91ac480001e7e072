"""The levels of the coming weeks: the same organisms, engines and bounds as of the horizons, week by week.

A week of an infection organism is a class against the same week of other years; no day of it is named.
"""

import numpy as np

from agro import parameters
from pest_warning import arrival, dates, densities, host, infection, outlook
from pest_warning.organism import Organism
from pest_warning.setting import Setting

DAYS = 7
WEEKS = 5


def levels(organism: Organism, setting: Setting, weeks: int = WEEKS) -> np.ndarray:
    """Return the level of each plot in each of the coming weeks.

    Parameters
    ----------
    weeks : int
        From tomorrow on.

    Returns
    -------
    ndarray of int, shape (plot, week)
        Codes of IPM Decisions, see `outlook`.
    """
    if organism.engine == "infection":
        found = _of_infection(organism, setting, weeks)
    elif organism.engine == "timing":
        found = _of_dates(organism, setting, weeks)
    elif organism.model["family"] == "arrival":
        found = _of_arrival(organism, setting, weeks)
    else:
        found = _of_population(organism, setting, weeks)
    return np.stack(found, axis=1).astype(int)


def _of_infection(organism: Organism, setting: Setting, weeks: int) -> list[np.ndarray]:
    row = setting.asked.table.of(organism.key)[0]
    future, usual = (infection.factors_of(organism, setting, part, row) for part in ("future", "usual"))
    found = []
    for week in range(weeks):
        first = week * DAYS
        coming = future.window(first, first + DAYS)
        others = usual.window(setting.now + 1 + first, setting.now + 1 + first + DAYS)
        middle = outlook.quantiles(outlook.sums(coming.hazard), (0.5,))[0]
        place = outlook.percentile(middle, outlook.sums(others.hazard))
        unknown = outlook.too_much_missing(coming.conducive).any(axis=1)
        in_season = np.nan_to_num(coming.tissue).max(axis=(1, 2)) > 0.02
        found.append(outlook.level_by_percentile(organism, middle, place, in_season, unknown))
    return found


def _of_population(organism: Organism, setting: Setting, weeks: int) -> list[np.ndarray]:
    family = densities.Family.of(organism)
    row, first = setting.asked.rate_names.index(organism.key), setting.now + 1
    past = densities.past_of(family, setting, row)
    ahead = family.weather(setting.future, setting.host, first, row, setting.past.rain)
    numbers = family.run(setting.site, ahead, densities.kill_of(family, setting, "future"), past.end).numbers
    bound = family.threshold(setting)[setting.site][:, first:]
    tender = None
    if not family.mites:
        form = family.forms[0]
        tender = host.tender(setting.host, setting.whole, form.tender_from, form.tender_until)[setting.site]
    found = []
    for week in range(weeks):
        days = slice(week * DAYS, (week + 1) * DAYS)
        some = numbers[..., days]
        share = (some > bound[:, None, None, days]).any(axis=-1).mean(axis=(1, 2))
        unknown = outlook.too_much_missing(some[:, 0]).any(axis=1)
        in_season = True
        if tender is not None:
            mine = tender[..., first + week * DAYS : first + (week + 1) * DAYS]
            in_season = (mine.max(axis=-1) > 0.05).mean(axis=1) > 0.1
        found.append(outlook.level_by_share(share, unknown, in_season))
    return found


def _of_dates(organism: Organism, setting: Setting, weeks: int) -> list[np.ndarray]:
    made = dates.dated(organism, setting)
    unknown = np.isnan(setting.past.tmean).mean(axis=(0, 1))[setting.site] > 0.2
    gate, found = outlook.gate_of_share(), []
    for week in range(weeks):
        first = setting.now + 1.0 + week * DAYS
        level = np.full(len(setting.site), outlook.NOTHING)
        for one in made:
            days = one.days.reshape(len(one.days), -1)
            meets = (days - one.event.lead < first + DAYS) & (days + one.event.lasts >= first)  # False where not known
            share = meets.mean(axis=1)
            ahead = (days + one.event.lasts >= first).any(axis=1)
            this = np.where(share >= gate.high, outlook.HIGH, np.where(share >= gate.medium, outlook.MEDIUM, 0))
            level = np.maximum(level, np.where((this == 0) & ahead, outlook.LOW, this))
        found.append(np.where(unknown, outlook.CANNOT, level))
    return found


def _of_arrival(organism: Organism, setting: Setting, weeks: int) -> list[np.ndarray]:
    about = organism.parameters("arrival", arrival.Arrival)
    row = setting.asked.rate_names.index(organism.key)
    pressure = np.maximum(setting.pressure.get(organism.key, np.zeros(len(setting.site))), about.background)
    best = setting.asked.rate_tables[row].max()
    welcome = arrival.welcome_of(setting.future, setting.host, setting.now + 1, row, best)[setting.site]
    gate = parameters.load(outlook.FILE, "gate", outlook.Gate)
    near = (pressure > about.background * 1.5) & (pressure >= gate.high)
    found = []
    for week in range(weeks):
        days = welcome[..., week * DAYS : (week + 1) * DAYS]
        middle = outlook.quantiles(days.sum(axis=-1), (0.5,))[0]
        level = np.where(middle >= 1.0, np.where(near, outlook.HIGH, outlook.MEDIUM), outlook.LOW)
        level = np.where(np.nan_to_num(days).max(axis=(1, 2)) <= 0, outlook.NOTHING, level)
        found.append(np.where(outlook.too_much_missing(days).any(axis=1), outlook.CANNOT, level))
    return found
