"""Vapour pressure, its deficit, the dew point, and hourly humidity from a day's mean."""

from agro.numeric import equation, exp, log, maximum, minimum


@equation
def saturation_vapour_pressure(temperature):
    """Return the vapour pressure of saturated air over water [kPa]; FAO-56 eq. 11."""
    return 0.6108 * exp(17.27 * temperature / (temperature + 237.3))


@equation
def mean_saturation_vapour_pressure(tmin, tmax):
    """Return a day's mean saturation vapour pressure [kPa]; FAO-56 eq. 12."""
    return (saturation_vapour_pressure(tmax) + saturation_vapour_pressure(tmin)) / 2.0


@equation
def slope_of_saturation(temperature):
    """Return the slope of the saturation curve [kPa K-1]; FAO-56 eq. 13."""
    scale = temperature + 237.3
    return 4098.0 * saturation_vapour_pressure(temperature) / (scale * scale)


@equation
def vapour_pressure(temperature, rh):
    """Return the vapour pressure [kPa] of air of relative humidity `rh` [%], which counts 100 where above."""
    return saturation_vapour_pressure(temperature) * minimum(rh, 100.0) / 100.0


@equation
def vapour_pressure_from_extremes(tmin, tmax, rh_min, rh_max):
    """Return a day's vapour pressure [kPa] from the extremes of humidity [%]; FAO-56 eq. 17."""
    return (vapour_pressure(tmin, rh_max) + vapour_pressure(tmax, rh_min)) / 2.0


@equation
def vapour_pressure_from_mean(tmin, tmax, rh):
    """Return a day's vapour pressure [kPa] from its mean relative humidity [%]; FAO-56 eq. 19."""
    return mean_saturation_vapour_pressure(tmin, tmax) * minimum(rh, 100.0) / 100.0


@equation
def vapour_pressure_deficit(temperature, rh):
    """Return what the air still could take up [kPa]; never negative."""
    return saturation_vapour_pressure(temperature) * (1.0 - minimum(rh, 100.0) / 100.0)


@equation
def dew_point(vapour_pressure):
    """Return the temperature at which `vapour_pressure` [kPa] saturates the air [degC]; FAO-56 eq. 11 solved.

    Examples
    --------
    >>> round(float(dew_point(1.409)), 1)
    12.1
    """
    x = log(maximum(vapour_pressure, 1e-6) / 0.6108)
    return 237.3 * x / (17.27 - x)


@equation
def relative_humidity(temperature, vapour_pressure):
    """Return the relative humidity of an hour whose vapour pressure is the day's.

    Parameters
    ----------
    temperature : array_like
        Air temperature of the hour. [degC]
    vapour_pressure : array_like
        Of the day, held constant. [kPa]

    Returns
    -------
    array_like
        At most 100. [%]

    Notes
    -----
    Fog in valleys, and rain that moistens the air at noon, are not in it: measured hours are better where they exist.
    """
    return minimum(100.0 * vapour_pressure / saturation_vapour_pressure(temperature), 100.0)
