"""What holds a fruit back and what shows in its sugar: carbon, water, the crop around it, autumn rain."""

from typing import Annotated, NamedTuple

from agro.numeric import clip, equation, log, maximum, minimum, power, ramp, where


class FruitLimits(NamedTuple):
    """How carbon and water act on the growth of fruit."""

    source_from: Annotated[float, "d"]
    source_exponent: Annotated[float, "1"]
    water_full: Annotated[float, "1"]
    water_stop: Annotated[float, "1"]
    shrinkage: Annotated[float, "d-1"]
    relief: Annotated[float, "1"]
    recovery: Annotated[float, "1"]
    recovery_days: Annotated[float, "d"]
    recovery_from: Annotated[float, "d"]


class SugarLimits(NamedTuple):
    """How water, crop, size and rain act on the sugar that a fruit can reach."""

    water: Annotated[float, "1"]
    water_highest: Annotated[float, "1"]
    load: Annotated[float, "1"]
    size_exponent: Annotated[float, "1"]
    rain: Annotated[float, "degBrix mm-1"]
    rain_first: Annotated[float, "day of year"]
    rain_last: Annotated[float, "day of year"]


class DrySpell(NamedTuple):
    """What fruit lost while the soil was dry, until ten days after it is moist again."""

    lost: float  # mm, growth that did not come
    expected: float  # mm, growth without want of water
    days: float  # d since relief


@equation
def source_limit(source_sink, age, source_from, exponent):
    """Return what carbon leaves of a fruit's growth.

    Parameters
    ----------
    source_sink : array_like
        Supply over demand, mean of 10 days. [1]
    age : array_like
        Physiological days since full bloom. [d]
    source_from : float
        Age until which the fruit's own sink decides. [d]
    exponent : float
        [1]

    Returns
    -------
    array_like
        0 to 1. [1]

    References
    ----------
    .. [1] Bustan, Goldschmidt, Erner: Murcott fruitlets are limited by their sink for about three months. The power
       is a judgement.

    Examples
    --------
    >>> float(source_limit(0.25, 80.0, 60.0, 0.5)), float(source_limit(0.25, 40.0, 60.0, 0.5))
    (0.5, 1.0)
    """
    return where(age < source_from, 1.0, power(clip(source_sink, 1e-9, 1.0), exponent))


@equation
def water_limit(water, full, stop):
    """Return what water leaves of a fruit's growth [1]: 1 from `full`, 0 to `stop`; soil water stress of 3 days."""
    return ramp(water, stop, full)


@equation
def shrinkage(diameter, water, stop, rate):
    """Return the diameter [mm d-1] that a fruit loses where soil water stress is below `stop`, else 0."""
    return where(water < stop, rate * diameter, 0.0)


@equation
def after_day(spell, potential, grown, water, limits):
    """Return the memory of a dry spell one day on.

    Parameters
    ----------
    spell : DrySpell
        Of the evening before.
    potential, grown : array_like
        Growth of the day without want of water, and as it was. [mm]
    water : array_like
        Soil water stress, mean of 3 days. [1]
    limits : FruitLimits
        Bounds.

    Returns
    -------
    DrySpell
        Loss adds up while fruit lack water, rests between `water_full` and `relief`, and is forgotten when
        `recovery_days` have passed since relief.
    """
    dry = water < limits.water_full
    days = where(dry, 0.0, where(water >= limits.relief, spell.days + 1.0, spell.days))
    over = days >= limits.recovery_days
    lost = where(dry, spell.lost + potential - grown, where(over, 0.0, spell.lost))
    expected = where(dry, spell.expected + potential, where(over, 0.0, spell.expected))
    return DrySpell(lost, expected, where(over, 0.0, days))


@equation
def lost_share(spell):
    """Return the share [1] of its expected growth that a dry spell took."""
    return clip(spell.lost / maximum(spell.expected, 1e-6), 0.0, 1.0)


@equation
def recovery_factor(lost, water, age, limits):
    """Return by how much fruit grow faster in the days after a dry spell.

    Parameters
    ----------
    lost : array_like
        `lost_share` of the evening before. [1]
    water : array_like
        Soil water stress, mean of 3 days. [1]
    age : array_like
        Physiological days since full bloom. [d]
    limits : FruitLimits
        Bounds.

    Returns
    -------
    array_like
        1 to 1 + `recovery`; 1 before the end of the June drop: lost cells do not come back. [1]

    References
    ----------
    .. [1] Gasque, Granero, Turegano, Gonzalez-Altozano 2010. Span. J. Agric. Res. 8(S2): Navelina made good a summer
       deficit when autumn water was ample. The size is a judgement.
    """
    return where((water >= limits.relief) & (age >= limits.recovery_from), 1.0 + limits.recovery * lost, 1.0)


@equation
def light_sugar(light, lowest, highest, exponent):
    """Return the factor [1] on the sugar limit by the light of 30 days over the seasonal normal."""
    return power(clip(light, lowest, highest), exponent)


@equation
def water_sugar(water, gain, highest):
    """Return the factor on the sugar limit by the soil water stress of 45 days.

    Parameters
    ----------
    water : array_like
        1 without stress. [1]
    gain : float
        Rise at full stress. [1]
    highest : float
        Bound of the factor. [1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Drip trial in Sichuan: 15 % deficit in stage III raised sugar by 7.7 to 16 %, 30 % in stage IV by 12.5 to
       20.6 %.

    Examples
    --------
    >>> float(water_sugar(0.8, 0.5, 1.2)), float(water_sugar(0.2, 0.5, 1.2))
    (1.1, 1.2)
    """
    return minimum(1.0 + gain * (1.0 - water), highest)


@equation
def load_sugar(load, diameter, diameter_final, slope, exponent):
    """Return the factor on the sugar limit by crop and size: a light crop and small fruit are sweeter.

    Parameters
    ----------
    load : array_like
        Crop as a share of a full crop. [1]
    diameter, diameter_final : array_like
        The fruit's, and the usual of the group at harvest. [mm]
    slope : float
        Loss for each e-fold of the crop. [1]
    exponent : float
        Of the dilution by size. [1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Late navels of 80 to 85 mm had less sugar than those of 60 to 70 mm at one date (Xi). Both sizes are
       judgements.

    Examples
    --------
    >>> round(float(load_sugar(0.5, 78.0, 78.0, 0.06, 0.25)), 4)
    1.0416
    """
    crop = 1.0 - slope * log(clip(load, 0.05, 20.0))
    return crop * power(diameter_final / maximum(diameter, 1.0), exponent)


@equation
def rain_dilution(rain, normal, rate):
    """Return the sugar [degBrix] that rain above `normal` takes [both mm, so far in September and October].

    >>> round(float(rain_dilution(300.0, 200.0, 0.002)), 3)
    0.2
    """
    return rate * maximum(rain - normal, 0.0)
