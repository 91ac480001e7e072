"""The stages of a crop year: their names in order, and the moment one is passed."""

import numpy as np

from growth_model.inlined import inlined

BUD_EVENTS = ("01", "03", "07", "09", "31", "51", "53", "55", "56", "57", "59", "60", "61", "65")
FRUIT_EVENTS = ("67", "69", "71", "72", "73", "74", "79", "81", "83", "85", "89")
EVENTS = (*BUD_EVENTS, "bloom_dts", "bloom_heat", *FRUIT_EVENTS, "ripe", "ratio_12")
"""What has a date: BBCH codes; full bloom of each of the two models alone; ripe to the taste; ratio 12."""

BUD_CODES = tuple(int(code) for code in BUD_EVENTS)
FRUIT_CODES = tuple(int(code) for code in FRUIT_EVENTS)
BLOOM, BLOOM_DTS, BLOOM_HEAT = (EVENTS.index(name) for name in ("65", "bloom_dts", "bloom_heat"))
FIRST_FRUIT, SIZE, COLOUR_BREAK, PICKING, COLOURED, OVER, RIPE, RATIO_12 = (
    EVENTS.index(name) for name in ("67", "74", "81", "83", "85", "89", "ripe", "ratio_12")
)
LAST_MOMENT = 0.999  # a stage that is reached as the day ends belongs to that day


@inlined
def record(dates, season, event, day, before, after, threshold):
    """Write into `dates` when a rising quantity passed `threshold` for the first time.

    Parameters
    ----------
    dates : ndarray, shape (season, event)
        Changed in place; NaN until the event. [d]
    season, event : int
        Places on the axes of `dates`; `event` as in `EVENTS`.
    day : float
        Number of the day, from midnight.
    before, after : float
        The quantity on the evening before and on this one.
    threshold : float
        In their unit.
    """
    if before < threshold and after >= threshold and np.isnan(dates[season, event]):
        dates[season, event] = day + min((threshold - before) / (after - before), LAST_MOMENT)


@inlined
def last_stage(dates, season, first, codes):
    """Return the highest of `codes` whose event has a date in `season`, counted from event `first`; 0 when none has.

    A code never goes back, even where fruit turns green again.
    """
    stage = 0
    for k in range(len(codes)):
        if not np.isnan(dates[season, first + k]):
            stage = max(stage, codes[k])
    return stage
