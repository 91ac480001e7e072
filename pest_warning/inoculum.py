"""How much there is to infect with: dead wood, litter, lesions of the last flush, or nothing where it is absent."""

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np

from agro.numeric import equation, exp, minimum
from pest_warning.organism import Organism


class Constant(NamedTuple):
    """Always about, at an unknown level that stays the same."""

    level: Annotated[float, "1"]


class DeadWood(NamedTuple):
    """Spores from dead twigs, ripe after some heat."""

    wood: Annotated[float, "1"]  # class 0 to 3
    base: Annotated[float, "degC"]
    full: Annotated[float, "degC d"]


class Ascospores(NamedTuple):
    """Spores from leaf litter (by air, by heat) beside a constant share of spores from fruit and twigs (by splash)."""

    base: Annotated[float, "degC"]
    intercept: Annotated[float, "1"]
    slope: Annotated[float, "degC-1 d-1"]
    release_intercept: Annotated[float, "1"]
    release_slope: Annotated[float, "degC-1 d-1"]
    conidia: Annotated[float, "1"]


class Lesions(NamedTuple):
    """What hangs on the last flush and fruit; `level` where nobody looked."""

    level: Annotated[float, "1"]


class Absent(NamedTuple):
    """Nothing unless the plot or a neighbour nearer than `near` is confirmed."""

    near: Annotated[float, "m"]
    level: Annotated[float, "1"]  # of a confirmed plot, until its lesions are rated


FORMS = {"constant": Constant, "dead_wood": DeadWood, "ascospores": Ascospores, "lesions": Lesions, "absent": Absent}


def form_of(organism: Organism) -> Any:
    """Return the numbers of the organism's inoculum, an instance of one of `FORMS`."""
    return organism.parameters("inoculum", FORMS[organism.model["inoculum"]])


@equation
def ripe_pycnidia(heat, full):
    """Return the share of the pycnidia on dead wood that are ripe [1] after `heat` above the base [degC d]."""
    return minimum(heat / full, 1.0)


@equation
def ascospore_onset(heat, intercept, slope):
    """Return the probability that ascospores have begun to fly.

    Parameters
    ----------
    heat : array_like
        Sum above 10 degC since 1 January (1 July in the south). [degC d]
    intercept, slope : float
        -2.725 and 0.004 of model A1. [1], [degC-1 d-1]

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Fourie, Schutte, Serfontein and Swart (2013). Modeling the effect of temperature and wetness on Guignardia
       pseudothecium maturation and ascospore release in citrus orchards. Phytopathology 103:281-292,
       doi:10.1094/PHYTO-07-11-0194.

    Examples
    --------
    >>> round(float(ascospore_onset(772.9, -2.725, 0.004)), 3)
    0.5
    """
    return exp(-exp(-(intercept + slope * heat)))


@equation
def ascospore_onset_moist(heat, moist_heat, rain_heat):
    """Return the onset by model A2 [1]; heat of all, of moist (VPD < 5 hPa) and of rain days; Fourie et al. (2013)."""
    return exp(-exp(-(-3.238 + 0.008 * moist_heat + 0.004 * heat - 0.009 * rain_heat)))


@equation
def ascospore_onset_dry(heat, wet_heat):
    """Return the onset by model A3 [1] (Moyo et al. 2020), a diagnostic only.

    It counts dry-day heat alone and would announce no ascospores in a wet spring such as Chongqing's.
    """
    return exp(-exp(-(-3.131 + 0.007 * heat - 0.007 * wet_heat)))


@equation
def ascospores_released(wet_heat, intercept, slope):
    """Return the share of the season's ascospores released [1].

    `wet_heat` is the sum on wet or moist days since the first discharge [degC d]; Fourie et al. (2013): 4.096, 0.005.
    """
    return exp(-intercept * exp(-slope * wet_heat))


def daily(organism: Organism, tmean, wet, start: int, wood=None, level=None) -> np.ndarray:
    """Return the inoculum of each day, 0 to 1, before what was seen in the plot moves it.

    Parameters
    ----------
    tmean : ndarray, shape (..., day)
        NaN counts as a day without heat. [degC]
    wet : ndarray, shape (..., day)
        Whether the day is wet or moist. [1]
    start : int
        How many days of `tmean` lie before 1 January: nothing ripens in them.
    wood, level : float, optional
        In place of the file's.

    Returns
    -------
    ndarray, shape (..., day)
        [1]
    """
    form = form_of(organism)
    makers: dict[type, Callable] = {Constant: _constant, Lesions: _constant, DeadWood: _dead_wood,
                                    Ascospores: _ascospores, Absent: _absent}  # fmt: skip
    return makers[type(form)](form, np.nan_to_num(np.asarray(tmean, float)), np.asarray(wet, float), start, wood, level)


def _constant(form, tmean, wet, start, wood, level):
    return np.full(tmean.shape, form.level if level is None else level)


def _absent(form, tmean, wet, start, wood, level):
    return np.full(tmean.shape, 0.0 if level is None else level)


def _dead_wood(form, tmean, wet, start, wood, level):
    heat = np.maximum(tmean - form.base, 0.0)
    heat[..., :start] = 0.0
    share = (form.wood if wood is None else wood) / 3.0
    return share * ripe_pycnidia(np.cumsum(heat, axis=-1), form.full)


def _ascospores(form, tmean, wet, start, wood, level):
    heat = np.maximum(tmean - form.base, 0.0)
    heat[..., :start] = 0.0
    onset = ascospore_onset(np.cumsum(heat, axis=-1), form.intercept, form.slope)
    begun = np.where(onset > 0.05, heat * (wet > 0.5), 0.0)
    share = ascospores_released(np.cumsum(begun, axis=-1), form.release_intercept, form.release_slope)
    flying = np.diff(share, axis=-1, prepend=share[..., :1]) * 20.0  # a day with a twentieth of all is a full one
    return np.minimum(form.conidia + (1.0 - form.conidia) * onset * np.clip(flying, 0.0, 1.0), 1.0)
