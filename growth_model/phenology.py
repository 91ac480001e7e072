"""The clock of the buds through a day, put right by a bloom that somebody saw."""

import numpy as np

from agro.numeric import clip, equation, maximum, minimum, where
from growth_model.bloom import bloom_progress, heat, standard_days
from growth_model.induction import drought_hours
from growth_model.state import Buds

WINTER = 305.0  # day of year; buds rest from 1 November and count again from each crop's start in January
NET = 0.995  # bloom progress that buds keep to until the day on which somebody saw them bloom
EARLY = 150.0  # d after a bloom that was seen on which it still sets the clock


@equation
def progress(buds, place, crop, day):
    """Return the bloom progress [1] of the two models together, put right by a bloom that was seen."""
    clock = crop.bloom_clock
    told = bloom_progress(buds.days, crop.bloom.requirement, buds.heat, clock.heat_requirement, clock.heat_weight)
    since = day - np.floor(place.orchard.bloom_seen)
    waiting, over = (since < 0.0) & (since > -EARLY), (since >= 0.0) & (since < EARLY)
    return where(over, maximum(told, 1.0), where(waiting, minimum(told, NET), told))


@equation
def share_above(before, after, threshold):
    """Return the share of a day [1] that a quantity, rising from `before` to `after`, spends above `threshold`.

    What begins on a day begins at its hour: else a rounding error at midnight would move it by a whole day.
    """
    reached = clip((after - threshold) / maximum(after - before, 1e-9), 0.0, 1.0)
    return where(before >= threshold, 1.0, where(after < threshold, 0.0, reached))


@equation
def buds_on(buds, air, hours, potential, place, crop, today):
    """Return the buds one day on, and their progress before and after."""
    start = progress(buds, place, crop, today.number - 1.0)
    counting = where((buds.counting > 0.0) & (today.day_of_year < WINTER), 1.0, 0.0)
    clock = crop.bloom_clock
    days = where(
        today.day_of_year >= crop.bloom.start,
        counting * standard_days(air.tmean, crop.bloom.activation_energy, clock.standard_temperature),
        0.0,
    )
    warm = where(today.day_of_year >= clock.heat_start, counting * heat(air.tmean, clock.heat_base), 0.0)
    after = Buds(buds.days + days, buds.heat + warm, buds.counting, buds.season, buds.chill, buds.stress)
    end = progress(after, place, crop, today.number)
    resting = 1.0 - share_above(start, end, crop.leaves.spring_progress)  # cold after bud burst makes no flowers
    done = (after.days >= crop.bloom.requirement) & (after.heat >= clock.heat_requirement) & (end >= 1.0)
    counts = where(done, 0.0, buds.counting)
    chill = buds.chill + resting * hours.chill
    stress = buds.stress + resting * drought_hours(potential, crop.induction.drought)
    return Buds(after.days, after.heat, counts, buds.season, chill, stress), start, end
