"""How reflectance follows the light: a line through its pixels, and the number c that the corrections need."""

from typing import NamedTuple

import numpy as np

from remote_sensing.illumination.settings import Accepted, Guards


class Line(NamedTuple):
    """rho = a + b cos i."""

    a: float
    b: float

    @property
    def c(self) -> float:
        """Diffuse light over what the beam adds, a/b [1]."""
        return self.a / self.b if self.b else np.inf


def theil_sen(light, rho, bins: int) -> Line:
    """Return the line through the medians of equally full classes of cos i: the median of all slopes between them."""
    order = np.argsort(light, kind="stable")
    groups = np.array_split(order, bins)
    x, y = (np.array([np.median(values[group]) for group in groups]) for values in (light, rho))
    first, second = np.triu_indices(len(x), 1)
    apart = x[second] - x[first]
    slopes = (y[second] - y[first])[apart > 0] / apart[apart > 0]
    b = float(np.median(slopes)) if len(slopes) else 0.0
    return Line(float(np.median(y - b * x)), b)


def least_squares(light, rho) -> Line:
    """Return the line of least squares; what is left of rho does not correlate with cos i."""
    x = light - light.mean()
    b = float((x * rho).sum() / (x * x).sum())
    return Line(float(rho.mean() - b * light.mean()), b)


def factor(light, flatter, up: float, c: float, guards: Guards):
    """Return what reflectance is multiplied by: (flatter cos z + c)/(cos i + c), held within the guards.

    Parameters
    ----------
    light : array_like
        cos i. [1]
    flatter : array_like
        Cosine of the slope for SCS+C, 1 for C. [1]
    up : float
        Cosine of the zenith angle of the sun. [1]
    c : float
        [1]

    References
    ----------
    .. [1] C: Teillet, Guindon and Goodenough (1982). Canadian Journal of Remote Sensing 8(2):84-106.
    .. [2] SCS+C: Soenen, Peddle and Coburn (2005). IEEE Trans. Geosci. Remote Sens. 43(9):2148-2159.
    """
    return np.clip((flatter * up + c) / (light + c), guards.least_factor, guards.largest_factor)


def correlation(light, rho) -> float:
    """Return Pearson's r of reflectance with cos i; 0 where either does not vary."""
    x, y = light - light.mean(), rho - rho.mean()
    spread = np.sqrt((x * x).sum() * (y * y).sum())
    return float((x * y).sum() / spread) if spread > 0 else 0.0


def variation(rho) -> float:
    """Return the coefficient of variation [1]."""
    return float(rho.std() / abs(rho.mean())) if rho.mean() else np.inf


def refused(line: Line, guards: Guards) -> str:
    """Return why a line cannot be used, a key of `report.REASONS`; "" where it can."""
    if line.b <= 0:
        return "brighter_in_shade"
    return "c_out_of_range" if not 0 <= line.c <= guards.largest_c else ""


def rejected(before, after, light, held_out, accepted: Accepted) -> str:
    """Return why a corrected band is not accepted, a key of `report.REASONS`; "" where it is.

    Parameters
    ----------
    before, after, light : ndarray, shape (n,)
        Reflectance and cos i of the sample.
    held_out : ndarray of bool, shape (n,)
        Pixels that were not fitted on.
    """
    if abs(correlation(light[held_out], after[held_out])) > accepted.largest_r:
        return "still_follows_light"
    if variation(after) > variation(before):
        return "more_scatter"
    if abs(after.mean() - before.mean()) >= accepted.largest_shift * abs(before.mean()):
        return "level_moves"
    beyond = (after < accepted.darkest) | (after > accepted.brightest)
    return "out_of_range" if beyond.mean() >= accepted.largest_out else ""
