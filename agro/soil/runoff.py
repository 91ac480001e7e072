"""Rain that runs off a slope: curve numbers for orchards, slopes, terraces and the wetness of the ground."""

from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters
from agro.numeric import equation, maximum, minimum, power, where

FILE = Path(__file__).with_name("runoff.toml")


class SteepGround(NamedTuple):
    """How a steep slope sheds more."""

    from_slope: Annotated[float, "m m-1"]
    addition: Annotated[float, "1"]


class Terrace(NamedTuple):
    """What a bench keeps of the water that would run off."""

    retained: Annotated[float, "1"]


class CurveNumbers(NamedTuple):
    """Of one place, for losses of 0.05 before runoff begins: with a dry and with a wet surface."""

    dry: Annotated[float, "1"]
    wet: Annotated[float, "1"]


def orchard_curve_number(condition="fair", group="C"):
    """Return the curve number of trees with grass for losses of 0.2.

    Parameters
    ----------
    condition : {"good", "fair", "poor"}
        Of the ground cover: more than 75 %, 50 to 75 %, less than 50 %.
    group : {"A", "B", "C", "D"}
        Hydrologic soil group; purple soil on slopes is C.

    References
    ----------
    .. [1] USDA (1986). Urban hydrology for small watersheds, TR-55, table 2-2c, woods-grass combination.
    """
    table = parameters.section(FILE, f"orchard.{condition}")
    if group not in table:
        raise ValueError(f"group is one of {', '.join(table)}; got {group!r}")
    return float(table[group].value)


def steep_ground():
    """Return the SteepGround of `runoff.toml`."""
    return parameters.load(FILE, "steep", SteepGround)


def terrace_retention():
    """Return the share of runoff that a bench with ridge keeps [1]; 0 is right where there is no bench."""
    return parameters.load(FILE, "terrace", Terrace).retained


@equation
def sloping(curve_number, slope, steep):
    """Return the curve number of a slope.

    Parameters
    ----------
    curve_number : array_like
        Of gentle ground. [1]
    slope : array_like
        Tangent of the slope angle. [m m-1]
    steep : SteepGround
        From `steep.from_slope` on, its addition stands in for the published term, which is smaller.

    References
    ----------
    .. [1] Huang et al. (2006). Hydrol. Process. 20:579-589, Loess Plateau, slopes 0.14 to 1.40.

    Examples
    --------
    >>> round(float(sloping(72.0, 0.30, SteepGround(0.466, 5.0))), 3)
    72.814
    """
    tilt = minimum(slope, 1.4)
    published = maximum(1.0, (322.79 + 15.63 * tilt) / (tilt + 323.52)) * curve_number
    return minimum(where(slope >= steep.from_slope, curve_number + steep.addition, published), 99.0)


@equation
def dry_curve_number(curve_number):
    """Return the number of dry ground from that of usual [1]; Hawkins et al. 1985, J. Irrig. Drain. Eng. 111:330."""
    return curve_number / (2.281 - 0.01281 * curve_number)


@equation
def wet_curve_number(curve_number):
    """Return the number of wet ground from that of usual [1]; Hawkins et al. 1985, J. Irrig. Drain. Eng. 111:330."""
    return curve_number / (0.427 + 0.00573 * curve_number)


@equation
def with_small_losses(curve_number):
    """Return the curve number for losses of 0.05 from that of the tables, which is for 0.2.

    References
    ----------
    .. [1] Hawkins et al. (2002): storage of 0.05 = 1.33 times storage of 0.2, in inches, to the power 1.15.
    .. [2] Shi et al. (2009). Catena 77:1-7: 0.048 is the median of six years of events in the Three Gorges.

    Examples
    --------
    >>> round(float(with_small_losses(72.0)), 3)
    61.192
    """
    return 100.0 / (1.879 * power(100.0 / curve_number - 1.0, 1.15) + 1.0)


@equation
def curve_numbers(curve_number, slope, steep):
    """Return the CurveNumbers of a slope from the table's number, made before the days begin."""
    usual = sloping(curve_number, slope, steep)
    return CurveNumbers(with_small_losses(dry_curve_number(usual)), with_small_losses(wet_curve_number(usual)))


@equation
def curve_number_today(numbers, surface_depletion, readily_evaporable, evaporable):
    """Return the curve number for the dryness of the surface.

    Parameters
    ----------
    numbers : CurveNumbers
    surface_depletion : array_like
        Water missing from the layer that evaporates. [mm]
    readily_evaporable, evaporable : array_like
        Water that evaporates unhindered, and in all. [mm]

    References
    ----------
    .. [1] ASCE (2016). Manual 70, eq. 14-16 to 14-20, as in pyfao56: wet up to 0.5 REW, dry from 0.7 REW + 0.3 TEW.
    """
    span = maximum(0.2 * readily_evaporable + 0.3 * evaporable, 0.01)
    dryness = minimum(1.0, maximum(0.0, (surface_depletion - 0.5 * readily_evaporable) / span))
    return numbers.wet + dryness * (numbers.dry - numbers.wet)


@equation
def storage(curve_number):
    """Return the most that the ground can take up in one storm [mm]; SCS (1972), National Engineering Handbook 4."""
    return 25400.0 / curve_number - 254.0


@equation
def runoff(rain, stored, losses):
    """Return the rain that runs off.

    Parameters
    ----------
    rain : array_like
        [mm d-1]
    stored : array_like
        `storage` for the same losses. [mm]
    losses : array_like
        Share of `stored` that is lost before runoff begins. [1]

    Returns
    -------
    array_like
        Never more than `rain`. [mm d-1]

    References
    ----------
    .. [1] SCS (1972). National Engineering Handbook, section 4.

    Examples
    --------
    >>> round(float(runoff(60.0, storage(72.0), 0.2)), 2)
    11.65
    """
    excess = maximum(0.0, rain - losses * stored)
    return excess * excess / maximum(1e-6, excess + stored)
