"""A mite population on leaves, day by day: growth by warmth and leaf age; predators, rain, heat and sprays hold it."""

from typing import Annotated, NamedTuple

from agro.numeric import equation, exp, log, maximum, minimum, ramp


class Mite(NamedTuple):
    """What holds a mite population; numbers are mobile stages on a leaf (or in a lens field)."""

    start: Annotated[float, "1"]  # on 1 January, unsprayed
    floor: Annotated[float, "1"]  # always blown in or hidden
    capacity: Annotated[float, "1"]
    young: Annotated[float, "1"]  # factor of growth on young leaves
    old: Annotated[float, "1"]
    young_until: Annotated[float, "d"]
    attack: Annotated[float, "d-1"]  # of one predator on the leaf
    half: Annotated[float, "1"]  # mites at which a predator eats half of what it can
    predators: Annotated[float, "1"]  # on 1 January
    predator_growth: Annotated[float, "d-1"]  # at 25 degC, fed
    predator_loss: Annotated[float, "d-1"]
    predator_floor: Annotated[float, "1"]
    rain_from: Annotated[float, "mm"]  # in 10 days
    rain_full: Annotated[float, "mm"]
    rain_loss: Annotated[float, "1"]  # over 10 days with that much rain
    heat_from: Annotated[float, "degC"]  # of the day's maximum
    heat_loss: Annotated[float, "d-1 K-1"]


class MiteThreshold(NamedTuple):
    """Mites at which something is done."""

    before_bloom: Annotated[float, "1"]
    after_bloom: Annotated[float, "1"]
    autumn: Annotated[float, "1"]
    autumn_from: Annotated[float, "day of year"]


class Mites(NamedTuple):
    """Mites, predators, and mites where sprays work, on a leaf of one evening."""

    mites: float
    predators: float
    sprayed: float


@equation
def loss_by_rain(rain10, rain_from, rain_full, rain_loss):
    """Return how fast rain takes mites off [d-1]: `rain_loss` of them in ten days at `rain_full` mm."""
    return -log(1.0 - rain_loss) / 10.0 * ramp(rain10, rain_from, rain_full)


@equation
def loss_by_heat(tmax, heat_from, heat_loss):
    """Return how fast heat kills mites [d-1]."""
    return heat_loss * maximum(tmax - heat_from, 0.0)


@equation
def loss_to_predators(mites, predators, attack, half):
    """Return how fast predators eat mites [d-1]; a predator is full where mites are many."""
    return attack * predators / (mites + half)


@equation
def grown(mites, predators, up, losses, mite):
    """Return the mites of the next evening; the step is exponential in the net rate, so numbers stay positive."""
    net = up * (1.0 - mites / mite.capacity) - losses - loss_to_predators(mites, predators, mite.attack, mite.half)
    return minimum(maximum(mites * exp(minimum(net, 1.0)), mite.floor), mite.capacity)


@equation
def next_evening(now, growth, young_share, tmean, tmax, rain10, kill, mite):
    """Return mites and predators one day on.

    Parameters
    ----------
    now : Mites
        This evening. [leaf-1]
    growth : float
        r of the day, the mean over its hours. [d-1]
    young_share : float
        Share of the leaves that are young. [1]
    tmean, tmax : float
        Of the day. [degC]
    rain10 : float
        Sum of ten days. [mm]
    kill : float
        Loss rate by what was sprayed. [d-1]
    mite : Mite

    Returns
    -------
    Mites

    Notes
    -----
    Rain, heat and predators are in the field and not in the laboratory: they shift the best temperature from 28 to
    15-20 degC (Hubei field study, VIP 40528748). Predators live as if nothing was sprayed: a logged spray never raises
    the mites here, and the flare-up after broad sprays that kill predators is not computed but said in the advice.
    """
    up = growth * (mite.old + (mite.young - mite.old) * young_share)
    losses = loss_by_rain(rain10, mite.rain_from, mite.rain_full, mite.rain_loss) + loss_by_heat(
        tmax, mite.heat_from, mite.heat_loss
    )
    fed = now.mites / (now.mites + mite.half)
    warmth = minimum(maximum(tmean, 0.0) / 25.0, 1.4)
    predators = now.predators * exp(mite.predator_growth * warmth * fed - mite.predator_loss)
    mites = grown(now.mites, now.predators, up, losses, mite)
    return Mites(
        mites,
        minimum(maximum(predators, mite.predator_floor), 2.0),
        minimum(grown(now.sprayed, now.predators, up, losses + kill, mite), mites),
    )
