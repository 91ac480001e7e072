"""Moves parameters and states to what is seen in the orchard, and says how good the result is.

The methods know no engine: they call `simulate(theta)`, shape (member, parameter) to (member, datum), where a datum is
one reading (a diameter on a day, the date of full bloom) and NaN means that a member did not get there. `season` and
`today` put the engine behind them.
The engine stands behind it so: `prior.rows(cultivar, values)` gives a crop row for each member, the season is run
with these, daily values are taken on the days of the readings, and dates from the events.
"""

from growth_model.calibration.enkf import Updated, enkf
from growth_model.calibration.errors import fixed_now, kinds, observation_sd, taper
from growth_model.calibration.es_mda import Smoothed, calibrated, es_mda
from growth_model.calibration.particle import Filtered, particle_filter
from growth_model.calibration.prior import Prior, SiteYears, plot_prior
from growth_model.calibration.scores import report

__all__ = [
    "Filtered",
    "Prior",
    "SiteYears",
    "Smoothed",
    "Updated",
    "calibrated",
    "enkf",
    "es_mda",
    "fixed_now",
    "kinds",
    "observation_sd",
    "particle_filter",
    "plot_prior",
    "report",
    "taper",
]
