"""What weather does to fruit and leaves: frost, heat at fruit set, sunburn, winter drop, and thirst at noon."""

from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro.numeric import clip, equation, exp, maximum, ramp, where

TABLE = Path(__file__).with_name("damage.toml")


class Frost(NamedTuple):
    """How much cold fruit and leaves of a group bear; `frost.GROUP` in ``damage.toml``."""

    fruit: Annotated[float, "degC"]  # below which fruit of unhardened trees takes harm
    leaf: Annotated[float, "degC"]
    fruit_hardening: Annotated[float, "degC"]  # by which full hardening lowers it
    leaf_hardening: Annotated[float, "degC"]
    hard: Annotated[float, "degC"]  # mean minimum of 30 days of fully hardened trees
    soft: Annotated[float, "degC"]  # mean minimum of trees not hardened at all
    scale: Annotated[float, "degC h"]  # dose that leaves 1/e


class HeatDrop(NamedTuple):
    """Above which heat young fruit drops; `heat_drop.GROUP` in ``damage.toml``. Ages are physiological days."""

    petal_fall: Annotated[float, "degC"]
    young_fruit: Annotated[float, "degC"]
    petal_fall_end: Annotated[float, "d"]
    young_fruit_start: Annotated[float, "d"]
    fading: Annotated[float, "d"]  # from here fruit sheds less
    firm: Annotated[float, "d"]  # from here heat drops none


class Sunburn(NamedTuple):
    """When sun burns the peel; `sunburn.GROUP` in ``damage.toml``."""

    heating: Annotated[float, "degC m2 W-1"]
    cooling: Annotated[float, "degC s m-1"]
    threshold: Annotated[float, "degC"]


class WinterDrop(NamedTuple):
    """What makes hanging fruit drop or dry out; `winter_drop` in ``damage.toml``."""

    cold: Annotated[float, "degC"]  # night from which cold counts
    coldest: Annotated[float, "degC"]  # night at which it counts fully
    dry: Annotated[float, "1"]  # water stress coefficient below which drought counts
    warm: Annotated[float, "degC"]  # mean of 7 days from which mature fruit ages
    warmest: Annotated[float, "degC"]  # mean at which it ages fully
    cold_weight: Annotated[float, "1"]
    dry_weight: Annotated[float, "1"]
    warm_weight: Annotated[float, "1"]


class WaterPotential(NamedTuple):
    """The stem's water potential at noon; `water_potential` in ``damage.toml``."""

    wet: Annotated[float, "MPa"]  # in wet soil and moist air
    drought: Annotated[float, "MPa"]  # by which dry soil lowers it
    dry_air: Annotated[float, "MPa kPa-1"]


@equation
def frost_threshold(tissue, hardening, mean_minimum, hard, soft):
    """Return the temperature below which a tissue takes harm after the nights of the last 30 days.

    Parameters
    ----------
    tissue : float
        Threshold of a tree that is not hardened. [degC]
    hardening : float
        By how much cool nights lower it. [degC]
    mean_minimum : array_like
        Mean of the last 30 minima. [degC]
    hard, soft : float
        Mean minimum of a fully hardened tree and of one not hardened. [degC]

    Returns
    -------
    array_like
        [degC]

    Notes
    -----
    Growing trees are hurt more [1]_; the amount and its two bounds are judgements.

    References
    ----------
    .. [1] University of Florida IFAS, EDIS HS1275.

    Examples
    --------
    >>> float(frost_threshold(-4.5, 1.5, 5.0, 6.0, 12.0))
    -6.0
    """
    return tissue - hardening * (1.0 - ramp(mean_minimum, hard, soft))


@equation
def frost_dose(temperature, threshold):
    """Return the frost dose [degC h] of one hour at `temperature` [degC] for a tissue of `threshold` [degC]."""
    return maximum(threshold - temperature, 0.0)


@equation
def frost_loss(dose, scale):
    """Return the share lost to a winter's `dose` [degC h]; form and both constants are judgements.

    An hour one degree too cold costs a tenth:

    >>> round(float(frost_loss(1.0, 4.0)), 3)
    0.118
    """
    harm = dose / scale
    return 1.0 - exp(-harm * np.sqrt(harm))  # to the power of 1.5: harm grows faster than the dose at first


@equation
def newly_frozen(before, after, scale):
    """Return the share of what was sound that is lost while the winter's dose [degC h] rises from `before` to `after`.

    >>> first, second = newly_frozen(0.0, 3.0, 4.0), newly_frozen(3.0, 5.0, 4.0)
    >>> abs(1 - (1 - first) * (1 - second) - frost_loss(5.0, 4.0)) < 1e-12
    np.True_
    """
    first, second = before / scale, after / scale
    return 1.0 - exp(first * np.sqrt(first) - second * np.sqrt(second))


