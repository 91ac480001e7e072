"""What was sprayed and still works: it decays with the days, the rain and the tissue that has grown since."""

from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from agro.numeric import equation, exp, minimum

FILE = Path(__file__).with_name("protection.toml")


class Residue(NamedTuple):
    """How well a class of products works on the first day, and how it wears off."""

    efficacy: Annotated[float, "1"]
    days: Annotated[float, "d"]  # e-fold by ageing
    rain: Annotated[float, "mm"]  # e-fold by rain
    covers_growth: Annotated[float, "1"]  # 1 where the product moves into new tissue


@equation
def residual(efficacy, days, rain, new_tissue, per_day=20.0, per_rain=120.0):
    """Return the share of the attack that a spray still holds off.

    Parameters
    ----------
    efficacy : array_like
        On fresh deposit. [1]
    days : array_like
        Since the spray; nothing is protected before it. [d]
    rain : array_like
        Sum since the spray. [mm]
    new_tissue : array_like
        Share of the susceptible tissue that grew since. [1]
    per_day, per_rain : float
        e-folds; judgement. [d], [mm]

    Returns
    -------
    array_like
        [1]

    Examples
    --------
    >>> round(float(residual(0.83, 10.0, 60.0, 0.0)), 3)
    0.305
    """
    return efficacy * exp(-days / per_day) * exp(-rain / per_rain) * (1.0 - minimum(new_tissue, 1.0))


def residue(groups) -> Residue:
    """Return how products of these groups wear off; the best of a mixture, "unknown" where none is known."""
    known = parameters.document(FILE)
    found = [residue_of(group) for group in groups if group in known]
    return max(found, key=lambda one: one.efficacy) if found else residue_of("unknown")


@cache
def residue_of(group: str) -> Residue:
    """Return the numbers of one group."""
    return parameters.load(FILE, group, Residue)


def protected(sprays, rain, flush_starts, days: int, on_shoots: float = 1.0) -> np.ndarray:
    """Return the share of the attack held off on each day by all sprays together.

    Parameters
    ----------
    sprays : sequence of (day, groups, share of the plot)
        Day of the calendar, negative before its first.
    rain : ndarray, shape (member, day)
        NaN counts as a day of 20 mm: what is not known must not protect. [mm]
    flush_starts : ndarray, shape (member, flush)
        Days on which a flush emerged: leaves that grew after a spray are bare.
    on_shoots : float
        Share of what is attacked that sits on shoots; fruit that were sprayed stay so. [1]

    Returns
    -------
    ndarray, shape (member, day)
        0 to 1; what one spray lets through meets the next one. [1]
    """
    day = np.arange(days)
    poured = np.cumsum(np.where(np.isnan(rain), 20.0, rain), axis=1)
    through = np.ones(rain.shape)
    for when, groups, share in sprays:
        made = residue(groups)
        age = day - when
        fell = poured - (poured[:, [when]] if 0 <= when < days else 0.0)
        emerged = np.zeros(rain.shape)
        for k in range(flush_starts.shape[1]):
            since = day - flush_starts[:, k, None]
            emerged = np.fmax(emerged, np.where(flush_starts[:, k, None] > when, np.clip(since / 21.0, 0, 1), 0.0))
        left = residual(
            made.efficacy, np.maximum(age, 0), np.maximum(fell, 0.0),
            (1.0 - made.covers_growth) * on_shoots * emerged, made.days, made.rain,
        )  # fmt: skip
        through *= 1.0 - np.clip(share, 0, 1) * np.where(age >= 0, left, 0.0)
    return 1.0 - through


def kill(sprays, rain, flush_starts, days: int) -> np.ndarray:
    """Return the loss rate of a population by its sprays, shape (member, day). [d-1]

    The day of the spray takes what the product can, its residue a tenth of that on each day after.
    """
    left = protected(sprays, rain, flush_starts, days)
    fresh = np.isin(np.arange(days), [when for when, *_ in sprays])
    return -np.log1p(-np.minimum(left, 0.99)) * np.where(fresh, 1.0, 0.1)
