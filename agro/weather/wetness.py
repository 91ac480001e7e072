"""Which hours leaves are wet: by humidity, dew-point depression, a decision tree, a leaf's energy; or by a sensor.

An hour is wet (1), dry (0) or unknown (NaN): what was not measured is never taken for dry.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import xarray as xr

from agro import parameters
from agro.errors import InputError, MissingDataError
from agro.numeric import FAST, equation, kernel, log, maximum, minimum, where
from agro.weather import leaf_balance

FILE = Path(__file__).with_name("wetness.toml")


class Humidity(NamedTuple):
    """The rule of humidity and rain."""

    threshold: Annotated[float, "%"]
    least_rain: Annotated[float, "mm"]


class Fit(NamedTuple):
    """Where a threshold fitted to a sensor is looked for."""

    lowest: Annotated[float, "%"]
    highest: Annotated[float, "%"]
    step: Annotated[float, "%"]


class Depression(NamedTuple):
    """Limits of the dew-point depression; between them an hour is as the hour before."""

    wets_at: Annotated[float, "K"]
    dries_above: Annotated[float, "K"]


class Crop(NamedTuple):
    """Where the leaves hang."""

    height: Annotated[float, "m"]


class Fitted(NamedTuple):
    """A threshold of relative humidity that suits one station."""

    threshold: float  # %
    correct: float  # share of the hours that the rule and the sensor agree on
    hours: int  # that both knew


@equation
def wet_by_humidity(rain, rh, threshold, least_rain=0.1):
    """Return whether leaves are wet in an hour: it rains, or the air is moist.

    Parameters
    ----------
    rain : array_like
        Of the hour. [mm]
    rh : array_like
        Relative humidity. [%]
    threshold : array_like
        From this on leaves are wet without rain. [%]
    least_rain : float
        The tip of a rain gauge. [mm]

    Returns
    -------
    array_like
        1 wet, 0 dry; NaN where one is missing and the other does not make the hour wet. [1]

    References
    ----------
    .. [1] Sentelhas et al. Suitability of relative humidity as an estimator of leaf wetness duration.

    Examples
    --------
    >>> float(wet_by_humidity(0.0, 91.0, 90.0)), float(wet_by_humidity(0.0, 80.0, 90.0))
    (1.0, 0.0)
    """
    return where((rain >= least_rain) | (rh >= threshold), 1.0, (rain + rh) * 0.0)


@equation
def or_rain(wet, rain, least_rain=0.1):
    """Return `wet` (1, 0 or NaN) with all hours of rain [mm] wet, and unknown where dry hours lack their rain."""
    return where((rain >= least_rain) | (wet > 0.5), 1.0, (wet + rain) * 0.0)


@equation
def dew_point_depression(temperature, rh):
    """Return air temperature less dew point [K] of air of relative humidity `rh` [%]; Magnus, 17.625 and 243.04 degC.

    Examples
    --------
    >>> round(float(dew_point_depression(28.0, 80.0)), 2)
    3.77
    """
    x = log(maximum(minimum(rh, 100.0), 0.01) / 100.0) + 17.625 * temperature / (243.04 + temperature)
    return temperature - 243.04 * x / (17.625 - x)


@equation
def wet_by_depression(before, depression, wets_at, dries_above):
    """Return whether leaves are wet in an hour by the dew-point depression [K], `before` being the hour before.

    1 up to `wets_at`, 0 above `dries_above`, between them as before; NaN where missing or `before` was unknown.
    """
    return where(depression <= wets_at, 1.0, where(depression > dries_above, 0.0, before + depression * 0.0))


@equation
def calm_index(temperature, rh, wind, depression):
    """Return the index of the decision tree below 2.5 m/s: wet above 14.4674. [1]"""
    root = np.sqrt(maximum(temperature, 0.0))
    square = 0.0036 * temperature * temperature
    return 1.6064 * root + square + 0.1531 * rh - 0.4599 * wind * depression - 0.0035 * temperature * rh


@equation
def windy_index(temperature, rh, wind, depression):
    """Return the index of the decision tree from 2.5 m/s on in moist air: wet above 37. [1]"""
    root = np.sqrt(maximum(temperature, 0.0))
    return 0.7921 * root + 0.0046 * rh * rh - 2.3889 * wind - 0.0390 * temperature * wind + 1.0613 * wind * depression


@equation
def wet_by_cart(temperature, rh, wind):
    """Return whether leaves are wet in an hour by the decision tree CART/SLD.

    Parameters
    ----------
    temperature : array_like
        Air temperature; below freezing its root counts 0. [degC]
    rh : array_like
        Relative humidity. [%]
    wind : array_like
        At the height of the leaves, see `wind_at_crop`. [m s-1]

    Returns
    -------
    array_like
        1 wet, 0 dry, NaN where anything is missing. [1]

    Notes
    -----
    The constants come from a copy of the paper in which the second index held `0.0046 rh`, with which it never reaches
    37; the square is inferred (at 25 degC, 92 %, 3 m/s it gives 37.2). The paper itself has not been seen.

    References
    ----------
    .. [1] Kim et al. (2002). Model to enhance site-specific estimation of leaf wetness duration. Plant Disease
       86(2):179-185. doi:10.1094/PDIS.2002.86.2.179

    Examples
    --------
    >>> float(wet_by_cart(20.0, 90.0, 1.0)), float(wet_by_cart(28.0, 80.0, 1.0))
    (1.0, 0.0)
    """
    depression = dew_point_depression(temperature, rh)
    calm = (wind < 2.5) & (calm_index(temperature, rh, wind, depression) > 14.4674)
    windy = (wind >= 2.5) & (rh >= 87.8) & (windy_index(temperature, rh, wind, depression) > 37.0)
    return where((depression < 3.7) & (calm | windy), 1.0, (temperature + rh + wind) * 0.0)


@equation
def wind_at_crop(wind, height, measured_at=10.0):
    """Return the wind [m s-1] at `height` [m] over grass from that at `measured_at` [m]; log law of FAO-56 eq. 47.

    Heights from 0.1 m on. Within a canopy the wind is weaker still.

    Examples
    --------
    >>> round(float(wind_at_crop(1.0, 2.0)), 3)
    0.748
    """
    return wind * log(67.8 * maximum(height, 0.1) - 5.42) / log(67.8 * measured_at - 5.42)


def hysteresis(depression, wets_at: float, dries_above: float) -> np.ndarray:
    """Return the hours wet by the dew-point depression [K] of shape (..., time): `wet_by_depression` along the hours.

    The first hours are NaN until one is clearly wet or dry, and so are those after a gap.
    """
    depression = _floats(depression)
    wet = np.empty_like(depression)
    hours = depression.shape[-1]
    _hysteresis(depression.reshape(-1, hours), float(wets_at), float(dries_above), wet.reshape(-1, hours))
    return wet


def default_threshold() -> float:
    """Return the humidity from which an hour counts as wet where no sensor tells otherwise [%]."""
    return float(parameters.load(FILE, "humidity", Humidity).threshold)


def fitted_threshold(rh, rain, sensed) -> Fitted:
    """Return the threshold of relative humidity with which a station's hours agree best with its wetness sensor.

    Parameters
    ----------
    rh, rain, sensed : array_like, one shape
        Hours of one station: relative humidity [%], rain [mm], share of the hour that the sensor was wet [1].

    Returns
    -------
    Fitted
        Among equals the one nearest to the default.

    Raises
    ------
    MissingDataError
        When there is no hour with all three.
    """
    rh, rain, sensed = (np.asarray(values, float).ravel() for values in (rh, rain, sensed))
    known = np.isfinite(rh) & np.isfinite(rain) & np.isfinite(sensed)
    if not known.any():
        raise MissingDataError(
            "no hour has humidity, rain and a wetness sensor together: no threshold can be fitted",
            zh="没有任何一个小时同时具备湿度、降雨和叶面湿润传感器读数：无法拟合阈值",
        )
    usual, fit = parameters.load(FILE, "humidity", Humidity), parameters.load(FILE, "fit", Fit)
    tried = np.arange(fit.lowest, fit.highest + fit.step / 2, fit.step)
    wet = wet_by_humidity(rain[known], rh[known], tried[:, None], usual.least_rain)
    correct = (wet == (sensed[known] >= 0.5)).mean(axis=1)
    best = np.flatnonzero(correct == correct.max())
    at = best[np.argmin(np.abs(tried[best] - usual.threshold))]
    return Fitted(float(tried[at]), float(correct[at]), int(known.sum()))


def wetness(weather, method: str = "humidity", sensed=None, *, threshold=None):
    """Return which hours are wet, by a sensor where it knows and by a method elsewhere.

    Parameters
    ----------
    weather : Dataset with dim `time`, or mapping of arrays of shape (..., time)
        Hourly `rain` [mm] and `rh` [%]; all methods but "humidity" also `temperature` [degC]; "cart" and "balance"
        also `wind` [m s-1] at `attrs["wind_height"]`, else 10 m; "balance" also `ghi` [W m-2] and `clouds`, see
        `leaf_balance.clouds`, which is computed for a Dataset that knows latitude, longitude and elevation.
    method : {"humidity", "depression", "cart", "balance"}
        "humidity" is the default; run "cart" beside it as a second opinion.
    sensed : array_like, shape (..., time), optional
        Share of each hour that a sensor was wet, NaN where it says nothing. [1]
    threshold : array_like, optional
        Relative humidity of the station's own, see `fitted_threshold`; for "humidity" only. [%]

    Returns
    -------
    DataArray or ndarray, shape (..., time)
        1 wet, 0 dry, NaN unknown. Hours with rain are wet by every method. [1]

    Raises
    ------
    InputError
        When `weather` lacks something; ValueError for an unknown method.
    """
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}; got {method!r}")
    rule, needs = METHODS[method]
    if method == "balance" and isinstance(weather, xr.Dataset) and "clouds" not in weather:
        weather = weather.assign(clouds=leaf_balance.clouds(weather))
    if missing := [name for name in needs if name not in weather]:
        raise InputError(
            f"wetness by {method} needs hourly {', '.join(needs)}; {', '.join(missing)} is missing",
            zh=f"用“{method}”法计算叶面湿润需要逐时的 {'、'.join(needs)}；缺少 {'、'.join(missing)}",
        )
    usual = parameters.load(FILE, "humidity", Humidity)
    if threshold is not None:
        usual = usual._replace(threshold=threshold)
    template = None
    if isinstance(weather, xr.Dataset):
        arrays = xr.broadcast(*(weather[name] for name in needs))
        template = arrays[0].transpose(..., "time")
        values = {name: array.transpose(*template.dims).to_numpy() for name, array in zip(needs, arrays, strict=True)}
        if isinstance(sensed, xr.DataArray):
            sensed = sensed.broadcast_like(template).transpose(*template.dims).to_numpy()
        measured_at = weather.attrs.get("wind_height", 10.0)
    else:
        values = dict(zip(needs, np.broadcast_arrays(*(_floats(weather[name]) for name in needs)), strict=True))
        measured_at = 10.0
    if "wind" in values:
        height = parameters.load(FILE, "crop", Crop).height
        values["wind"] = wind_at_crop(values["wind"], height, measured_at)
    wet = or_rain(rule(values, usual), values["rain"], usual.least_rain)
    if sensed is not None:
        sensed = np.asarray(sensed, float)
        wet = np.where(np.isnan(sensed), wet, (sensed >= 0.5).astype(float))
    if template is None:
        return wet
    found = template.copy(data=wet).rename("wet")
    found.attrs = {"units": "1", "long_name": "leaf wetness of the hour"}
    return found


def _by_humidity(values: Mapping[str, Any], usual: Humidity):
    return wet_by_humidity(values["rain"], values["rh"], usual.threshold, usual.least_rain)


def _by_depression(values: Mapping[str, Any], usual: Humidity):
    limits = parameters.load(FILE, "depression", Depression)
    return hysteresis(dew_point_depression(values["temperature"], values["rh"]), *limits)


def _by_cart(values: Mapping[str, Any], usual: Humidity):
    return wet_by_cart(values["temperature"], values["rh"], values["wind"])


def _by_balance(values: Mapping[str, Any], usual: Humidity):
    return leaf_balance.wet_by_balance(**values, leaf=parameters.load(FILE, "leaf", leaf_balance.Leaf))


METHODS: dict[str, tuple[Callable, tuple[str, ...]]] = {
    "humidity": (_by_humidity, ("rain", "rh")),
    "depression": (_by_depression, ("rain", "rh", "temperature")),
    "cart": (_by_cart, ("rain", "rh", "temperature", "wind")),
    "balance": (_by_balance, ("rain", "rh", "temperature", "wind", "ghi", "clouds")),
}
"""What each method is called, and what it needs by the hour."""


def _floats(values) -> np.ndarray:
    """Return `values` as an array of float32 where they are that, else of float64, in one block of memory."""
    values = np.asarray(values)
    return np.ascontiguousarray(values, values.dtype if values.dtype == np.float32 else np.float64)


@kernel(fastmath=FAST)
def _hysteresis(depression, wets_at, dries_above, wet):
    for row in range(depression.shape[0]):
        before = np.nan
        for hour in range(depression.shape[1]):
            before = wet_by_depression(before, depression[row, hour], wets_at, dries_above)
            wet[row, hour] = before