@equation
def heat_threshold(age, heat):
    """Return the maximum [degC] above which young fruit of `age` [physiological days after bloom] drops."""
    return heat.petal_fall + (heat.young_fruit - heat.petal_fall) * ramp(
        age, heat.petal_fall_end, heat.young_fruit_start
    )


@equation
def heat_dose(tmax, age, heat):
    """Return the heat-drop dose of one day.

    Parameters
    ----------
    tmax : array_like
        [degC]
    age : array_like
        Physiological days since bloom. [d]
    heat : HeatDrop

    Returns
    -------
    array_like
        [degC d]

    Notes
    -----
    :math:`\\max(0, T_{max} - T_c)`, with 28 degC around petal fall and 31 degC for young fruit of satsuma [1]_. That
    the dose fades once the physiological drop is over is a judgement: midsummer heat does not strip trees.

    References
    ----------
    .. [1] Temperature index of abnormal drop of satsuma, trials of 1988, Zhejiang.
    """
    return maximum(tmax - heat_threshold(age, heat), 0.0) * (1.0 - ramp(age, heat.fading, heat.firm))


@equation
def fruit_surface(temperature, beam, wind, heating, cooling):
    """Return the temperature of sunlit peel.

    Parameters
    ----------
    temperature : array_like
        Of the air. [degC]
    beam : array_like
        Direct sunlight on the fruit. [W m-2]
    wind : array_like
        At fruit height. [m s-1]
    heating, cooling : float
        Per beam [degC m2 W-1] and per wind [degC s m-1].

    Returns
    -------
    array_like
        Never below the air's. [degC]

    Notes
    -----
    Both slopes are judgements.

    Examples
    --------
    >>> round(float(fruit_surface(37.0, 700.0, 1.0, 0.012, 1.0)), 1)
    44.4
    """
    return temperature + maximum(heating * beam - cooling * wind, 0.0)


@equation
def sunburn_hour(temperature, beam, wind, sunburn):
    """Return 1 for an hour whose sun burns the peel, else 0."""
    surface = fruit_surface(temperature, beam, wind, sunburn.heating, sunburn.cooling)
    return where(surface > sunburn.threshold, 1.0, 0.0)


@equation
def winter_drop_hazard(tmin, water_stress, mean_week, mature, drop):
    """Return how much one day threatens hanging fruit with drop or drying out.

    Parameters
    ----------
    tmin : array_like
        [degC]
    water_stress : array_like
        1 without stress, 0 at wilting point. [1]
    mean_week : array_like
        Mean temperature of the last 7 days. [degC]
    mature : array_like
        1 once the fruit is mature, else 0. [1]
    drop : WinterDrop

    Returns
    -------
    array_like
        An index from 0 to 1, not a probability. [1]

    Notes
    -----
    Three causes, each of which leaves a share untouched. The causes are local knowledge, the size is a judgement.
    """
    frost = drop.cold_weight * (1.0 - ramp(tmin, drop.coldest, drop.cold))
    drought = drop.dry_weight * (1.0 - ramp(water_stress, 0.0, drop.dry))
    ageing = drop.warm_weight * mature * ramp(mean_week, drop.warm, drop.warmest)
    return 1.0 - clip(1.0 - frost, 0.0, 1.0) * clip(1.0 - drought, 0.0, 1.0) * clip(1.0 - ageing, 0.0, 1.0)


@equation
def stem_water_potential(water_stress, vapour_deficit, potential):
    """Return the stem's water potential at noon.

    Parameters
    ----------
    water_stress : array_like
        1 without stress, 0 at wilting point. [1]
    vapour_deficit : array_like
        [kPa]
    potential : WaterPotential

    Returns
    -------
    array_like
        A stand-in for a pressure chamber. [MPa]

    Notes
    -----
    The three constants are judgements. Irrigation is due below about -1.3 MPa at fruit set; -1.6 MPa was tolerated
    after the June drop [1]_.

    References
    ----------
    .. [1] Gasque et al. 2010, Span. J. Agric. Res., doi:10.5424/sjar/201008S2-1347.

    Examples
    --------
    >>> class Potential(NamedTuple):
    ...     wet: float = -0.7
    ...     drought: float = 1.6
    ...     dry_air: float = 0.15
    >>> round(float(stem_water_potential(0.8, 2.0, Potential())), 2)
    -1.32
    """
    dryness = 1.0 - clip(water_stress, 0.0, 1.0)
    return potential.wet - potential.drought * dryness - potential.dry_air * vapour_deficit
