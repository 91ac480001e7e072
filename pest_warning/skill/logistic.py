"""Logistic regression as all calibrations here use it: coefficients with normal priors, logits that stay finite."""

import numpy as np
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from pest_warning.skill.rules import CALIBRATION


def ridge(features, came, sd) -> tuple[float, list[float]]:
    """Return the intercept and the coefficients whose priors are normal with standard deviation `sd`.

    Parameters
    ----------
    features : ndarray, shape (pair, feature)
        Of any scale.
    came : ndarray of bool, shape (pair,)
        Both outcomes need to occur.
    sd : sequence of float, shape (feature,)
        Width of each prior; the intercept has none. [logit per unit of the feature]
    """
    # the penalty of scikit-learn is a prior of width 1: features times sd give the others
    model = LogisticRegression(C=1.0, tol=1e-8, max_iter=2000).fit(features * np.asarray(sd), came)
    return float(model.intercept_[0]), (model.coef_[0] * sd).tolist()


def bounded_logit(p):
    """Return the logit of probabilities kept a little away from 0 and 1."""
    return logit(np.clip(np.asarray(p, float), CALIBRATION.bound, 1 - CALIBRATION.bound))
