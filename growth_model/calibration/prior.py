"""What is known of parameters before the data: normal scores of their values, and what other plots have shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from agro.parameters import Parameter
from growth_model.calibration.errors import numbers
from growth_model.calibration.gain import gaspari_cohn
from growth_model.crop import PARAMETERS
from growth_model.cultivar import Z_80, Cultivar

REACH = 4.0  # scores beyond this are held there: one draw in 16 000 lies outside
CORNERS = ("warmth.lower", "warmth.optimum_from", "warmth.optimum_to", "warmth.upper")


@dataclass(frozen=True)
class Prior:
    """Parameters with a value and the bounds of their central 80 %, as standard normal scores.

    Parameters
    ----------
    names : tuple of str
    nodes : ndarray, shape (3, parameter)
        Lower bound, value and upper bound; logarithms where `logarithmic`.
    logarithmic : ndarray of bool, shape (parameter,)
        Temperatures and what may be negative are not, as in `cultivar.perturbed`.

    Notes
    -----
    A score of 0 is the value, -1.28 and 1.28 the bounds; between and beyond, value (or logarithm) is linear in the
    score, on each side with its own slope. A positive number stays positive at any score.
    """

    names: tuple[str, ...]
    nodes: np.ndarray
    logarithmic: np.ndarray

    @classmethod
    def of(cls, cultivar: Cultivar, names: Sequence[str] | None = None) -> "Prior":
        """Return the prior of a cultivar's parameters `names`; of all that have bounds when not given.

        Raises
        ------
        ValueError
            For a name without bounds: it does not vary.
        """
        found = cultivar.parameters
        if names is None:
            names = [name for name in PARAMETERS if name in found and found[name].low is not None]
        if without := [name for name in names if name not in found or found[name].low is None]:
            raise ValueError(f"{cultivar.key}: no bounds, so nothing to calibrate: {', '.join(without)}")
        return cls.from_parameters({name: found[name] for name in names})

    @classmethod
    def from_parameters(cls, found: dict[str, Parameter]) -> "Prior":
        """Return the prior of parameters with bounds, by name."""
        nodes = np.array([(entry.low, entry.value, entry.high) for entry in found.values()], float).T.reshape(3, -1)
        logarithmic = np.array([entry.unit != "degC" for entry in found.values()]) & (nodes > 0).all(axis=0)
        if not (np.diff(nodes, axis=0) > 0).all():
            raise ValueError("each parameter needs low < value < high")
        nodes[:, logarithmic] = np.log(nodes[:, logarithmic])
        return cls(tuple(found), nodes, logarithmic)

    def values(self, scores) -> np.ndarray:
        """Return the values at `scores`, both shape (member, parameter); scores are held within 4."""
        z = np.clip(scores, -REACH, REACH)
        below, above = np.diff(self.nodes, axis=0) / Z_80
        line = self.nodes[1] + np.minimum(z, 0.0) * below + np.maximum(z, 0.0) * above
        return np.where(self.logarithmic, np.exp(np.where(self.logarithmic, line, 0.0)), line)

    def scores(self, values) -> np.ndarray:
        """Return the scores of `values`, both shape (member, parameter)."""
        values = np.asarray(values, float)
        line = np.where(self.logarithmic, np.log(np.where(self.logarithmic, values, 1.0)), values) - self.nodes[1]
        below, above = np.diff(self.nodes, axis=0) / Z_80
        return np.where(line < 0, line / below, line / above)

    def draw(self, members: int, seed: int = 0) -> np.ndarray:
        """Return scores of `members` draws, shape (member, parameter), evenly spread by a scrambled Sobol sequence."""
        sobol = qmc.Sobol(len(self.names), rng=np.random.default_rng(seed))
        draws = sobol.random_base2(int(np.ceil(np.log2(max(members, 2)))))[:members]
        return np.clip(norm.ppf(draws), -REACH, REACH)

    def rows(self, cultivar: Cultivar, values) -> np.ndarray:
        """Return crop rows of `cultivar` with these values put in, shape (member, number of a crop row)."""
        values = np.asarray(values, float)
        rows = np.tile(cultivar.row, (len(values), 1))
        rows[:, [PARAMETERS.index(name) for name in self.names]] = values
        if set(CORNERS) & set(self.names):  # corners of one curve keep their order
            corners = [PARAMETERS.index(name) for name in CORNERS]
            rows[:, corners] = np.sort(rows[:, corners], axis=1)
        return rows


@dataclass(frozen=True)
class SiteYears:
    """What past seasons showed of one parameter: one entry for each plot and year.

    Parameters
    ----------
    plots : ndarray, shape (site_year,)
        Which plot, by any name.
    scores, sds : ndarray, shape (site_year,)
        The parameter's score by that season's data alone, and its standard deviation. [1]
    elevation : ndarray, shape (site_year,)
        [m]
    distance : ndarray, shape (site_year,)
        From the plot that is asked about. [km]
    """

    plots: np.ndarray
    scores: np.ndarray
    sds: np.ndarray
    elevation: np.ndarray
    distance: np.ndarray


def season_alone(mean, sd, prior_mean=0.0, prior_sd=1.0):
    """Return the score and standard deviation that a season's data alone gave: the posterior without its prior.

    Infinite where the data said nothing: such a season weighs nothing in a pool.

    >>> score, sd = season_alone(0.5, 0.5**0.5)
    >>> round(float(score), 6), round(float(sd), 6)
    (1.0, 1.0)
    """
    precision = 1 / np.square(sd) - 1 / np.square(prior_sd)
    told = precision > 1e-9
    safe = np.where(told, precision, 1.0)
    score = np.where(told, (mean / np.square(sd) - prior_mean / np.square(prior_sd)) / safe, prior_mean)
    return score[()], np.where(told, np.sqrt(1 / safe), np.inf)[()]


def pool_weights(distance, height_difference, pool=None):
    """Return how much plots tell of another one, 1 for itself to 0 at 10 km or 100 m of height [1]."""
    pool = pool or numbers("hierarchy")
    return gaspari_cohn(distance, pool["distance"]) * gaspari_cohn(np.abs(height_difference), pool["height_difference"])


def plot_prior(plot, elevation, seasons: SiteYears, pool=None) -> tuple[float, float]:
    """Return mean and standard deviation of a parameter's score for the next season of `plot`.

    Parameters
    ----------
    plot : object
        Name of the plot, as in `seasons.plots`.
    elevation : float
        Of the plot. [m]
    seasons : SiteYears
        Of this and neighbouring plots with the same cultivar.
    pool : dict, optional
        Numbers of the section "hierarchy" in `observations.toml`.

    Returns
    -------
    tuple of float
        Without seasons 0 and 1: the cultivar's file. [1]

    Notes
    -----
    :math:`\\theta_{plot} = \\theta_{cultivar} + b (z - \\bar z) + e_{plot} + e_{year}`, all normal, so that the
    mean is the best linear prediction from the seasons. A season's error variance is divided by its weight
    (`pool_weights`), and weights that add to more than 3 are shrunk to 3: no pool is worth more than three site-years.
    The effect of the coming year is in what comes back, so that the past never makes it narrower than that.
    """
    pool = pool or numbers("hierarchy")
    height = (np.append(seasons.elevation, elevation) - elevation) / 100.0
    weights = pool_weights(seasons.distance, seasons.elevation - elevation, pool)
    weights = weights * min(1.0, pool["site_years"] / max(float(weights.sum()), 1e-12))
    told = (weights > 1e-6) & np.isfinite(seasons.sds) & np.isfinite(seasons.scores)
    same = np.append(seasons.plots, plot)[:, None] == np.append(seasons.plots, plot)[None]
    between, years = pool["plot_share"], pool["year_share"]
    covariance = 1 - between - years + between * same + pool["slope_sd"] ** 2 * np.outer(height, height)
    noise = (np.square(seasons.sds[told]) + years) / weights[told]
    among = covariance[:-1, :-1][np.ix_(told, told)] + np.diag(noise)
    toward = covariance[-1, :-1][told]
    gains = np.linalg.solve(among, toward)
    return float(gains @ seasons.scores[told]), float(np.sqrt(covariance[-1, -1] + years - gains @ toward))
