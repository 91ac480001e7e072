"""How temperature and wetness let a spore or a bacterium in: the generic fungal response and that of canker."""

from typing import Annotated, NamedTuple

import numpy as np

from agro.numeric import equation, exp, maximum, minimum, power, where


class Magarey(NamedTuple):
    """What a fungus needs to infect; `wmin` is at the best temperature."""

    tmin: Annotated[float, "degC"]
    topt: Annotated[float, "degC"]
    tmax: Annotated[float, "degC"]
    wmin: Annotated[float, "h"]
    wmax: Annotated[float, "h"]
    d50: Annotated[float, "h"]


class Penetration(NamedTuple):
    """What canker bacteria need after a splash; `onset` is a mean of five days."""

    tmin: Annotated[float, "degC"]
    topt: Annotated[float, "degC"]
    tmax: Annotated[float, "degC"]
    p: Annotated[float, "1"]
    q: Annotated[float, "1"]
    k: Annotated[float, "h-1"]
    reset: Annotated[float, "h"]
    onset: Annotated[float, "degC"]


@equation
def temperature_response(temperature, tmin, topt, tmax):
    """Return how well a fungus infects at a temperature.

    Parameters
    ----------
    temperature : array_like
        [degC]
    tmin, topt, tmax : float
        Cardinal temperatures. [degC]

    Returns
    -------
    array_like
        1 at `topt`, 0 at and beyond `tmin` and `tmax`. [1]

    References
    ----------
    .. [1] Magarey, Sutton and Thayer (2005). A simple generic infection model for foliar fungal plant pathogens.
       Phytopathology 95:92-100, doi:10.1094/PHYTO-95-0092; after Yan and Hunt (1999).

    Examples
    --------
    >>> round(float(temperature_response(20.0, 10.0, 25.0, 32.0)), 3)
    0.719
    """
    warm = maximum(temperature - tmin, 1e-9) / (topt - tmin)
    hot = maximum(tmax - temperature, 0.0) / (tmax - topt)
    response = hot * power(warm, (topt - tmin) / (tmax - topt))
    return where((temperature <= tmin) | (temperature >= tmax), 0.0, response)


def wet_hours_needed(temperature, response: Magarey):
    """Return how long leaves must be wet for infection.

    Parameters
    ----------
    temperature : array_like
        [degC]
    response : Magarey
        Of the fungus.

    Returns
    -------
    ndarray
        At most `wmax`; infinite at and beyond the cardinal temperatures, NaN where the temperature is unknown. [h]

    References
    ----------
    .. [1] Magarey et al. (2005), eq. 2. Wmin is the wetness for 20 % incidence or 5 % severity at the optimum.
    """
    f = np.asarray(temperature_response(temperature, response.tmin, response.topt, response.tmax), float)
    needed = np.minimum(response.wmin / np.where(f > 0, f, 1.0), response.wmax)
    return np.where(np.isnan(f), np.nan, np.where(f > 0, needed, np.inf))


@equation
def penetration_by_temperature(temperature, tmin, topt, tmax, p, q):
    """Return how well bacteria enter at a temperature, 1 at `topt` [1]; form of Dalla Pria et al. (2006)."""
    t = minimum(maximum(temperature, tmin + 1e-6), tmax - 1e-6)
    best = power(topt - tmin, p) * power(tmax - topt, q)
    response = power(t - tmin, p) * power(tmax - t, q) / best
    return where((temperature <= tmin) | (temperature >= tmax), 0.0, response)


@equation
def penetration(temperature, wetness, tmin, topt, tmax, p, q, k):
    """Return the share of the bacteria that have entered.

    Parameters
    ----------
    temperature : array_like
        [degC]
    wetness : array_like
        Continuous wet hours after the splash. [h]
    tmin, topt, tmax, p, q, k : float
        See `Penetration`.

    Returns
    -------
    array_like
        0 to about 1. [1]

    References
    ----------
    .. [1] Dalla Pria, Christiano, Furtado, Amorim and Bergamin Filho (2006). Plant Pathology 55:657-663,
       doi:10.1111/j.1365-3059.2006.01393.x: the shape; its coefficients were not available.

    Examples
    --------
    >>> round(float(penetration(32.0, 24.0, 12.0, 32.0, 40.0, 1.5, 0.6, 0.15)), 3)
    0.973
    """
    return penetration_by_temperature(temperature, tmin, topt, tmax, p, q) * (1.0 - exp(-k * wetness))
